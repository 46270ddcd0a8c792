"""Messages for the tests that show them: rows as planning or the worker would leave them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.db import transaction
from emails.models import Template
from outbox.models import Message
from records.models import Record

HOUR = timedelta(hours=1)


@pytest.fixture
def put(make_record: Callable[..., Record]) -> Callable[..., Message]:
    """Puts a message of a record into the outbox, of the record 1001 unless another is given."""

    def put(record: Record | None = None, state: str = "planned", due: timedelta = HOUR, **more: Any) -> Message:
        record, now = record or make_record(), clock.now()
        given = {"recipient": "customer", "sent_at": now if state == "sent" else None, "planned_at": now, **more}
        with transaction():
            texts = {"texts": {"de": {}}, "updated_at": now}
            template, _ = Template.get_or_create(name="Abholbereit melden", defaults=texts)
            return Message.create(
                record=record, template=template, occasion=f"{Message.select().count()}", state=state, due_at=now + due,
                expires_at=now + due + HOUR, **given,
            )

    return put
