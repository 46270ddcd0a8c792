"""Small words that every page of records needs: nouns inside a sentence, telephone numbers as people write them."""

from decimal import Decimal
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberFormat

from core import i18n
from records.contacts import REGION
from records.models import Kind

FEMININE = ("ung", "heit", "keit", "schaft", "ion", "tät", "e")
_ENDINGS = {"": ("ein", "eine"), "dative": ("einem", "einer")}


def noun(kind: Kind, number: str = "one") -> str:
    """The kind's name inside a sentence: small in English, as it is in German."""
    label = kind.label(number)
    return label if i18n.current() == "de" else label[:1].lower() + label[1:]


def a(kind: Kind, case: str = "") -> str:
    """“ein Auftrag”, “eine Anfrage”, with `case` “dative” “einem Auftrag”; “an order”, “a booking”."""
    word = noun(kind)
    if i18n.current() == "de":
        return f"{_ENDINGS[case][word.endswith(FEMININE)]} {word}"
    return f"an {word}" if word[:1].lower() in "aeiou" else f"a {word}"


def each(kind: Kind) -> str:
    """“jeden Auftrag”, “jede Anfrage”; “each order”."""
    if i18n.current() == "de":
        return f"{'jede' if kind.label().endswith(FEMININE) else 'jeden'} {kind.label()}"
    return f"each {noun(kind)}"


def tone(kind: Kind, status: str) -> str:
    """The class of a status' chip."""
    return str((kind.status(status) or {}).get("tone", "")).replace("plain", "")


def statuses(kind: Kind) -> list[tuple[str, str]]:
    """The kind's statuses as pairs of key and label, in the reader's language."""
    return [(status["key"], i18n.pick(status["labels"])) for status in kind.statuses]


def line_sum(item: dict[str, Any]) -> Decimal:
    """What one line of a record comes to; it must have a price."""
    return Decimal(item["price"]) * Decimal(str(item.get("quantity", 1)))


def telephone(number: str) -> str:
    """“030 23125140” for “+493023125140”, “+43 1 58858” from abroad; as it is when it is none."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.region_code_for_number(parsed) == REGION
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL)
