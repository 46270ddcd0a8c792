"""The whole room as app.py takes it: screens, readers of the journal, what it does again and again, what it tells below."""

from emails import bubble
from outbox import (
    fleeting,
    fresh,
    guard_views,
    hand_views,
    mailbox_views,
    many_views,
    oneself_views,
    ready,
    record_views,
    release,
    release_answers,
    release_views,
    today_views,
    undo_views,
    valve_views,
    views,
)
from outbox.afterwards import blocked_views, bounce_hook, bounce_views, calls_views, imap, sms_hook
from outbox.api import views as reading
from outbox.senders import usual
from outbox.senders import views as sender_views
from outbox.senders.google import views as google_views
from outbox.senders.signing import views as signing_views
from outbox.writing import files, texting
from outbox.writing import many_views as writing_many_views
from outbox.writing import views as writing_views

BLUEPRINTS = (
    ready.bp, many_views.bp, views.bp, hand_views.bp, record_views.bp, valve_views.bp, today_views.bp, guard_views.bp,
    mailbox_views.bp, release_views.bp, release_answers.bp, undo_views.bp,
    blocked_views.bp, calls_views.bp, bounce_views.bp, bounce_hook.bp, sms_hook.bp,
    sender_views.bp, google_views.bp, signing_views.bp, oneself_views.bp, writing_views.bp, texting.bp,
    writing_many_views.bp, reading.bp,
)

READERS = (fresh.read,)
CHORES = (release.expire,)
SWEEPS = (fleeting.forget, imap.sweep, files.forget)  # what a worker does each minute


def furnish() -> None:
    """Tell whoever writes an SMS what it costs."""
    bubble.prices.append(usual.cost)
