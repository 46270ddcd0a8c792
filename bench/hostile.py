"""Fills mails and SMS with hostile values and judges each: no further header, part or recipient, no live markup."""

import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from functools import cache
from html import unescape
from typing import Any

from attacks import address, phone, text, url

from emails import compose, harmless, headers, mime, sms, wording
from emails.compose import Composed
from emails.scene import Scene
from records import contacts, kinds
from records.models import Contact, Kind, Record
from records.people import Person

VALUES, PIECE = 1_000_000, 500  # values in all; rounds of a process before it tells how it went
LINK = "https://status.radhaus.example/s/8fKq2LwT0vXy5ZbN3cRmPd"
COMPANY = {"name": "Radhaus", "footer": {"de": "Radhaus GmbH, Berlin"}, "imprint_url": "https://radhaus.example/impressum"}
WHEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SOURCE = {
    "subject": "{{ customer.name }}: {{ record.number }} {{ record.fields.serial }} {{ event.text }}",
    "body": "# Auftrag {{ record.number }}\n\n{{ greeting }}\n\nes geht um **{{ record.fields.serial }}**, {{ event.text }} "
    "{{ event.url }}\n\n- {{ record.carrier }}: {{ record.tracking }}\n\n{{ record.items }}\n\n[Ansehen]({{ link }})",
}
SMS = "Hallo {{ customer.name }}, {{ record.number }} {{ record.fields.serial }}: {{ link }}"
HEADERS = [b"From", b"To", b"Reply-To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"Content-Language",
           b"MIME-Version", b"Content-Type"]
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
TAG = re.compile(r"<(?!/?a\b|br>)[^>]*>")
TAPPED = re.compile(r"(?i)(?:https?:/|\bjavascript:|www\.)\S*")
SPEC = re.compile(r"[^\s,;:<>()\"@]+@[A-Za-z0-9.-]+")
NUMBER = re.compile(r"\+[1-9][0-9]{3,14}")


@dataclass(frozen=True)
class Given:
    """The values of one round, each from a stranger."""

    name: str
    number: str
    serial: str
    said: str
    url: str
    item: str
    carrier: str
    tracking: str
    replier: str
    address: str
    phone: str


SIZE = len(Given.__dataclass_fields__)


@dataclass
class Tally:
    """How many values were tried, what was refused, and what got through that must not."""

    values: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def given(chance: random.Random) -> Given:
    words = {name: text(chance) for name in Given.__dataclass_fields__}
    return Given(**words | {"url": url(chance), "address": address(chance), "phone": phone(chance)})


def play(seed: int, rounds: int) -> Tally:
    """So many rounds of so many values; the same seed gives the same."""
    chance, tally = random.Random(seed), Tally()
    for _round in range(rounds):
        values = given(chance)
        tally.values += SIZE
        tally.faults += [f"{fault}: {values}" for fault in judged(values, tally.refused)]
    return tally


def judged(values: Given, refused: Counter[str]) -> Iterator[str]:
    """What is wrong with the mail and the SMS of these values."""
    scene, to = scene_of(values), "ada@example.org"
    try:
        to = headers.addr_spec(values.address)
    except headers.Refused:
        refused["address in a mail"] += 1
    yield from of_inputs(values, refused)
    yield from of_sms(scene, refused)
    mail = compose.fill(compiled(), scene, "de")
    yield from of_words(mail, values)
    try:
        raw = mime.build(
            mail, to=(values.name, to), sender=("Radhaus", "werkstatt@radhaus.example"), message_id="<1@status.example>",
            date=WHEN, reply_to=(values.replier, "mira@radhaus.example"),
        )
    except headers.Refused as fault:
        yield f"no mail goes out ({fault})"
    else:
        yield from of_envelope(raw, to)


