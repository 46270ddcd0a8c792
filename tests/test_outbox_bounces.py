"""Mails that come back: read from a mailbox or told by a mail service, believed only about mails of ours."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from core import clock, settings
from core.db import transaction
from core.journal import Entry
from outbox import hand, history
from outbox.afterwards import account, bounces, calls, imap, report
from outbox.afterwards.report import Report
from outbox.models import Message, Suppression
from outbox.words import tell
from pages import links
from pages.models import Link
from tests.letterbox import Letterbox

OURS = "<aB3dE6gH9kLmN2pQ5sT8vX@shop.example>"
Put = Callable[..., Message]
Sent = Callable[..., Message]


@pytest.fixture
def sent(put: Put) -> Sent:
    """Puts a message whose mail left under this Message-ID."""

    def send(message_id: str = OURS, state: str = "sent", **more: Any) -> Message:
        message = put(None, state, message_id=message_id, address="ada@example.org", **more)
        link = links.prepare(message.record_id, "customer", "ada@example.org")
        with transaction():
            links.save_many([link])
            Message.update(link_id=link.id).where(Message.id == message.id).execute()
        return Message.get_by_id(message.id)

    return send


def notification(action: str = "failed", status: str = "5.1.1", about: str = OURS, headers_only: bool = False) -> bytes:
    """A delivery status notification as Postfix writes it."""
    original = f"Message-ID: {about}\r\nSubject: Ihr Auftrag\r\nTo: ada@example.org\r\n\r\n"
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: werkstatt@shop.example\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
        "Message-ID: <report@mx.example>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; ada@example.org\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{original}\r\n--b--\r\n"
    ).encode()


QMAIL = f"""From: MAILER-DAEMON@qmail.example
To: werkstatt@shop.example
Subject: failure notice

Hi. This is the qmail-send program at qmail.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@example.org>:
203.0.113.5 does not like recipient.

--- Below this line is a copy of the message.

Message-ID: {OURS}
Subject: Ihr Auftrag
""".encode()

ABSENT = f"""From: ada@example.org
To: werkstatt@shop.example
Subject: Bin im Urlaub
Auto-Submitted: auto-replied
In-Reply-To: {OURS}
References: {OURS}

