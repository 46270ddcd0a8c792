"""The buttons at a message: each posts one deed and gets back what it changed on the page it was pressed on."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import signed_in
from core.i18n import N_
from core.i18n import gettext as _
from core.web import wants_fragment
from outbox import hand, record_views, today, today_views
from outbox.models import Message
from outbox.states import STATES
from outbox.views import shown
from outbox.words import tell
from records import amounts
from records.contacts import Refused
from records.models import Record
from records.zones import zone_of

bp = Blueprint("hand", __name__, template_folder="templates", url_prefix="/outbox")


def _put_off(message: Message, actor: str) -> None:
    """Put it off until the day and hour of the form, as the clocks show them where the record belongs."""
    zone = zone_of(Record.get_by_id(message.record_id))
    at = amounts.moment(request.form.get("date", ""), request.form.get("time", ""), "later", zone)
    if at is None:
        raise Refused("later", _("Please choose day and time."))
    hand.put_off(message, at, actor)


Verb = Callable[[Message, str], None]
VERBS: dict[str, tuple[Verb, str]] = {
    "release": (hand.let_go, N_("The message is released.")),
    "now": (hand.send_now, N_("The message goes out now.")),
    "later": (_put_off, N_("The message is put off.")),
    "again": (hand.retry, N_("The message is sent again.")),
    "settled": (hand.take_as_sent, N_("The message counts as sent.")),
    "discard": (hand.discard, N_("The message has been discarded.")),
    "told": (hand.told, N_("Noted: told in person.")),
}


@bp.post("/<int:id>/<deed>")
@signed_in
def act(id: int, deed: str) -> Any:
    """Do it; where the message had moved on meanwhile, 409 with how it stands now; 422 for a moment that makes no sense."""
    verb, said = VERBS.get(deed) or abort(404)
    message = Message.get_or_none(Message.id == id) or abort(404)
    code = 200
    try:
        verb(message, current_user.actor)
        said = _(said)
    except hand.TooLate as late:
        said, code = _("Meanwhile the message is already “%(state)s”.", state=_(STATES[late.message.state])), 409
    except Refused as refusal:
        said, code = refusal.sentence, 422
    back = request.form.get("back", "")
    if not wants_fragment():
        flash(said, "message" if code == 200 else "error")
        return redirect(_address(message, back))
    return _shown(Message.get_by_id(id), back, said, code), code


def _address(message: Message, back: str) -> str:
    if back == "record":
        return record_views.address(message)
    pages = {"list": url_for("outbox.index"), "today": url_for("today.index")}
    return pages.get(back) or url_for("outbox.show", id=message.id)


def _shown(message: Message, back: str, said: str, code: int) -> str:
    """The part of the page that the button's form asks to be replaced, and beside it what was done."""
    toast = render_template("outbox/_said.html", said=said, tone="" if code == 200 else "stop", tasks=today.open_tasks())
    if back == "record":
        return record_views.fragment(message.record_id) + toast
    if back == "today":
        return today_views.fragment() + toast
    told = tell([message])[0]
    if back == "list":
        return render_template("outbox/_row.html", told=told, follow=True) + toast
    return shown(told) + toast
