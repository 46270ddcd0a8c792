"""R5: a sender's mails may carry the signature of their domain, and receivers can check it (DKIM)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import dkim as judge
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from flask.testing import FlaskClient

from core import clock
from core.db import transaction
from emails.models import Template
from outbox import claim
from outbox.channels import dkim
from outbox.models import Message, Sender, SenderState
from outbox.plan import Planned, plan_many
from outbox.senders import senders
from outbox.senders.signing import key, published
from tests.mailing import everything_kept, send_due
from tests.nameserver import NameServer
from tests.postoffice import PostOffice

RAW = (
    b"From: =?utf-8?q?R=C3=A4der?= <w@example.org>\r\nTo: Ada\r\n <ada@example.org>\r\nSubject: Zwei  Worte\r\n"
    b"Date: Sun, 22 Nov 2026 02:40:14 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain\r\n\r\n"
)
BODIES = [b"", b"\r\n\r\n", b"Hallo \t Ada \r\n.punkt\r\n\r\n  \r\n\r\n", b"ohne Ende", b"eins\r\nzwei  \r\n" * 900]


def pem(private: Any, **how: Any) -> str:
    form = {"encoding": Encoding.PEM, "format": PrivateFormat.PKCS8, "encryption_algorithm": NoEncryption(), **how}
    return private.private_bytes(**form).decode()


LONG, BENT = rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()


@pytest.fixture
def office(house: Any) -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    with NameServer() as names:
        monkeypatch.setattr(published, "_resolver", names.resolver)
        monkeypatch.setattr(published, "PATIENCE", 0.5)
        yield names


@pytest.fixture
def sender(house: Any, office: PostOffice) -> Sender:
    sender = Sender()
    senders.save(sender, {
        "label": "Werkstatt", "host": "127.0.0.1", "port": office.port, "tls": "none", "login": "", "from_name": "",
        "from_address": "werkstatt@post.example.org", "reply_to": "", "quota": 0, "users": [],
    }, "user:1")
    return sender


@pytest.fixture
def message(shop: Any, make_record: Any, sender: Sender) -> Message:
    with transaction():
        texts = {"de": {"subject": "{{ record.number }}", "body": "{{ greeting }}"}}
        template, due = Template.create(name="Status", texts=texts, updated_at=clock.now()), clock.now()
        record = make_record("1001")
        plan_many([Planned(
            1, record.id, None, "o1", "customer", "email", template.id, "status", due, due + timedelta(days=7),
            sender_id=sender.id,
        )])
    return Message.get()


def is_good(raw: bytes, private: dkim.Key) -> bool:
    """What a stranger's implementation says to the signature."""
    return bool(judge.verify(raw, dnsfunc=lambda _name, timeout=5: dkim.record(private).encode()))


@pytest.mark.parametrize("private", [LONG, BENT])
@pytest.mark.parametrize("body", BODIES)
def test_a_signature_holds_and_breaks_with_any_change(private: dkim.Key, body: bytes) -> None:
    signed = dkim.Signer("example.org", "sb1", dkim.read_key(pem(private))).sign(RAW + body)
    assert is_good(signed, private)
    assert max(map(len, signed.partition(b"From:")[0].split(b"\r\n"))) <= 78
    for before, after in [
        (b"Zwei", b"Drei"), (b"Subject:", b"Reply-To: eve@example.net\r\nSubject:"), (b"\r\n\r\n", b"\r\n\r\nmehr\r\n"),
        (b"From:", b"From: eve@example.net\r\nFrom:"),
    ]:
        assert not is_good(signed.replace(before, after, 1), private)


def test_a_mail_without_those_headers_can_be_signed_too() -> None:
    bare = b"From: w@example.org\r\nDate: Sun, 22 Nov 2026 02:40:14 +0000\r\n\r\nHallo\r\n"
    assert is_good(dkim.Signer("example.org", "sb1", LONG).sign(bare), LONG)


def test_r5_mails_are_signed_and_a_repetition_is_the_same_to_the_byte(sender, message, office):
    key.save(sender, "example.org", "mail2026", True, pem(LONG), "user:1")
    office.faults["DOT"] = "after"
    send_due()
    assert Message.get().state == "unclear"
    office.faults.clear()
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        claim.repeat_unclear()
        send_due()
    assert Message.get().state == "sent"
    (_to, first), (_to, second) = office.mails
    assert first == second and is_good(first, LONG) and b"s=mail2026" in first


def test_a_mail_that_shall_be_signed_never_goes_out_without(sender, message, office, admin):
    key.save(sender, "example.org", "mail2026", True, pem(LONG), "user:1")
    Sender.update(secrets="sealed elsewhere").execute()
    send_due()
    assert (Message.get().state, Message.get().reason, office.mails) == ("planned", "sender", [])
    assert SenderState.get().reason == "sender"
    page = admin.post(f"/senders/{sender.id}/test", follow_redirects=True).text
    assert "Schlüssel der Signatur" in page
    assert "geht nichts hinaus" in admin.get(f"/senders/{sender.id}/signature").text


