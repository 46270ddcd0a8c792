"""The built-in mailbox in the browser: what a mail server would have been given, and nothing that leaves the machine."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request
from peewee import SQL

from accounts.access import signed_in
from core.web import wants_fragment
from outbox import mailbox
from outbox.models import Mail, Message
from records.zones import zone_of

bp = Blueprint("mailbox", __name__, template_folder="templates", url_prefix="/mailbox")

VIEWS = ("html", "text", "source")
CONTENT = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups allow-popups-to-escape-sandbox; "
    "frame-ancestors 'self'"
)


@bp.get("")
@signed_in
def index() -> Any:
    """The list; htmx asks for what is new above `since`, or for the rows below `#more-mails`."""
    page = _page()
    if wants_fragment():
        if page.rows and request.args.get("since") == str(page.rows[0].id):
            return "", 204
        more = request.headers.get("HX-Target") == "more-mails"
        return render_template("outbox/_mails_rows.html" if more else "outbox/_mails.html", **_given(page))
    return render_template("outbox/mailbox.html", letter=None, **_given(page))


@bp.get("/<int:id>")
@signed_in
def show(id: int) -> str:
    letter = mailbox.read(Mail.get_or_none(Mail.id == id) or abort(404))
    view = request.args.get("view", "")
    given = dict(
        letter=letter, view=view if view in VIEWS else "html" if letter.html else "text",
        message=_message(letter.mail),
    )
    if wants_fragment():
        return render_template("outbox/_mail.html", zone=zone_of(None), **given)
    return render_template("outbox/mailbox.html", **given, **_given(_page(), open=id))


@bp.get("/<int:id>/html")
@signed_in
def html(id: int) -> Response:
    """The HTML as it was sent, without script, outside world and the rights of this page."""
    letter = mailbox.read(Mail.get_or_none(Mail.id == id) or abort(404))
    response = Response(mailbox.framed(letter), mimetype="text/html")
    response.headers["Content-Security-Policy"] = CONTENT
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _message(mail: Mail) -> Message | None:
    """The message a mail came from; its address is what the index knows."""
    return Message.get_or_none(
        (Message.address == mail.recipient) & (Message.address != SQL("''")) & (Message.message_id == mail.message_id)
    )


def _page() -> mailbox.Page:
    return mailbox.page(request.args.get("q", "").strip()[:100], request.args.get("after", ""))


def _given(page: mailbox.Page, open: int = 0) -> dict[str, Any]:
    return {
        "page": page, "words": request.args.get("q", "").strip()[:100], "zone": zone_of(None),
        "open": open or request.args.get("open", 0, type=int), "server": bool(current_app.config["STATUSBOTE"].smtp_url),
    }
