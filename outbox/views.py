"""All messages: the list with its groups and search, and one message with everything known of it."""

from flask import Blueprint, abort, render_template, request

from accounts.access import signed_in
from core.web import wants_fragment
from outbox import history, lists
from outbox.models import Mail, Message
from outbox.words import DEEDS, tell

bp = Blueprint("outbox", __name__, template_folder="templates", url_prefix="/outbox")
bp.add_app_template_global(DEEDS.get, "deed_label")


@bp.get("")
@signed_in
def index() -> str:
    """A page of the list; htmx asks for the rows below `#more`, or for the list of another group or search."""
    group, words = request.args.get("state", ""), request.args.get("q", "").strip()[:100]
    group = group if group in lists.GROUPS else ""
    page = lists.page(group, words, request.args.get("after", ""))
    query = {name: value for name, value in (("state", group), ("q", words)) if value}
    given = dict(groups=lists.GROUPS, group=group, words=words, query=query, after=page.after, rows=tell(page.rows))
    if wants_fragment():
        more = request.headers.get("HX-Target") == "more"
        return render_template("outbox/_rows.html" if more else "outbox/_list.html", **given)
    return render_template("outbox/index.html", **given)


@bp.get("/<int:id>")
@signed_in
def show(id: int) -> str:
    told = tell([Message.get_or_none(Message.id == id) or abort(404)])[0]
    page = "outbox/_message.html" if wants_fragment() else "outbox/message.html"
    return render_template(page, told=told, lines=history.of(told), mail=kept(told.message))


@bp.get("/<int:id>/row")
@signed_in
def row(id: int) -> str:
    """One row of the list, asked for again while the message moves."""
    told = tell([Message.get_or_none(Message.id == id) or abort(404)])[0]
    return render_template("outbox/_row.html", told=told, follow=True)


def kept(message: Message) -> Mail | None:
    """The mail in the built-in mailbox, where that was its way out."""
    return Mail.get_or_none(Mail.message_id == message.message_id) if message.message_id else None
