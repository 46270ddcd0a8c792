"""What the ladder does about news: a customer says that it is paid, a payment is in, payments are entered up to a moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core import clock, settings
from core.journal import Entry, Write
from pages.payment import owed
from records import payments
from records.load import load
from rules.ladder import pauses, waiting

SAID = ".said_paid"  # after the kind's name; data {"link": the id of the link on whose page it was said, or nothing}
PAID = ".paid"
TAKEN_BACK = "reply.undone"  # data {"said": what staff have taken back of what the customer had said}
MACHINES = ("api:", "source:")


def read(entries: Sequence[Entry]) -> Write:
    """Pause, end pauses and let go what waited, as these Entries say; the function given back writes it."""
    said = [entry for entry in entries if entry.record_id and entry.what.endswith(SAID)]
    done = {entry.record_id or 0 for entry in entries if entry.record_id and entry.what.endswith(PAID)}
    undone = [entry for entry in entries if entry.what == TAKEN_BACK and entry.data.get("said") == pauses.SAID_PAID]
    alive = _alive(entries)
    told = any(entry.what == payments.TOLD for entry in entries)
    records = load({entry.record_id or 0 for entry in said}) if said else {}
    open_ = [entry for entry in said if (record := records.get(entry.record_id or 0)) and owed(record)]

    def write() -> None:
        for entry in open_:
            believe(entry.record_id or 0, entry.actor)
        if done:
            pauses.end(done, "worker")
        for entry in undone:
            doubt(entry.record_id or 0, "worker")
        if alive:
            payments.heard(alive.at, alive.actor)
        if told or alive:
            settings.forget_read()
        if (told or alive) and not payments.stand().old:
            waiting.go_on(waiting.OLD, "worker")

    return write


def believe(record: int, actor: str) -> None:
    """The reminders wait for some days, or as long as they would anyway; staff is asked meanwhile."""
    days, lasting = payments.stand().pause, pauses.of(record)
    if not days or (lasting and lasting.sort == pauses.SAID_PAID):
        return
    until: datetime | None = clock.now() + timedelta(days=days)
    if lasting and (lasting.until is None or lasting.until > until):
        until = lasting.until
    pauses.pause(record, actor, until, lasting.reason if lasting else "", pauses.SAID_PAID)


def doubt(record: int, actor: str) -> None:
    """It was not paid after all: what waited for that goes on; a pause for another reason stays."""
    lasting = pauses.of(record)
    if lasting and lasting.sort == pauses.SAID_PAID:
        pauses.resume(record, actor)


def _alive(entries: Sequence[Entry]) -> Entry | None:
    """The last word of a shop or another program about a payment, where it moves the mark.

    It never sets the first one: that some order was paid does not say that all payments are entered.
    """
    news = [entry for entry in entries if entry.record_id and entry.actor.startswith(MACHINES) and _is_of_payment(entry)]
    known = payments.stand().as_of if news else None
    return news[-1] if known and news[-1].at - known >= payments.OFTEN else None


def _is_of_payment(entry: Entry) -> bool:
    """What is new may be paid already."""
    return entry.what.endswith((PAID, ".unpaid")) or bool(entry.what.endswith(".created") and entry.data.get("paid"))
