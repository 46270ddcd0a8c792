"""What staff see of their customers' answers: on a record's page, and as tasks of the day."""

from collections.abc import Sequence
from typing import Any

from flask import render_template
from markupsafe import Markup

from core.i18n import N_
from core.i18n import gettext as _
from pages.replies.kept import OPEN
from pages.replies.models import Reply
from pages.replies.sayings import DONE, SAYINGS, UNDONE
from records import actors, named, payments
from records.load import load
from records.models import Record
from records.zones import appointment, zone_of

SHOWN, TASKS = 8, 20  # answers of one record, and of all that wait
STATES = {OPEN: (N_("open"), "wait"), DONE: (N_("dealt with"), "good"), UNDONE: (N_("taken back"), "")}


def rows(record: Record) -> list[dict[str, Any]]:
    """The last answers about a record, the newest first."""
    found = list(Reply.select().where(Reply.record == record).order_by(Reply.id.desc()).limit(SHOWN))
    names = actors.names(reply.settled_by for reply in found if reply.settled_by)
    return [_row(reply, record, names) for reply in found]


def count() -> int:
    """How many answers wait for somebody."""
    return int(_waiting().count())


def lines() -> Sequence[Markup]:
    """Each of them as a line of the day's tasks, the oldest first."""
    found = list(_waiting().order_by(Reply.id).limit(TASKS))
    records = load({reply.record_id for reply in found})
    known = [(reply, records[reply.record_id]) for reply in found if reply.record_id in records]
    return [
        Markup(render_template("pages/replies/_task.html", reply=_row(reply, record, {}), record=record))
        for reply, record in known
    ]


def _waiting() -> Any:
    """Who says that it is paid is asked about by the payment reminders, where these wait for it."""
    mine = Reply.state == OPEN
    return Reply.select().where(mine & (Reply.subject != "payment") if payments.stand().pause else mine)


def _row(reply: Reply, record: Record, names: dict[str, str]) -> dict[str, Any]:
    word, tone = STATES[reply.state]
    labels = named.labels(record.kind)
    return {
        "id": reply.id, "label": labels.get(reply.said, reply.said), "icon": SAYINGS[reply.said].icon, "own": reply.words,
        "when": appointment(reply.at, zone_of(record)), "word": _(word), "tone": tone, "state": reply.state,
        "by": names.get(reply.settled_by, ""), "call": reply.subject == "call",
    }
