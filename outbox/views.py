"""All messages: the list with its groups and search, and one message with everything known of it."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from accounts.access import signed_in
from core.web import wants_fragment
from outbox import facets, history, lists, many, said
from outbox.mailbox_views import CONTENT
from outbox.models import Message
from outbox.seek import EVERYTHING
from outbox.words import DEEDS, Told, tell

bp = Blueprint("outbox", __name__, template_folder="templates", url_prefix="/outbox")
bp.add_app_template_global(DEEDS.get, "deed_label")


@bp.get("")
@signed_in
def index() -> str:
    """A page of the list; htmx asks for the rows below `#more`, or for the list of another group, filter or search."""
    group, words = request.args.get("state", ""), request.args.get("q", "").strip()[:100]
    group, within = group if group in lists.GROUPS else "", facets.read(request.args)
    page, more = lists.page(group, words, request.args.get("after", ""), within), request.headers.get("HX-Target") == "more"
    given: dict[str, Any] = dict(
        groups=lists.GROUPS, group=group, words=words, query=facets.query(group, words, within), after=page.after,
        rows=tell(page.rows),
    )
    if wants_fragment() and more:
        return render_template("outbox/_rows.html", **given)
    given |= {"facets": facets.of(group, words, within), "counted": lists.COUNTED, "many": many.VERBS}
    if wants_fragment():
        return render_template("outbox/_list.html", **given)
    return render_template("outbox/index.html", counts=lists.counts(), narrowed=within != EVERYTHING, **given)


@bp.get("/<int:id>")
@signed_in
def show(id: int) -> str:
    told = tell([Message.get_or_none(Message.id == id) or abort(404)])[0]
    return shown(told, "outbox/_message.html" if wants_fragment() else "outbox/message.html")


def shown(told: Told, template: str = "outbox/_message.html") -> str:
    """One message with everything known of it."""
    return render_template(template, told=told, lines=history.of(told), said=said.of(told.message))


@bp.get("/<int:id>/mail")
@signed_in
def mail(id: int) -> Response:
    """The HTML of a message, for its frame: no script, no outside world."""
    letter = said.of(Message.get_or_none(Message.id == id) or abort(404))
    response = Response(letter.html or abort(404), mimetype="text/html")
    response.headers["Content-Security-Policy"] = CONTENT
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.get("/<int:id>/row")
@signed_in
def row(id: int) -> str:
    """One row of the list, asked for again while the message moves."""
    told = tell([Message.get_or_none(Message.id == id) or abort(404)])[0]
    return render_template("outbox/_row.html", told=told, follow=True)
