"""What is told back about a record: its state in the form it is written in, and what a change did."""

import json
from datetime import datetime
from typing import Any

from flask import Response

from records.change import Outcome
from records.models import Contact, Event, Kind, Record


def told(said: dict[str, Any], status: int = 200) -> Response:
    """As JSON in plain ASCII, so that even half a character somebody sent can be named back to him."""
    return Response(json.dumps(said), status, mimetype="application/json")


def done(outcome: Outcome, kind: Kind) -> dict[str, Any]:
    """What became of one state."""
    record = outcome.record
    return {"kind": kind.key, "number": record.number, "status": record.status, "changes": outcome.changes}


def code(outcome: Outcome) -> int:
    return 201 if outcome.created else 200


def state(record: Record, kind: Kind) -> dict[str, Any]:
    """The whole record; but for kind, number, created_at and updated_at it could be sent back as it is."""
    return {
        "kind": kind.key,
        "number": record.number,
        "status": record.status,
        "contact": _person(record.contact),
        "assignee": _person(record.assignee),
        "location": record.location and record.location.key,
        "profile": record.profile,
        "source": record.source,
        **{name: _iso(getattr(record, name)) for name in ("placed_at", "scheduled_at", "due_at", "paid_at")},
        "total": None if record.total is None else str(record.total),
        "currency": record.currency,
        "items": record.items,
        "tracking": record.tracking or None,
        "fields": record.fields,
        **{name: _iso(getattr(record, name)) for name in ("occurred_at", "created_at", "updated_at")},
    }


def reported(event: Event, record: Record) -> dict[str, Any]:
    """An event that was written down, the same however often it is asked."""
    said = {"kind": record.kind_id, "number": record.number, "event": event.name}
    return {**said, "id": event.id, "at": event.at.isoformat()}


def _person(contact: Contact | None) -> dict[str, Any] | None:
    if contact is None:
        return None
    consent = {channel: bool(proof.get("given")) for channel, proof in contact.consents.items()}
    plain = {name: getattr(contact, name) for name in ("name", "email", "phone", "language", "postcode")}
    return {**plain, "consent": consent}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
