"""The SMTP channel against a server that fails at every step."""

import datetime
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.config import ConfigError
from outbox.channels import address, open_channel
from outbox.channels import smtp as channel
from outbox.channels.account import Account
from outbox.channels.contract import Letter, Result
from outbox.states import Gone
from tests.postoffice import DROP, HANG, PostOffice

RAW = b"Subject: Hi\r\n\r\nOne\r\n.hidden\r\n..two\r\nend"
LETTER = Letter("<1@test>", "shop@example.org", "ada@example.org", "Hi", RAW)


class Marks:
    """Counts the marks asked for, and may refuse them."""

    def __init__(self, gone: bool = False):
        self.count, self.gone = 0, gone

    def __call__(self) -> None:
        self.count += 1
        if self.gone:
            raise Gone


def send(office: PostOffice, marks: Marks | None = None, letter: Letter = LETTER) -> Result:
    connection = open_channel(f"smtp://127.0.0.1:{office.port}", "test").connect()
    try:
        return connection.deliver(letter, marks or Marks())
    finally:
        connection.close()


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    for name in ("CONNECT", "REPLY", "FINAL"):
        monkeypatch.setattr(channel, name, 0.3)


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_letter_arrives_byte_for_byte(pipelining):
    with PostOffice(pipelining=pipelining) as office:
        marks = Marks()
        assert send(office, marks).verdict == "sent"
        assert office.mails == [("ada@example.org", LETTER.raw + b"\r\n")]
        assert marks.count == 1


def test_many_letters_share_one_connection():
    with PostOffice() as office:
        connection = open_channel(f"smtp://127.0.0.1:{office.port}", "test").connect()
        assert {connection.deliver(LETTER, Marks()).verdict for _ in range(5)} == {"sent"}
        assert (office.connections, len(office.mails)) == (1, 5)
        connection.close()


def test_a_connection_the_server_closed_meanwhile_is_opened_anew():
    with PostOffice() as office:
        connection = open_channel(f"smtp://127.0.0.1:{office.port}", "test").connect()
        connection.deliver(LETTER, Marks())
        office._sockets[0].shutdown(2)
        assert connection.deliver(LETTER, Marks()).verdict == "sent"
        assert len(office.mails) == 2
        connection.close()


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("verb", "reply", "verdict"),
    [
        ("CONNECT", "421 4.3.2 busy", "rest"),
        ("CONNECT", "554 no", "sender"),
        ("CONNECT", DROP, "cut"),
        ("CONNECT", HANG, "cut"),
        ("EHLO", DROP, "cut"),
        ("MAIL", "451 4.7.1 later", "later"),
        ("MAIL", "421 4.7.0 too fast", "rest"),
        ("MAIL", "550 5.7.1 not you", "sender"),
        ("MAIL", HANG, "cut"),
        ("RCPT", "451 4.7.1 greylisted", "later"),
        ("RCPT", "452 4.2.2 full", "later"),
        ("RCPT", "550 5.1.1 unknown", "unknown_address"),
        ("RCPT", "552 5.2.2 full", "full"),
        ("RCPT", "550 5.4.5 daily sending limit", "rest"),
        ("RCPT", "554 5.7.1 policy", "refused"),
        ("RCPT", "550 no", "refused"),
        ("RCPT", DROP, "cut"),
        ("DATA", "451 4.3.0 later", "later"),
        ("DATA", "554 5.6.0 no", "refused"),
        ("DATA", HANG, "cut"),
        ("BODY", DROP, "cut"),
    ],
)
def test_before_the_final_dot_every_fault_is_known(pipelining, verb, reply, verdict):
    with PostOffice(pipelining=pipelining, faults={verb: reply}) as office:
        marks = Marks()
        result = send(office, marks)
        # A server that drops while it takes the text is noticed at the latest after the mark: then nobody knows.
        assert result.verdict == verdict or verb == "BODY" and result.verdict == "silent" and marks.count == 1
        assert office.mails == []


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("451 4.3.0 later", "later"),
        ("554 5.7.1 spam", "refused"),
        ("552 5.2.2 full", "full"),
        ("550 5.4.5 daily sending limit", "rest"),
        (DROP, "silent"),
        (HANG, "silent"),
    ],
)
def test_after_the_final_dot_silence_means_that_nobody_knows(reply, verdict):
    with PostOffice(faults={"DOT": reply}) as office:
        marks = Marks()
        assert send(office, marks).verdict == verdict
        assert marks.count == 1


def test_a_server_that_keeps_the_mail_and_falls_silent_leaves_it_unclear():
    with PostOffice(faults={"DOT": "after"}) as office:
        assert send(office).verdict == "silent"
        assert len(office.mails) == 1


def test_a_letter_that_is_not_ours_any_more_is_not_sent():
    with PostOffice() as office:
        assert send(office, Marks(gone=True)).verdict == "gone"
        assert office.mails == []


def test_a_server_that_is_down_is_a_cut():
    with PostOffice() as office:
        pass
    assert send(office).verdict == "cut"


def test_wrong_access_data_are_the_senders_fault():
    with PostOffice(auth="right") as office:
        connection = open_channel(f"smtp://user:wrong@127.0.0.1:{office.port}", "test").connect()
        assert connection.deliver(LETTER, Marks()) == Result("sender", "535 5.7.8")


def test_tls_is_never_silently_left_out():
    with PostOffice() as office:
        server = channel.Smtp(Account("post", "127.0.0.1", office.port), "test")
        assert server.connect().deliver(LETTER, Marks()).verdict == "sender"
        assert office.mails == []


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path):
    with PostOffice(tls=self_signed(tmp_path)) as office:
        server = channel.Smtp(Account("post", "127.0.0.1", office.port), "test")
        assert server.connect().deliver(LETTER, Marks()) == Result("sender", "TLS: SSLCertVerificationError")


def test_the_number_of_connections_is_checked():
    with pytest.raises(ConfigError, match="connections="):
        open_channel("smtp://127.0.0.1?connections=none", "test")


def self_signed(folder, host="post.example"):
    """TLS for a server named so, with a certificate that stands in server.pem and that nobody knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False).sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "224.0.0.1", "0.0.0.0", "[fd00:ec2::254]"]
)
def test_places_that_are_never_a_mail_server_are_not_called(host):
    connection = open_channel(f"smtp://{host}:25", "test").connect()
    assert connection.deliver(LETTER, Marks()) == Result("sender", "address")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "10.0.0.5", "192.168.1.2", "fd12::1", "9.9.9.9"])
def test_a_mail_server_may_stand_in_the_house(host):
    assert not address.is_forbidden(host)
