"""Messages page by page for machines, the newest first; a page costs the same among a million as among ten."""

import base64
import binascii
from datetime import datetime
from typing import Any, NamedTuple

from peewee import fn

from core.i18n import gettext as _
from outbox.lists import TROUBLE, only
from outbox.models import Message
from outbox.seek import SLACK, first_since
from outbox.states import SENDING, TROUBLED
from records.intake.problems import Problem

LOOK = 50_000  # ids looked through for one page of a state that has no index in this order


class Page(NamedTuple):
    """Some messages and the cursor to those after them, None at the end."""

    rows: list[Message]
    next: str | None


def of_record(record_id: int, limit: int, cursor: str | None) -> Page:
    """The messages about a record."""
    query = Message.select().where(Message.record == record_id)
    if cursor is not None:
        query = query.where(Message.id < _opened(cursor))
    return _page(list(query.order_by(Message.id.desc()).limit(limit + 1)), limit, None)


def of_house(limit: int, cursor: str | None, state: str | None, since: datetime | None) -> Page:
    """All messages, or those in a state, or planned since a moment."""
    top = _opened(cursor) if cursor is not None else (Message.select(fn.MAX(Message.id)).scalar() or 0) + 1
    lowest = first_since(since - SLACK, top) if since else 1
    bottom = max(lowest, top - LOOK) if state == "sent" else lowest
    return _page(list(query(bottom, top, state, since).limit(limit + 1)), limit, bottom if bottom > lowest else None)


def query(bottom: int, top: int, state: str | None, since: datetime | None) -> Any:
    """The messages from the id `bottom` to before the id `top`, in the order of pages."""
    place = _place(state)
    wanted = (place >= bottom) & (place < top)
    if since:
        wanted &= Message.planned_at >= since
    if state:
        wanted &= only(state) & TROUBLE if state in (*TROUBLED, "awaiting") else only(state)
    return Message.select().where(wanted).order_by(place.desc())


def _place(state: str | None) -> Any:
    """The order; few are planned or on their way, and a sum lets the database take their index and sort, not search all."""
    return Message.id + 0 if state in ("planned", *SENDING) else Message.id


def _page(rows: list[Message], limit: int, further: int | None) -> Page:
    last = rows[limit - 1].id if len(rows) > limit else further
    return Page(rows[:limit], None if last is None else base64.urlsafe_b64encode(b"m%d" % last).decode().rstrip("="))


def _opened(cursor: str) -> int:
    """The id before which the page begins; raises Problem for a cursor that nobody was given."""
    try:
        said = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        said = b""
    if not said.startswith(b"m") or not said[1:].isdigit() or len(said) > 18:
        raise Problem.at("cursor", _("This is no cursor; take it from the page before, as it is."))
    return int(said[1:])
