"""A customer asked for a fresh link: the mail that brings it, or the SMS where the old one came by SMS."""

from collections.abc import Sequence
from datetime import timedelta

from core import journal
from emails.models import Template
from outbox.plan import Planned, plan_many
from outbox.senders import senders
from pages import links
from pages.models import Link

GRACE = timedelta(hours=1)


def read(entries: Sequence[journal.Entry]) -> journal.Write:
    """Plan a message for each `link.requested` entry (a reader, see core.journal)."""
    asked = {entry.data["link"]: entry for entry in entries if entry.what == "link.requested"}
    found = list(Link.select().where(Link.id.in_(list(asked)))) if asked else []
    template = Template.get_or_none(Template.system == "fresh_link") if found else None
    plans = [_plan(link, asked[link.id], template.id) for link in found] if template else []
    return lambda: _write(plans)


def _write(plans: list[Planned]) -> None:
    plan_many(plans)


def _plan(link: Link, entry: journal.Entry, template_id: int) -> Planned:
    sms = links.address_of(link).startswith("+")
    return Planned(
        rule_id=None, record_id=link.record_id, entry_id=entry.id, occasion=f"link:{link.id}", recipient=link.recipient,
        channel="sms" if sms else "email", template_id=template_id, sort="link", link_id=link.id, due_at=entry.at,
        expires_at=entry.at + GRACE, sender_id=senders.any_gateway() if sms else None,
    )
