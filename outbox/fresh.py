"""A customer asked for a fresh link: the mail that brings it."""

from collections.abc import Sequence
from datetime import timedelta

from core import journal
from emails.models import Template
from outbox.plan import Planned, plan_many
from pages.models import Link

GRACE = timedelta(hours=1)


def read(entries: Sequence[journal.Entry]) -> journal.Write:
    """Plan a mail for each `link.requested` entry (a reader, see core.journal)."""
    asked = {entry.data["link"]: entry for entry in entries if entry.what == "link.requested"}
    links = list(Link.select().where(Link.id.in_(list(asked)))) if asked else []
    template = Template.get_or_none(Template.system == "fresh_link") if links else None
    plans = [_plan(link, asked[link.id], template.id) for link in links] if template else []
    return lambda: _write(plans)


def _write(plans: list[Planned]) -> None:
    plan_many(plans)


def _plan(link: Link, entry: journal.Entry, template_id: int) -> Planned:
    return Planned(
        rule_id=None, record_id=link.record_id, entry_id=entry.id, occasion=f"link:{link.id}", recipient=link.recipient,
        channel="email", template_id=template_id, sort="link", link_id=link.id, due_at=entry.at, expires_at=entry.at + GRACE,
    )
