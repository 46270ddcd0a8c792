"""X7: what a gateway reports counts: an SMS that arrived says so, one that never will is a mail that came back."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock, secrets
from core.db import transaction
from core.journal import Entry
from core.keys import fingerprint
from outbox.channels.gateways.contract import Call
from outbox.channels.gateways.twilio import Twilio
from outbox.models import Message, Sender, Suppression
from outbox.senders import gateways
from pages import place

NUMBER, SID = "+4915112345678", "AC" + "1" * 32


@pytest.fixture
def sent(shop: Any, make_record: Any, put: Any) -> Any:
    """An SMS to Ada that a gateway of a type has taken."""
    contact = {"name": "Ada", "phone": NUMBER, "consent": {"sms": True}}
    record = make_record("1001", contact=contact)

    def make(type: str = "seven", **more: Any) -> Message:
        with transaction():
            settings = {"sid": SID, "price": "0.1", "currency": "EUR", "countries": ["DE"]}
            sender = Sender(type=type, settings=settings, label="SMS", host="", port=0, tls="", from_address="Rad")
            sender.created_at = clock.now()
            sender.secrets = secrets.seal('{"key": "k", "token": "t0ken"}')
            sender.save()
        given = dict(
            channel="sms", sender_id=sender.id, address=NUMBER, state="sent", message_id="ours22", remote_id="theirs",
            parts=1,
        )
        return put(record, **{**given, **more})

    return make


def report(client: FlaskClient, message: Message, path: str = "", **given: Any) -> Any:
    return client.post(path or gateways.report_url(Sender.get_by_id(message.sender_id))[len(place.base_url()):], **given)


def by_seven(state: str, **ids: str) -> dict[str, Any]:
    return {"json": {"webhook_event": "dlr", "data": {"status": state, "timestamp": "2026-11-22 10:00:00", **ids}}}


def fresh(message: Message) -> tuple[str, str]:
    message = Message.get_by_id(message.id)
    return message.state, message.reason


@pytest.mark.parametrize("ids", [{"foreign_id": "ours22"}, {"msg_id": "theirs"}])
def test_an_sms_that_arrived_says_so_once(client, sent, ids):
    message = sent()
    answers = [report(client, message, **by_seven("DELIVERED", **ids)).json for _ in range(2)]
    assert answers == [{"heard": 1}, {"heard": 0}] and fresh(message) == ("sent", "delivered")
    assert Entry.select().where(Entry.what == "message.delivered").count() == 1


def test_a_report_settles_what_nobody_knew(client, sent):
    message = sent(state="unclear", reason="silent", sent_at=None, dated_at=clock.now())
    report(client, message, **by_seven("DELIVERED", foreign_id="ours22"))
    assert fresh(message) == ("sent", "delivered") and Message.get_by_id(message.id).sent_at


@pytest.mark.parametrize(
    ("state", "reason"),
    [("NOTDELIVERED", "given_up"), ("EXPIRED", "given_up"), ("REJECTED", "refused"), ("FAILED", "refused")],
)
def test_x7_an_sms_that_never_arrives_came_back(client, admin, sent, state, reason):
    message = sent()
    assert report(client, message, **by_seven(state, foreign_id="ours22")).json == {"heard": 1}
    assert fresh(message) == ("bounced", reason) and Suppression.select().count() == 0
    assert "Ada" in admin.get("/outbox/unreached").text


@pytest.mark.parametrize("state", ["TRANSMITTED", "ACCEPTED", "BUFFERED", "nonsense", ""])
def test_what_is_not_final_changes_nothing(client, sent, state):
    message = sent()
    assert report(client, message, **by_seven(state, foreign_id="ours22")).json == {"heard": 0}
    assert fresh(message) == ("sent", "")


def test_whoever_does_not_know_the_address_reports_nothing(client, sent):
    message, other = sent(), sent("twilio", message_id="other", remote_id="others")
    mine = gateways.report_url(Sender.get_by_id(message.sender_id))[len(place.base_url()):]
    for path in (mine[:-1] + "x", mine.replace(f"/{message.sender_id}/", f"/{other.sender_id}/"), "/hooks/sms/99/x"):
        answer = report(client, message, path, **by_seven("FAILED", foreign_id="ours22"))
        assert answer.status_code == 401
    assert report(client, message, mine, **by_seven("FAILED", foreign_id="other", msg_id="others")).json == {"heard": 0}
    assert {fresh(message), fresh(other)} == {("sent", "")}


def twilio(client: FlaskClient, message: Message, token: str = "t0ken", **fields: str) -> Any:
    """A call as Twilio signs it."""
    url = f"{gateways.report_url(Sender.get_by_id(message.sender_id))}?id=ours22"
    signature = Twilio(SID, token).signature(Call(fields, url)).decode()
    return report(client, message, url[len(place.base_url()):], data=fields, headers={"X-Twilio-Signature": signature})


def test_twilio_reports_with_its_signature_only(client, sent):
    message = sent("twilio")
    fields = {"MessageSid": "theirs", "MessageStatus": "delivered", "To": NUMBER}
    assert twilio(client, message, token="wrong", **fields).status_code == 401
    assert report(client, message, data=fields).status_code == 401 and fresh(message) == ("sent", "")
    assert twilio(client, message, **fields).json == {"heard": 1} and fresh(message) == ("sent", "delivered")


def test_the_signature_is_the_one_twilio_documents():
    """The example of twilio.com/docs/usage/security."""
    fields = {
        "CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert Twilio("", "12345").signature(Call(fields, url)) == b"RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    ("code", "reason", "blocked"),
    [("30007", "refused", False), ("30005", "unknown_address", True), ("30003", "given_up", False)],
)
def test_twilio_says_why_an_sms_was_lost(client, sent, code, reason, blocked):
    message = sent("twilio")
    twilio(client, message, MessageSid="theirs", MessageStatus="undelivered", ErrorCode=code)
    assert fresh(message) == ("bounced", reason)
    assert [row.fingerprint for row in Suppression.select()] == [fingerprint(NUMBER)] * blocked
    assert Entry.get(Entry.what == "message.bounced").data["code"] == f"undelivered:{code}"


def test_three_sms_lost_within_a_week_block_the_number(client, sent):
    for n in range(3):
        message = sent(message_id=f"m{n}", remote_id=f"r{n}", sent_at=clock.now() - timedelta(days=n))
        report(client, message, **by_seven("EXPIRED", foreign_id=f"m{n}"))
    assert [row.reason for row in Suppression.select()] == ["full"]


def test_a_blocked_number_is_found_by_its_owner_and_lifted(client, admin, sent):
    message = sent("twilio")
    twilio(client, message, MessageSid="theirs", MessageStatus="failed", ErrorCode="30006")
    page = admin.get("/outbox/blocked?q=0151 12345678").text
    assert "Ada" in page and NUMBER in page
    admin.post("/outbox/blocked/lift", data={"address": fingerprint(NUMBER)})
    assert Suppression.select().count() == 0


def test_a_number_is_blocked_by_hand(admin):
    admin.post("/outbox/blocked", data={"address": "0151 12345678", "reason": "wish"})
    assert [row.fingerprint for row in Suppression.select()] == [fingerprint(NUMBER)]
