"""A record's whole biography: its messages told among its own entries, and what is still to come."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from markupsafe import Markup

from accounts.access import signed_in
from core import clock
from core.i18n import gettext as _
from core.journal import Entry
from core.web import wants_fragment
from outbox import story
from outbox.models import Message
from outbox.words import Told
from records.biography import Line, told
from records.load import load
from records.models import Record

bp = Blueprint("outbox_record", __name__, template_folder="templates", url_prefix="/outbox/for")

POLL_ENDS = 286  # htmx stops asking


@bp.get("/<int:id>")
@signed_in
def show(id: int) -> Any:
    """The biography; 286 when nothing in it can change by itself any more. Without htmx, the record's messages as a page."""
    if not wants_fragment():
        record = Record.get_or_none(Record.id == id) or abort(404)
        return redirect(url_for("outbox.index", q=record.number))
    return fragment(id), 200 if pending(id) else POLL_ENDS


def fragment(record_id: int) -> str:
    record = load([record_id]).get(record_id) or abort(404)
    rows = story.messages(record_id)
    whole = told(record, [*(_line(row) for row in rows), *story.calls(record_id)])
    return render_template(
        "outbox/_story.html", biography=whole, pace=_pace(rows) if pending(record_id) else 0,
        awaiting=sum(row.message.state == "awaiting" for row in rows),
    )


def pending(record_id: int) -> bool:
    """True while a message of the record is not settled, or news of it are still to be read."""
    waiting = Message.state.in_(("planned", "awaiting", "sending_pre", "sending_data"))
    news = Entry.select().where(Entry.record_id == record_id, Entry.unread)
    return Message.select().where(Message.record == record_id, waiting).exists() or news.exists()


def address(message: Message) -> str:
    """The page of a message's record."""
    record = Record.get_by_id(message.record_id)
    return url_for("record.show", collection=record.kind.collection, number=record.number)


def _pace(rows: list[Told]) -> int:
    """Seconds until it is worth looking again: few when something is about to happen."""
    ahead = [row.message for row in rows if row.stamp == "ahead"]
    soon = clock.now() + timedelta(minutes=1)
    return 5 if not ahead or any(message.state != "awaiting" and message.due_at <= soon for message in ahead) else 30


def _line(row: Told) -> Line:
    name = Markup('<a class="quiet" href="{}">{}</a>').format(url_for("outbox.show", id=row.message.id), row.template)
    foot = Markup(render_template("outbox/_deeds.html", told=row, back="record")) if row.deeds else Markup("")
    return story.line(row, name, row.address or row.name or _("nobody"), _why(row), foot)


def _why(row: Told) -> str:
    """Why it stands as it does, else its subject; of an SMS what it says and takes, too."""
    subject = _("“%(subject)s”", subject=row.message.subject) if row.message.subject else ""
    if row.message.channel != "sms" or not subject:
        return row.why or subject
    return " ".join(filter(None, (subject, f"({row.takes})" if row.takes else "", row.why)))