def test_a_key_is_made_shown_to_publish_and_used_once_its_record_is_found(admin: FlaskClient, sender, office, names):
    path = f"/senders/{sender.id}/signature"
    admin.post(f"{path}/key")
    made = key.signing(Sender.get())
    assert made and (made.domain, made.on) == ("post.example.org", False)
    page = admin.get(path).text
    assert made.name in page and made.record in page and "PRIVATE" not in page.replace("BEGIN PRIVATE KEY", "")
    assert "noch nichts veröffentlicht" in admin.post(f"{path}/check").text
    names.records[made.name] = ["v=DKIM1; k=rsa; p=AAAA"]
    assert "anderer Schlüssel" in admin.post(f"{path}/check").text
    names.records[made.name] = [made.record, "v=DKIM1; p=AAAA"]
    assert "mehrere Einträge" in admin.post(f"{path}/check").text
    names.records[made.name] = ["google-site-verification=1", made.record.replace("; ", ";")]
    assert "Ab jetzt werden E-Mails für post.example.org signiert" in admin.post(f"{path}/check").text
    admin.post(f"/senders/{sender.id}/test")
    assert b"d=post.example.org" in office.mails[0][1]
    names.silent = True
    assert "Nameserver antworten nicht" in admin.post(f"{path}/check").text


def test_a_new_key_has_another_selector_and_waits_for_its_record(admin: FlaskClient, sender):
    path = f"/senders/{sender.id}/signature"
    admin.post(f"{path}/key")
    first = key.signing(Sender.get())
    key.switch_on(Sender.get(), "user:1")
    admin.post(f"{path}/key")
    second = key.signing(Sender.get())
    assert first and second and first.selector != second.selector and first.record != second.record and not second.on


def test_a_key_of_ones_own_is_sealed_and_never_shown(admin: FlaskClient, sender):
    path, mine = f"/senders/{sender.id}/signature", pem(BENT)
    given = {"domain": "Example.org", "selector": "mail2026", "key": mine, "on": "1"}
    page = admin.post(path, data=given, follow_redirects=True).text
    kept = key.signing(Sender.get())
    assert kept and (kept.domain, kept.selector, kept.on) == ("example.org", "mail2026", True)
    secret = mine.splitlines()[1]
    assert secret not in page and secret not in everything_kept()
    admin.post(path, data={**given, "key": "", "on": ""})
    kept = key.signing(Sender.get())
    assert kept and (kept.on, kept.record) == (False, dkim.record(BENT))
    admin.post(f"/senders/{sender.id}", data={
        "label": "Büro", "host": "127.0.0.1", "port": "25", "tls": "none", "from_address": "w@example.org", "quota": "0",
    })
    assert key.signing(Sender.get()) == kept and Sender.get().label == "Büro"
    admin.post(f"{path}/delete")
    assert key.signing(Sender.get()) is None and Sender.get().secrets == ""


WRONG = [
    ("domain", "example.net", "Domain der Absenderadresse"), ("domain", "org", "Domain der Absenderadresse"),
    ("domain", "ample.org", "Domain der Absenderadresse"), ("selector", "mail_2026", "Bindestriche"),
    ("selector", "", "füllen Sie das aus"), ("key", "", "kein privater Schlüssel"),
    ("key", "-----BEGIN", "kein privater Schlüssel"),
    ("key", pem(LONG, encryption_algorithm=BestAvailableEncryption(b"geheim")), "Kennwort"),
    ("key", pem(ec.generate_private_key(ec.SECP256R1())), "RSA- oder Ed25519"),
]


@pytest.mark.parametrize(("field", "value", "said"), WRONG)
def test_what_cannot_sign_is_refused_at_its_field(admin: FlaskClient, sender, field, value, said):
    given = {"domain": "example.org", "selector": "mail2026", "key": pem(BENT), "on": "1", field: value}
    answer = admin.post(f"/senders/{sender.id}/signature", data=given)
    assert answer.status_code == 422 and key.signing(Sender.get()) is None
    assert said in answer.text.split(f'id="field-{field}-error"')[1].split("</span></span>")[0]


def test_a_short_key_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dkim, "LEAST", 4096)
    with pytest.raises(dkim.Unusable, match="short"):
        dkim.read_key(pem(LONG))


def test_only_mail_servers_of_ones_own_are_signed_for(admin: FlaskClient, sender):
    Sender.update(type="gmail").execute()
    assert admin.get(f"/senders/{sender.id}/signature").status_code == 404
