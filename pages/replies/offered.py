"""What a status page offers its customer to say, and what it tells once they have said it."""

from core.i18n import gettext as _
from pages import words
from pages.replies import sayings
from pages.replies.sayings import SAYINGS
from pages.snapshot import Snapshot

Offer = dict[str, object]
NOTHING: Offer = {"buttons": [], "told": ""}


def offer(snapshot: Snapshot, subject: str) -> Offer:
    """`buttons`: key, words and sign of each; or `told`, what was answered when."""
    record, said = snapshot.record, snapshot.replies
    if not subject or not sayings.occasion(record, subject, said):
        return NOTHING
    answer = sayings.answered(record, subject, said)
    if answer:
        when = words.moment(snapshot.local(answer.at), snapshot.as_of)
        return {"buttons": [], "told": _(SAYINGS[answer.said].told, when=when)}
    if sayings.too_late(record, subject, record.updated_at):
        return NOTHING
    known = [(key, SAYINGS[key]) for key in sayings.of_subject(subject)]
    return {"buttons": [(key, _(saying.button), saying.icon) for key, saying in known], "told": ""}
