"""An example to show a template with when there is no record yet: nothing of it is ever saved."""

from typing import Any

from core import clock, i18n
from emails import placeholders
from emails.scene import Scene
from pages import links, place, unsubscribe
from records import sample
from records.models import Contact, Kind, Record
from records.people import Person, person

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz-Sonderausführung, rechts"


def scene(record: Record, company: dict[str, Any], language: str, advertising: bool = False) -> Scene:
    """A record told to its customer in that language, with links that lead nowhere."""
    reader = person(record, "customer") or Person("customer", "", "", language, None, None)
    link, expires = f"{place.base_url()}/s/…", clock.now() + links.LIFE
    leave = unsubscribe.hidden() if advertising else None
    return Scene(record, reader, company, link, expires, event(record.kind), leave)


def event(kind: Kind) -> dict[str, str]:
    """What the kind's events may say: each value by its own name, an address as one."""
    return {key: f"https://example.org/{key}" if placeholders.is_address(key) else name for key, name in told(kind).items()}


def told(kind: Kind) -> dict[str, str]:
    """The keys of what may be said with the kind's events, with their labels."""
    return {one["key"]: i18n.pick(one["labels"]) for event in kind.events for one in event.get("data", ())}


def record(kind: Kind) -> Record:
    """A made-up record of a kind in which nothing is missing."""
    return sample.record(kind)


def worst(kind: Kind) -> Record:
    """A made-up record that is hard on a text: long words, another language, and nothing there that may be missing."""
    now = clock.now()
    name = "Wolfeschlegelsteinhausenbergerdorff"
    items = [{"name": f"{n}. {LONG}", "quantity": 1234.5, "price": None} for n in range(1, 13)]
    return Record(
        kind=kind, number="RE-2026/0000104711-Ersatzlieferung-B", status=max(kind.statuses, key=_length)["key"],
        contact=Contact(
            name=f"Prof. Dr. Maximiliane-Hubertina Freifrau von und zu {name}-Müller-Lüdenscheidt",
            email=f"maximiliane-hubertina.{name.lower()}@{name.lower()}.example",
            language="en" if i18n.current() == "de" else "de", consents={"email": {"given": True}},
        ),
        currency="EUR", items=items, fields={}, tracking={}, occurred_at=now, created_at=now, updated_at=now,
    )


def _length(status: dict[str, Any]) -> int:
    return len(i18n.pick(status["labels"]))


def any_kind() -> Kind:
    """The kind a template for every kind is shown with: the first."""
    return Kind.select().order_by(Kind.position).get()
