"""A record's whole biography: its messages told among its own entries, and what is still to come."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from markupsafe import Markup, escape

from accounts.access import signed_in
from core import clock
from core.i18n import N_
from core.i18n import gettext as _
from core.journal import Entry
from core.web import wants_fragment
from outbox.afterwards.calls import OUTCOMES
from outbox.models import Message
from outbox.words import Told, tell
from records import actors
from records.biography import Line, told
from records.load import load
from records.models import Record

bp = Blueprint("outbox_record", __name__, template_folder="templates", url_prefix="/outbox/for")

LONGEST = 200  # messages of one record that are told
POLL_ENDS = 286  # htmx stops asking
WHAT = {
    "planned": N_("<b>%(what)s</b> by e‑mail to %(to)s"),
    "awaiting": N_("<b>%(what)s</b> by e‑mail to %(to)s"),
    "sending_pre": N_("<b>%(what)s</b> is on its way to %(to)s"),
    "sending_data": N_("<b>%(what)s</b> is on its way to %(to)s"),
    "sent": N_("<b>%(what)s</b> sent by e‑mail to %(to)s"),
    "bounced": N_("<b>%(what)s</b> to %(to)s came back"),
    "held": N_("<b>%(what)s</b> to %(to)s is held"),
    "unclear": N_("Unclear whether <b>%(what)s</b> reached %(to)s"),
    "dropped": N_("%(what)s to %(to)s"),
    "failed": N_("<b>%(what)s</b> to %(to)s has failed"),
}


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
    messages = Message.select().where(Message.record == record).order_by(Message.id.desc()).limit(LONGEST)
    rows = tell(list(messages))
    story = told(record, [*(_line(row) for row in rows), *_calls(record_id)])
    return render_template(
        "outbox/_story.html", biography=story, pace=_pace(rows) if pending(record_id) else 0,
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
    at = row.address or row.name or _("nobody")
    name = Markup('<a class="quiet" href="{}">{}</a>').format(url_for("outbox.show", id=row.message.id), row.template)
    what = Markup(_(WHAT[row.message.state])) % {"what": name, "to": escape(at)}
    foot = Markup(render_template("outbox/_deeds.html", told=row, back="record")) if row.deeds else Markup("")
    when = max(row.at, clock.now()) if row.message.state == "awaiting" else row.at
    return Line(when, row.stamp, row.sign, what, row.why or _subject(row), foot)


def _calls(record_id: int) -> list[Line]:
    """What came of calling the customer."""
    lines = list(Entry.select().where(Entry.record_id == record_id, Entry.what == "message.called"))
    names = actors.names(line.actor for line in lines)
    what = Markup(_("Called: <b>%(outcome)s</b>")) + Markup(", ")
    return [
        Line(line.at, "", "phone", what % {"outcome": _(OUTCOMES[line.data["outcome"]])} + escape(names[line.actor]))
        for line in lines
    ]


def _subject(row: Told) -> str:
    return _("“%(subject)s”", subject=row.message.subject) if row.message.subject else ""
