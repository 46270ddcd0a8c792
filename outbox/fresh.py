"""A customer asked for a fresh link: the mail that brings it."""

from collections.abc import Sequence
from datetime import timedelta

from core import journal
from emails.models import Template
from outbox.plan import Planned, plan_many

GRACE = timedelta(hours=1)


def read(entries: Sequence[journal.Entry]) -> journal.Write:
    """Plan a mail for each `link.requested` entry (a reader, see core.journal)."""
    asked = [entry for entry in entries if entry.what == "link.requested" and entry.record_id]
    template = Template.get_or_none(Template.system == "fresh_link") if asked else None
    plans = [_plan(entry, template.id) for entry in asked] if template else []
    return lambda: _write(plans)


def _write(plans: list[Planned]) -> None:
    plan_many(plans)


def _plan(entry: journal.Entry, template_id: int) -> Planned:
    link = entry.data["link"]
    return Planned(
        rule_id=None, record_id=int(entry.record_id or 0), entry_id=entry.id, occasion=f"link:{link}",
        recipient="customer", channel="email", template_id=template_id, sort="link", link_id=link,
        due_at=entry.at, expires_at=entry.at + GRACE,
    )
