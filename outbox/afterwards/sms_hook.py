"""Where SMS gateways tell what became of an SMS: at an address only they know, and signed where they sign."""

from typing import Any

from flask import Response, request

from accounts import limits
from core.i18n import gettext as _
from outbox.afterwards import sms_reports
from outbox.channels.gateways import GATEWAYS
from outbox.channels.gateways.contract import Call
from outbox.models import Sender
from outbox.senders import gateways
from pages import place
from records.intake import answers
from records.intake.body import parse
from records.intake.doors import door
from records.intake.problems import Problem

MOST = 60  # fields of one report

bp = door("sms_hook", "/hooks/sms")


@bp.post("/<id>/<token>")
@limits.limiter.limit(limits.PER_NETWORK, deduct_when=limits.refused)
def hear(id: str, token: str) -> Response:
    """Whether the report was about an SMS of ours and told something new."""
    sender = Sender.get_or_none(Sender.id == int(id)) if id.isdecimal() and len(id) < 10 else None
    if sender is None or sender.type not in GATEWAYS or not gateways.opens(sender, token):
        raise Problem(401, _("There is no SMS gateway connected here."))
    url = place.base_url() + request.full_path.rstrip("?")
    signature = request.headers.get("X-Twilio-Signature", "")
    told = gateways.gateway(sender).told(Call(_fields(), url, request.args.get("id", "")[:64], signature))
    if told is None:
        raise Problem(401, _("This report is not signed as it should be."))
    return answers.told({"heard": int(sms_reports.hear(sender, told))})


def _fields() -> dict[str, str]:
    """What was posted, as plain fields; of JSON those of its “data” too."""
    if request.mimetype != "application/json":
        return {name: value for name, value in list(request.form.items())[:MOST]}
    said = parse(request.get_data(cache=False))
    inner = said.get("data") if isinstance(said, dict) else None
    both: dict[str, Any] = {**(said if isinstance(said, dict) else {}), **(inner if isinstance(inner, dict) else {})}
    return {name: str(value) for name, value in list(both.items())[:MOST] if isinstance(value, str | int)}