Ich bin nicht da.
""".encode()


def states() -> list[tuple[str, str]]:
    return [(row.state, row.reason) for row in Message.select().order_by(Message.id)]


@pytest.mark.parametrize(
    ("action", "status", "meant"),
    [("failed", "5.1.1", "gone"), ("failed", "5.0.0", "gone"), ("failed", "", "gone"), ("failed", "5.4.4", "gone"),
     ("failed", "5.2.1", "gone"), ("failed", "5.2.2", "full"), ("failed", "5.7.1", "refused"),
     ("failed", "5.1.8", "refused"), ("failed", "4.4.7", "given_up"),
     ("delayed", "4.2.2", "later"), ("delivered", "2.0.0", ""), ("relayed", "2.0.0", "")],
)
def test_what_action_and_status_mean(action: str, status: str, meant: str) -> None:
    assert report.verdict(action, status) == meant


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_notification_names_our_mail_and_why(headers_only: bool) -> None:
    found = report.of_mail(notification(headers_only=headers_only))
    assert found and (found.verdict, found.code) == ("gone", "5.1.1") and OURS in found.message_ids


def test_a_report_of_no_standard_is_understood() -> None:
    found = report.of_mail(QMAIL)
    assert found and found.verdict == "gone" and OURS in found.message_ids


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff", ABSENT, notification("delivered", "2.0.0"), b"Content-Type: multipart/report\n\n"]
)
def test_automatic_answers_receipts_and_rubbish_report_nothing(raw: bytes) -> None:
    assert report.of_mail(raw) is None


def test_a_permanent_failure_ends_message_address_and_link(sent: Sent) -> None:
    message = sent()
    assert bounces.hear(Report((OURS,), "gone", "5.1.1"))
    assert states() == [("bounced", "unknown_address")]
    assert Suppression.get().reason == "unknown_address" and Link.get_by_id(message.link_id).state == "revoked"
    line = Entry.get(Entry.what == "message.bounced")
    assert (line.record_id, line.data["code"], line.data["message"]) == (message.record_id, "5.1.1", message.id)
    assert "ada@example.org" not in repr(list(Entry.select().tuples()))
    assert [call.told.message.id for call in calls.find()] == [message.id]


def test_a_forged_report_without_a_message_id_of_ours_changes_nothing(sent: Sent) -> None:
    message, before = sent(), Entry.select().count()
    for ids in ((), ("",), ("<>",), ("<forged@shop.example>",)):
        assert not bounces.hear(Report(ids, "gone", "5.1.1"))
    assert states() == [("sent", "")] and Suppression.select().count() == 0
    assert Link.get_by_id(message.link_id).state == "issued" and Entry.select().count() == before


def test_the_same_report_twice_is_one_bounce(sent: Sent) -> None:
    sent()
    for _ in range(2):
        bounces.hear(Report((OURS,), "gone"))
    assert Entry.select().where(Entry.what.in_(("message.bounced", "address.blocked", "link.revoked"))).count() == 3


@pytest.mark.parametrize(("state", "after"), [("unclear", "bounced"), ("planned", "bounced"), ("dropped", "dropped")])
def test_what_has_come_back_is_not_sent_once_more(sent: Sent, state: str, after: str) -> None:
    sent(state=state)
    bounces.hear(Report((OURS,), "gone"))
    assert states()[0][0] == after


def test_a_refusal_is_no_fault_of_the_address(sent: Sent) -> None:
    sent()
    bounces.hear(Report((OURS,), "refused", "5.7.1"))
    assert states() == [("bounced", "refused")] and Suppression.select().count() == 0


def test_three_soft_failures_within_a_week_are_a_hard_one(sent: Sent) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        for number in range(3):
            sent(f"<{number}@shop.example>")
            for _ in range(2):
                bounces.hear(Report((f"<{number}@shop.example>",), "later", "4.2.2"))
            assert Suppression.select().count() == (number == 2)
            now.shift(timedelta(days=2))
    assert states() == [("sent", ""), ("sent", ""), ("bounced", "full")] and Suppression.get().reason == "full"


def test_soft_failures_further_apart_are_forgiven(sent: Sent) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        for number in range(4):
            sent(f"<{number}@shop.example>")
            bounces.hear(Report((f"<{number}@shop.example>",), "later", "4.2.2"))
            now.shift(timedelta(days=4))
    assert states() == [("sent", "")] * 4 and Suppression.select().count() == 0


def test_a_full_mailbox_loses_the_message_but_not_the_address(sent: Sent) -> None:
    message = sent()
    bounces.hear(Report((OURS,), "full", "5.2.2"))
    assert states() == [("bounced", "full")] and Suppression.select().count() == 0
    assert "Zurückgekommen" in [line.what for line in history.of(tell([Message.get_by_id(message.id)])[0])]


def test_a_call_settles_what_came_back(sent: Sent) -> None:
    message = sent()
    bounces.hear(Report((OURS,), "gone"))
    hand.told(message, "user:1")
    assert states() == [("dropped", "told")]


# --- told by a mail service

@pytest.fixture
def hook(client: FlaskClient) -> str:
    return f"/hooks/bounces/{account.make_token('user:1')}"


def test_a_mail_service_posts_the_report_itself(client: FlaskClient, hook: str, sent: Sent) -> None:
    sent()
    answer = client.post(hook, data=notification(), content_type="message/rfc822")
    assert answer.get_json() == {"heard": 1} and states() == [("bounced", "unknown_address")]


@pytest.mark.parametrize("wrapped", [lambda one: one, lambda one: [one], lambda one: {"bounces": [one]}])
def test_or_it_posts_json(client: FlaskClient, hook: str, sent: Sent, wrapped: Callable[[Any], Any]) -> None:
    sent()
    one = {"message_id": OURS.strip("<>"), "type": "permanent", "status": "5.1.1"}
    assert client.post(hook, json=wrapped(one)).get_json() == {"heard": 1}
    assert states() == [("bounced", "unknown_address")]


def test_reports_about_others_are_taken_and_change_nothing(client: FlaskClient, hook: str, sent: Sent) -> None:
    sent()
    assert client.post(hook, json={"message_id": "<x@y>", "type": "permanent"}).get_json() == {"heard": 0}
    assert client.post(hook, data=ABSENT, content_type="message/rfc822").get_json() == {"heard": 0}
    assert states() == [("sent", "")]


RIGHT = {"message_id": OURS, "type": "permanent"}


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "bounces.0.message_id"), ({"message_id": OURS, "type": "hard"}, "bounces.0.type"),
     ([RIGHT, {**RIGHT, "status": "x"}], "bounces.1.status"), ("x", "bounces"), ([1], "bounces")],
)
def test_json_that_does_not_fit_is_refused_and_nothing_stored(
    client: FlaskClient, hook: str, sent: Sent, body: Any, field: str
) -> None:
    sent()
    answer = client.post(hook, json=body)
    assert (answer.status_code, answer.get_json()["field"]) == (422, field) and states() == [("sent", "")]


def test_without_the_token_nothing_is_heard(client: FlaskClient, hook: str, sent: Sent) -> None:
    sent()
    for path in ("/hooks/bounces/wrong", "/hooks/bounces/" + settings.get(account.TOKEN)["fingerprint"]):
        assert client.post(path, data=notification(), content_type="message/rfc822").status_code == 401
    account.forget_token("user:1")
    assert client.post(hook, data=notification(), content_type="message/rfc822").status_code == 401
    assert states() == [("sent", "")]


def test_the_address_is_shown_once_and_kept_as_a_fingerprint(admin: FlaskClient) -> None:
    shown = admin.post("/outbox/bounces/address").text
    token = shown.split("/hooks/bounces/")[1].split("<")[0].strip()
    assert account.opens(token) and token not in admin.get("/outbox/bounces").text
    assert token not in repr(list(settings.Setting.select().tuples())) + repr(list(Entry.select().tuples()))
    admin.post("/outbox/bounces/address", data={"end": "1"})
    assert not account.opens(token)


# --- read from a mailbox

def connect(port: int, password: str = "geheim", **more: Any) -> None:
    box = {"on": True, "host": "127.0.0.1", "port": port, "tls": "none", "user": "reader", "folder": "INBOX", **more}
    account.save(box, password, "user:1")


def test_the_mailbox_is_read_on_from_where_it_was_left(house: object, sent: Sent) -> None:
    sent()
    with Letterbox({3: ABSENT, 4: notification("delayed", "4.2.2")}) as box:
        connect(box.port)
        assert imap.read() == 1 and states() == [("sent", "")]
        assert imap.read() == 0
        box.mails[9] = notification()
        assert imap.read() == 1 and states() == [("bounced", "unknown_address")]
        assert [asked.split()[2] for asked in box.asked if "FETCH" in asked] == ["3", "4", "9"]
        assert "SINCE" in next(asked for asked in box.asked if "SEARCH" in asked)
        assert all("EXAMINE" in asked for asked in box.asked if "INBOX" in asked)
    assert account.progress()["found"] == 2 and account.progress()["fault"] == ""


def test_another_mailbox_is_read_from_its_beginning(house: object, sent: Sent) -> None:
    sent()
    with Letterbox({5: ABSENT}) as box:
        connect(box.port)
        imap.read()
        box.mails, box.validity = {1: notification()}, 8
        assert imap.read() == 1


def test_a_reading_that_breaks_off_goes_on_there(house: object, sent: Sent) -> None:
    sent()
    with Letterbox({1: notification(), 2: ABSENT}) as box:
        connect(box.port)
        box.faults["FETCH"] = "DROP"
        imap.read()
        assert account.progress()["fault"] == "broken"
        box.faults.clear()
        assert imap.read() == 1 and account.progress()["fault"] == ""


def test_a_huge_mail_is_read_as_far_as_it_matters(house: object, sent: Sent) -> None:
    sent()
    with Letterbox({1: notification() + b"x" * 3 * report.LARGEST}) as box:
        connect(box.port)
        assert imap.read() == 1


@pytest.mark.parametrize(
    ("faults", "more", "told"),
    [({}, {}, "Das Postfach lässt sich lesen; 1 E‑Mail liegt darin."),
     ({}, {"password": "falsch"}, "Benutzername oder Passwort ist falsch"),
     ({"EXAMINE": "NO no such folder"}, {"folder": "Zurueck"}, "keinen Ordner „Zurueck“"),
     ({"CONNECT": "DROP"}, {}, "hat das Gespräch abgebrochen"),
     ({}, {"tls": "starttls"}, "spricht auf Port"),
     ({}, {"port": 1}, "nimmt auf Port 1 keine Verbindung an"),
     ({}, {"host": "169.254.169.254"}, "niemals ein Mailserver ist")],
)
def test_the_test_tells_honestly_what_is_wrong(
    admin: FlaskClient, faults: dict[str, str], more: dict[str, Any], told: str
) -> None:
    with Letterbox({1: ABSENT}, faults=faults) as box:
        connect(**{"port": box.port, **more})
        assert told in admin.post("/outbox/bounces/test").text


def test_the_worker_reads_every_few_minutes_and_never_twice_at_once(house: object, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    class Thread:
        def __init__(self, **given: Any):
            begun.append(given["name"])

        def start(self) -> None: ...

    monkeypatch.setattr(imap.threading, "Thread", Thread)
    imap.sweep()
    connect(1)
    imap.sweep()
    imap.sweep()
    assert begun == ["bounces"]
    imap._busy.release()
    account.keep({})
    imap.sweep()
    assert begun == ["bounces"]
    with time_machine.travel(clock.now() + imap.PACE):
        imap.sweep()
        imap._busy.release()
    assert begun == ["bounces"] * 2


FILLED = {"on": "1", "host": "imap.example.org", "port": "993", "tls": "tls", "user": "reader", "folder": "INBOX"}


def test_an_admin_connects_a_mailbox_and_its_password_is_never_shown(admin: FlaskClient) -> None:
    admin.post("/outbox/bounces", data=FILLED | {"password": "streng geheim"})
    stored = account.mailbox()
    assert "streng geheim" not in repr(stored) + admin.get("/outbox/bounces").text
    admin.post("/outbox/bounces", data=FILLED | {"password": "", "folder": "Bounces"})
    assert account.mailbox()["password"] == stored["password"] and account.mailbox()["folder"] == "Bounces"
    assert [line.data["fields"] for line in Entry.select().where(Entry.what == "bounces.changed")][1] == ["folder"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"host": "a b"}, "host"), ({"port": "x"}, "port"), ({"port": "70000"}, "port"), ({"folder": "Rückläufer"}, "folder"),
     ({"password": ""}, "password"), ({"user": ""}, "user")],
)
def test_what_does_not_fit_is_refused_and_kept(admin: FlaskClient, wrong: dict[str, str], field: str) -> None:
    answer = admin.post("/outbox/bounces", data=FILLED | {"password": "geheim"} | wrong)
    assert answer.status_code == 422 and f'id="field-{field}-error"' in answer.text and account.mailbox() == {}


def test_a_clerk_may_not_see_the_mailbox(clerk: FlaskClient) -> None:
    assert clerk.get("/outbox/bounces").status_code == 403 and clerk.post("/outbox/bounces/address").status_code == 403
    assert account.token_made() == ""
