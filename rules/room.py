"""The whole room as app.py takes it: screens, readers of the journal, what it does again and again, what it tells below."""

from emails import views as templates
from outbox import offers, today, unusual
from outbox.api import views as reading
from outbox.senders import senders
from records import lists, profiles
from rules import engine, job_views, jobs, models, series, wanted, works
from rules.builder import views as builder
from rules.feed import many_views
from rules.feed import views as feed
from rules.history import views as history
from rules.ladder import asking, pauses, payment_views, reader, waiting
from rules.ladder import views as ladder
from rules.record import explain
from rules.record import views as record
from rules.replay import views as replay

BLUEPRINTS = (
    feed.bp, builder.bp, many_views.bp, history.bp, record.bp, replay.bp, job_views.bp, ladder.bp, payment_views.bp,
)
READERS = (engine.read, reader.read)
CHORES = (jobs.forget,)
SWEEPS = (series.notice, pauses.sweep, waiting.sweep)  # what a worker does each minute


def furnish() -> None:
    """Tell the rooms below what only rules know: what uses their things, what rules are called, which message is wanted."""
    templates.in_use.append(models.using)
    profiles.in_use.append(models.only_for)
    senders.in_use.append(models.sent_through)
    unusual.named.append(models.names)
    reading.explained.append(explain.verdicts)
    offers.wanted.append(wanted.still_wanted)
    jobs.WORKS.update(works.WORKS)
    today.further.append(asking.FURTHER)
    lists.MARKS["paused"] = asking.MARK
