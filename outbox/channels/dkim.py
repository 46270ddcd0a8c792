"""Signs mails for a domain (DKIM, RFC 6376 and 8463); the same mail always gets the same signature."""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

LEAST = 1024  # bits of an RSA key; receivers take shorter ones for no signature (RFC 8301)
MOST = 4096
TWICE = ("from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type")  # nobody may add one
ONCE = ("list-unsubscribe", "list-unsubscribe-post", "auto-submitted", "content-language", "content-transfer-encoding")
GAPS = re.compile(rb"[ \t]{2,}|\t")
Key = RSAPrivateKey | Ed25519PrivateKey


class Unusable(ValueError):
    """No private key, or none that signs: `sort` is locked, other, short or long, else empty."""

    def __init__(self, sort: str = ""):
        super().__init__(sort)
        self.sort = sort


@dataclass(frozen=True)
class Signer:
    """Who signs: the key is published under `<selector>._domainkey.<domain>`."""

    domain: str
    selector: str
    key: Key = field(repr=False)

    def sign(self, raw: bytes) -> bytes:
        """The mail with its signature before it; `raw` has CRLF line ends and a Date, which is the time of signing."""
        head, _blank, body = raw.partition(b"\r\n\r\n")
        lines = [(line.partition(b":")[0].strip().lower().decode("ascii"), line) for line in _unfolded(head)]
        names = _signed([name for name, _line in lines])
        moment = next(parsedate_to_datetime(line.partition(b":")[2].decode()) for name, line in lines if name == "date")
        stub = self._stub(names, int(moment.timestamp()), _digest(body))
        told = b"\r\n".join([*_picked(lines, names), _relaxed(stub.encode())])
        seal = b64encode(self._seal(told)).decode()
        return f"{stub}{_folded(seal)}\r\n".encode() + raw

    def _stub(self, names: list[str], at: int, digest: str) -> str:
        """The header up to the signature itself."""
        algorithm = "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"
        signed = ":".join(names)
        folded = re.sub(r"(.{40,68}?:)", "\\1\r\n\t ", signed)
        return (
            f"DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; t={at};\r\n"
            f"\td={self.domain};\r\n\ts={self.selector};\r\n\th={folded};\r\n\tbh={digest};\r\n\tb="
        )

    def _seal(self, told: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(told, PKCS1v15(), SHA256())
        return self.key.sign(sha256(told).digest())


def read_key(text: str) -> Key:
    """The private key of a PEM text: RSA of at least 1024 bits, or Ed25519. Raises Unusable."""
    try:
        key = load_pem_private_key(text.strip().encode(), None)
    except TypeError as error:
        raise Unusable("locked") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unusable("locked" if "ENCRYPTED" in text else "") from error
    if isinstance(key, RSAPrivateKey):
        if not LEAST <= key.key_size <= MOST:
            raise Unusable("short" if key.key_size < LEAST else "long")
        return key
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise Unusable("other")


def refuse(_raw: bytes) -> bytes:
    """Stands for a signer whose key cannot be read: a mail that shall be signed does not go out without."""
    raise Unusable


def record(key: Key) -> str:
    """What the domain has to publish as TXT, so that receivers can check the signatures."""
    if isinstance(key, RSAPrivateKey):
        sort, public = "rsa", key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        sort, public = "ed25519", key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k={sort}; p={b64encode(public).decode()}"


def _signed(there: list[str]) -> list[str]:
    """The names to sign: each as often as it is there, and once more where nobody shall add one."""
    names = [name for name in (*TWICE, *ONCE) for _each in range(there.count(name))]
    return names + list(TWICE)


def _picked(lines: list[tuple[str, bytes]], names: list[str]) -> list[bytes]:
    """Their lines in canonical form, of several with one name the last first; names without a line count as nothing."""
    left: dict[str, list[bytes]] = {}
    for name, line in lines:
        left.setdefault(name, []).append(line)
    return [_relaxed(left[name].pop()) for name in names if left.get(name)]


def _unfolded(head: bytes) -> list[bytes]:
    return re.sub(rb"\r\n(?=[ \t])", b"", head).split(b"\r\n")


def _relaxed(line: bytes) -> bytes:
    """A header in canonical form, without its line end (RFC 6376, 3.4.2)."""
    name, _colon, value = line.replace(b"\r\n", b"").partition(b":")
    return name.strip().lower() + b":" + GAPS.sub(b" ", value).strip()


def _digest(body: bytes) -> str:
    """The hash of a body in canonical form (RFC 6376, 3.4.4)."""
    plain = GAPS.sub(b" ", body).replace(b" \r\n", b"\r\n").rstrip(b" ")
    while plain.endswith(b"\r\n"):
        plain = plain[:-2]
    return b64encode(sha256(plain + b"\r\n" if plain else b"").digest()).decode()


def _folded(text: str) -> str:
    return "\r\n\t ".join(text[start : start + 70] for start in range(0, len(text), 70))