def of_envelope(raw: bytes, to: str) -> Iterator[str]:
    """What a receiver reads that was not meant."""
    head = raw.partition(b"\r\n\r\n")[0]
    lines = [line for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    if [line.partition(b":")[0] for line in lines] != HEADERS:
        yield "another header"
    if not raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r") or not raw.isascii():
        yield "a broken line"
    if raw.count(b"\r\n--=_") != 3:
        yield "another part"
    parsed = message_from_bytes(head + b"\r\n\r\n", policy=policy.default)
    for name, address_ in (("To", to), ("Reply-To", "mira@radhaus.example"), ("From", "werkstatt@radhaus.example")):
        if [one.addr_spec for one in parsed[name].addresses] != [address_]:
            yield f"another address in {name}"
    if CONTROL.search(str(parsed["Subject"])) or TAPPED.search(str(parsed["Subject"])):
        yield "a subject to tap on, or of more than one line"


def of_words(mail: Composed, values: Given) -> Iterator[str]:
    """What in HTML or text is more than words."""
    if TAG.findall(mail.html) != frame() or CONTROL.search(mail.html):
        yield "live markup"
    leads = wording.web_address(harmless.lines(values.url))
    if {unescape(href) for href in re.findall(r'href="([^"]*)"', mail.html)} - {LINK, COMPANY["imprint_url"], leads}:
        yield "a link of a stranger"
    if CONTROL.search(mail.text):
        yield "control characters in the text part"


def of_inputs(values: Given, refused: Counter[str]) -> Iterator[str]:
    """What the ways in would store of an address and a number."""
    for clean, said, fits in ((contacts.clean_email, values.address, SPEC), (contacts.clean_phone, values.phone, NUMBER)):
        try:
            stored = clean(said)
        except contacts.Refused:
            refused[clean.__name__] += 1
        else:
            if stored and not fits.fullmatch(stored.encode("ascii", "replace").decode().replace("?", "x")):
                yield f"{clean.__name__} lets {stored!r} in"


def of_sms(scene: Scene, refused: Counter[str]) -> Iterator[str]:
    try:
        said = sms.written(SMS, scene, "de")
    except compose.Unusable:
        refused["SMS too long"] += 1
        return
    if CONTROL.search(said) or TAPPED.findall(said) != [LINK]:
        yield "an SMS with more to tap on than its link"


def scene_of(values: Given) -> Scene:
    contact = Contact(name=values.name, email="ada@example.org", phone="+4930123456")
    record = Record(
        kind=kind(), number=values.number, status="new", contact=contact, currency="EUR", fields={"serial": values.serial},
        items=[{"name": values.item, "quantity": 1, "price": "1.00"}], occurred_at=WHEN, created_at=WHEN, updated_at=WHEN,
        tracking={"carrier": values.carrier, "number": values.tracking},
    )
    reader = Person("customer", values.name, "ada@example.org", "de", {}, 1, "+4930123456")
    return Scene(record, reader, COMPANY, LINK, WHEN, {"text": values.said, "url": values.url})


@cache
def kind() -> Kind:
    order = next(row for row in kinds.shipped() if row["key"] == "order")
    return Kind(**order | {"fields": [{"key": "serial", "labels": {"de": "Seriennummer"}}]})


@cache
def compiled() -> compose.Compiled:
    return compose.compile_text(SOURCE, "de", COMPANY)


@cache
def frame() -> list[str]:
    """The tags of an innocent mail."""
    return TAG.findall(compose.fill(compiled(), scene_of(Given(*["Ada"] * SIZE)), "de").html)


def main() -> None:
    processes = int(os.environ.get("HOSTILE_PROCESSES", 0)) or os.cpu_count() or 1
    rounds, began, tried, faults, refused = -(-VALUES // SIZE), time.monotonic(), 0, [], Counter[str]()
    with ProcessPoolExecutor(processes) as pool:
        pieces = range(-(-rounds // PIECE))
        for tally in pool.map(play, pieces, [PIECE] * len(pieces)):
            tried, faults, refused = tried + tally.values, faults + tally.faults, refused + tally.refused
    took = time.monotonic() - began
    print(*faults[:20], dict(refused), sep="\n", file=sys.stderr)
    figures: dict[str, Any] = {"hostile": tried, "hostile_faults": len(faults), "hostile_s": round(took)}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
