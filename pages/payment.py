"""How an open amount is paid: bank details, reference, and the code that banking apps read (EPC069-12, “Girocode”)."""

import struct
import zlib
from base64 import b64encode
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import segno

from accounts.bank import PLACE, Bank
from core.i18n import gettext as _
from records.models import Record

LEAST, MOST = Decimal("0.01"), Decimal("999999999.99")
LONGEST_REFERENCE, LARGEST = 140, 331  # characters; octets of a whole code
QUIET = 4  # modules of white around the code
MASK = 3  # always the same: trying all eight takes five times as long, and every reader takes any


@dataclass(frozen=True)
class Payment:
    """A code: `text` is what it says. It prints nothing by itself."""

    text: str

    @property
    def picture(self) -> bytes:
        """The code as a PNG, four pixels a module."""
        return _picture(self.text)

    @property
    def url(self) -> str:
        """The picture itself as an address, for a page."""
        return f"data:image/png;base64,{b64encode(self.picture).decode()}"

    def __str__(self) -> str:
        return ""


def of(record: Record, bank: Bank | None) -> Payment | None:
    """The code for what is open; None where there is nothing to pay, no account, or no euros."""
    if bank is None or not owed(record) or record.currency != "EUR":
        return None
    amount, said = record.total, reference(record, bank)
    if not LEAST <= amount <= MOST or amount != round(amount, 2) or len(said) > LONGEST_REFERENCE:
        return None
    text = "\n".join(("BCD", "002", "1", "SCT", bank.bic, bank.holder, bank.iban, f"EUR{amount:.2f}", "", "", said))
    return Payment(text) if len(text.encode()) <= LARGEST else None


def owed(record: Record) -> bool:
    """Whether something is still to be paid; what ended without what was agreed owes nothing."""
    stopped = (record.kind.status(record.status) or {}).get("tone") == "stop"
    return bool(record.total and record.total > 0 and not record.paid_at and not stopped)


def reference(record: Record, bank: Bank) -> str:
    """What is written on the transfer so that it can be told whose it is, on one line."""
    def said(name: str) -> str:
        if name == "number":
            return record.number
        if name == "kind":
            return record.kind.label()
        value = record.fields.get(name.removeprefix("fields."))
        return "" if value is None else str(value)

    text = PLACE.sub(lambda place: said(place[1]), bank.reference)
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())


def lines(record: Record, bank: Bank | None) -> list[tuple[str, str]]:
    """Where to and with which words, labelled; nothing where nothing is owed or no account is known."""
    if bank is None or not owed(record):
        return []
    told = [
        (_("Payee"), bank.holder), ("IBAN", bank.grouped), ("BIC", bank.bic),
        (_("Payment reference"), reference(record, bank)),
    ]
    return [(label, value) for label, value in told if value]


@lru_cache(128)
def _picture(text: str) -> bytes:
    code = segno.make(text, error="m", boost_error=False, micro=False, mode="byte", encoding="utf-8", mask=MASK)
    rows = [bytes(row).hex()[1::2].translate({48: "f", 49: "0"}) for row in code.matrix]
    white = "f" * QUIET
    lines = [white * 2 + "f" * len(rows)] * QUIET
    lines += [white + row + white for row in rows] + lines
    side = len(lines)
    packed = b"".join((b"\0" + bytes.fromhex(line + "f" * (side % 2))) * 4 for line in lines)
    head = struct.pack(">IIBBBBB", side * 4, side * 4, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(packed)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
