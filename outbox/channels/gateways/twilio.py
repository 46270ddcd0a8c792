"""The gateway Twilio: one POST for an SMS, numbered errors, signed calls about its fate (twilio.com/docs/messaging)."""

import hmac
from base64 import b64encode

from outbox.channels.contract import Result
from outbox.channels.gateways import answers
from outbox.channels.gateways.contract import Call, Request, Sms, Told
from outbox.channels.web import Reply

URL = "https://api.twilio.com"
CODES = {
    **dict.fromkeys((21211, 21217, 21401, 21614), "unknown_address"),  # no number, or none that takes SMS
    21610: "opted_out",
    **dict.fromkeys((20429, 21611, 63038), "rest"),  # too many requests, the queue is full, the day's limit
    **dict.fromkeys((20003, 20005, 20006, 20404, 21212, 21603, 21606, 21609, 21659, 21660, 21703, 30002), "sender"),
    **dict.fromkeys((30001, 30008), "later"),
}
REPORTS = {
    **dict.fromkeys(("21211", "21614", "30005", "30006"), "gone"), "21610": "opted_out",
    **dict.fromkeys(("30003", "30008", "30017"), "given_up"),
}
SERVICE = "MG"  # what the number of a messaging service begins with


class Twilio:
    """An account at Twilio, known by its SID and token."""

    def __init__(self, sid: str, token: str, url: str = URL):
        self.sid = sid
        self.token = token
        self.url = url

    def request(self, sms: Sms) -> Request:
        source = "MessagingServiceSid" if sms.sender.startswith(SERVICE) and len(sms.sender) == 34 else "From"
        form = {"To": sms.to, source: sms.sender, "Body": sms.text, **({"StatusCallback": sms.report} if sms.report else {})}
        url = f"{self.url}/2010-04-01/Accounts/{self.sid}/Messages.json"
        return Request("POST", url, {"Accept": "application/json"}, {"data": form, "auth": (self.sid, self.token)})

    def result(self, reply: Reply) -> Result:
        answer = answers.said(reply)
        told = answer if isinstance(answer, dict) else {}
        code = told.get("code") if reply.status >= 300 else told.get("error_code")
        if isinstance(code, int) and code:
            by_status = answers.by_status(reply.status).verdict if reply.status in (402, 429, 503) else "refused"
            return Result(CODES.get(code, by_status), str(code))
        if reply.status >= 300:
            return answers.by_status(reply.status)
        if not told.get("sid"):
            return Result("silent", f"HTTP {reply.status}")
        return Result("sent", answers.short(told.get("status", "")), answers.short(told["sid"]))

    def told(self, call: Call) -> Told | None:
        """None for a call that Twilio has not signed."""
        if not hmac.compare_digest(self.signature(call), call.signature.encode()):
            return None
        state, code = call.fields.get("MessageStatus", ""), call.fields.get("ErrorCode", "")
        lost = REPORTS.get(code, "refused") if state in ("undelivered", "failed") else ""
        said = answers.short(f"{state}:{code}" if code else state)
        return Told(call.id, call.fields.get("MessageSid", ""), "delivered" if state == "delivered" else lost, said)

    def signature(self, call: Call) -> bytes:
        """HMAC-SHA1 with the token over the address and the sorted fields (twilio.com/docs/usage/security)."""
        text = call.url + "".join(name + call.fields[name] for name in sorted(call.fields))
        return b64encode(hmac.digest(self.token.encode(), text.encode(), "sha1"))
