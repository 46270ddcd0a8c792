"""The parts a page is made of.

Another one is a small class, its template in `templates/pages/blocks/`, and a line in BLOCKS.
"""

from abc import ABC, abstractmethod
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from core import i18n
from core.i18n import N_
from core.i18n import gettext as _
from pages import hours, paper, payment, words
from pages.firm import phone
from pages.snapshot import Snapshot

Told = dict[str, Any]
AREAS = ("top", "now", "main", "side")
SIGNS = {"good": "check", "wait": "clock", "stop": "cross"}


class Block(ABC):
    """One part. `label` is its heading, `area` where on the page it stands."""

    key: str
    label: str
    area: str

    @property
    def template(self) -> str:
        return f"blocks/{self.key}.html"

    @abstractmethod
    def tell(self, snapshot: Snapshot) -> Told | None:
        """What its template is given beside `label`, in the language being spoken; None leaves the block out."""


class Answer(Block):
    """The status in words, as of when, and how far along that is."""

    key, label, area = "answer", N_("Status"), "top"

    def tell(self, snapshot: Snapshot) -> Told:
        status, at = snapshot.status, snapshot.as_of
        word = i18n.pick(status["labels"])
        return {
            "word": word,
            "sentence": i18n.pick(status.get("sentence") or {}) or word,
            "tone": status["tone"],
            "sign": SIGNS.get(status["tone"], "dot"),
            "as_of": f"{words.day(at)}, {words.clock(at)}",
            "strip": [step.place for step in snapshot.steps] if len(snapshot.steps) > 1 and not snapshot.stopped else [],
        }


class Next(Block):
    """What to do now, where the status says so."""

    key, label, area = "next", N_("Your next step"), "now"

    def tell(self, snapshot: Snapshot) -> Told | None:
        sentence = i18n.pick(snapshot.status.get("next") or {})
        return {"sentence": sentence} if sentence else None


class Appointment(Block):
    """The day and hour agreed on."""

    key, label, area = "appointment", N_("Your appointment"), "now"

    def tell(self, snapshot: Snapshot) -> Told | None:
        record = snapshot.record
        if record.scheduled_at is None or snapshot.stopped:
            return None
        at = snapshot.local(record.scheduled_at)
        return {
            "month": words.day(at, "MMM"),
            "day": at.day,
            "date": words.near_day(at, snapshot.as_of),
            "time": words.clock(at),
            "where": record.location.name if record.location else "",
        }


class Parcel(Block):
    """Who brings it, and under which number."""

    key, label, area = "parcel", N_("Your parcel"), "now"

    def tell(self, snapshot: Snapshot) -> Told | None:
        tracking = snapshot.record.tracking or {}
        number = tracking.get("number")
        return {"carrier": tracking.get("carrier") or "", "number": number} if number else None


class Course(Block):
    """The steps done, the one it is at, and those ahead."""

    key, label, area = "course", N_("Course"), "main"

    def tell(self, snapshot: Snapshot) -> Told | None:
        if len(snapshot.steps) == 1:
            return None
        steps = [(step.label, step.place, self._when(step, snapshot)) for step in snapshot.steps]
        return {"steps": steps, "tone": snapshot.status["tone"]}

    def _when(self, step: Any, snapshot: Snapshot) -> str:
        if step.at is None:
            return ""
        day = words.near_day(step.at, snapshot.as_of)
        return _("since %(day)s", day=day) if step.place == "here" and not snapshot.status.get("closed") else day


class Items(Block):
    """What it consists of, with prices as far as they are known, and the total."""

    key, label, area = "items", N_("Items"), "main"

    def tell(self, snapshot: Snapshot) -> Told | None:
        record = snapshot.record
        rows = [self._row(item, record.currency) for item in record.items]
        total = "" if record.total is None else words.money(record.total, record.currency)
        return {"rows": rows, "total": total} if rows else None

    def _row(self, item: dict[str, Any], currency: str) -> tuple[str, str, str, str]:
        """Name, quantity if it is not one, the price of each if there are several, and the price."""
        name, each = item.get("name", ""), words.amount(item.get("price"))
        quantity = words.amount(item.get("quantity", 1)) or Decimal(1)
        price = "" if each is None else words.money(each * quantity, currency)
        if each is None or quantity == 1:
            return name, "" if quantity == 1 else words.number(quantity), "", price
        return name, words.number(quantity), words.money(each, currency), price


class Payment(Block):
    """What is paid or still to be paid."""

    key, label, area = "payment", N_("Payment"), "side"

    def tell(self, snapshot: Snapshot) -> Told | None:
        record = snapshot.record
        if not record.total or (snapshot.stopped and record.paid_at is None):
            return None
        sum_ = words.money(record.total, record.currency)
        if record.paid_at:
            day = words.near_day(snapshot.local(record.paid_at), snapshot.as_of)
            told = {"word": _("Paid"), "sum": sum_, "paid": True, "when": _("Received on %(day)s. Thank you.", day=day)}
            return {**told, "transfer": [], "code": ""}
        day = words.near_day(snapshot.local(record.due_at), snapshot.as_of) if record.due_at else ""
        told = {"word": _("Still to be paid"), "sum": sum_, "paid": False, "when": day and _("Due on %(day)s.", day=day)}
        code = payment.of(record, snapshot.firm.bank)
        return {**told, "transfer": payment.lines(record, snapshot.firm.bank), "code": code.url if code else ""}


class Place(Block):
    """Where to find and how to reach the people in charge: the location, or else the firm."""

    key, label, area = "place", N_("Location"), "side"

    def tell(self, snapshot: Snapshot) -> Told | None:
        location, firm = snapshot.record.location, snapshot.firm
        opening = hours.said(location.hours) if location else []
        number = phone(location.phone) if location else None
        place = location or firm
        told = {"street": place.street, "city": place.city, "hours": opening, "phone": number or firm.phone}
        return {**told, "name": place.name} if any(told.values()) else None


BLOCKS: dict[str, Block] = {
    "answer": Answer(),
    "next": Next(),
    "appointment": Appointment(),
    "parcel": Parcel(),
    "course": Course(),
    "items": Items(),
    "payment": Payment(),
    "place": Place(),
}


def areas(snapshot: Snapshot) -> dict[str, list[Markup]]:
    """The blocks that have something to tell, printed, by area, in the order of BLOCKS."""
    found: dict[str, list[Markup]] = {area: [] for area in AREAS}
    for block in BLOCKS.values():
        told = block.tell(snapshot)
        if told:
            found[block.area].append(paper.render(block.template, label=_(block.label), **told))
    return found
