"""The gateway seven.io: one POST for an SMS, a code for an answer (docs.seven.io: SMS, Status reports)."""

from typing import Any

from outbox.channels.contract import Result
from outbox.channels.gateways import answers
from outbox.channels.gateways.contract import Call, Request, Sms, Told
from outbox.channels.web import Reply

URL = "https://gateway.seven.io/api/sms"
TAKEN = 100
CODES = {
    202: "unknown_address",  # the recipient's number is none
    402: "later",  # the same text went to the same number within the last minutes
    403: "later",  # this number has had all it may for today
    500: "credit",
    600: "later",  # the carrier could not be reached
    **dict.fromkeys((900, 901, 902, 903), "sender"),  # key, signature, rights or IP address are wrong
}
REPORTS = {
    "DELIVERED": "delivered", "NOTDELIVERED": "given_up", "EXPIRED": "given_up", "REJECTED": "refused", "FAILED": "refused",
}


class Seven:
    """An account at seven.io, known by its key."""

    def __init__(self, key: str, url: str = URL):
        self.key = key
        self.url = url

    def request(self, sms: Sms) -> Request:
        form = {"to": sms.to, "text": sms.text, "foreign_id": sms.id, **({"from": sms.sender} if sms.sender else {})}
        return Request("POST", self.url, {"X-Api-Key": self.key, "Accept": "application/json"}, {"data": form})

    def result(self, reply: Reply) -> Result:
        """By the code of the answer, or of the one SMS in it; it comes as JSON or as nothing but the code."""
        answer = answers.said(reply)
        told = answer if isinstance(answer, dict) else {"success": answer}
        code, one = _number(told.get("success")), _first(told.get("messages"))
        if one.get("error"):
            code = _number(one["error"]) or code
        if code == TAKEN and one.get("success") is not False:
            return Result("sent", str(code), answers.short(one.get("id") or ""))
        if not code:
            return answers.by_status(reply.status) if reply.status >= 300 else Result("silent", f"HTTP {reply.status}")
        return Result(CODES.get(code, "refused"), str(code))

    def told(self, call: Call) -> Told:
        state = call.fields.get("status", "").upper()
        id, theirs = call.fields.get("foreign_id", ""), call.fields.get("msg_id", "")
        return Told(id, theirs, REPORTS.get(state, ""), answers.short(state))


def _number(value: Any) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _first(messages: Any) -> dict[str, Any]:
    one = messages[0] if isinstance(messages, list) and messages else None
    return one if isinstance(one, dict) else {}
