"""A made-up record to show things with when there is none yet: nothing of it is ever saved."""

from datetime import timedelta
from decimal import Decimal

from core import clock, i18n
from core.i18n import gettext as _
from records.models import Contact, Kind, Location, Record

NUMBER = "1047"
EXAMPLES = {"number": 4, "date": "2026-11-20", "yesno": True}
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), [["09:00", "13:00"], ["14:00", "18:30"]])


def record(kind: Kind, status: str = "") -> Record:
    """A made-up record of a kind in which nothing is missing, in that status or one in which things went well."""
    now = clock.now().replace(minute=30)
    statuses = kind.statuses or [{"key": "new", "labels": {}, "sentence": {}}]
    good = next((known for known in statuses if known.get("tone") == "good"), statuses[0])
    return Record(
        kind=kind, number=NUMBER, status=status or good["key"], total=Decimal("129.90"), currency="EUR",
        contact=Contact(name="Ada Lovelace", email="ada@example.org", phone="+4930123456"),
        assignee=Contact(name="Mira Aydın", email="mira@example.org"),
        location=Location(
            key="example", name=_("Main workshop"), street="Adalbertstraße 31", city="10999 Berlin",
            phone="+493023125140", hours=WEEK | {"sat": [["10:00", "14:00"]]},
        ),
        items=[
            {"name": _("Full inspection"), "quantity": 1, "price": "89.90"},
            {"name": _("Inner tube"), "quantity": 2, "price": "20.00"},
        ],
        placed_at=now - timedelta(days=3), scheduled_at=now + timedelta(days=2), due_at=now + timedelta(days=14),
        tracking={"carrier": "DHL", "number": "00340434161094042557"},
        occurred_at=now, created_at=now - timedelta(days=3), updated_at=now,
        fields={field["key"]: EXAMPLES.get(field.get("type", ""), i18n.pick(field["labels"])) for field in kind.fields},
    )
