"""Writing by hand on PostgreSQL: the same row, the same mail, once."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from core import db, i18n
from outbox.models import Mail, Message
from records.models import Record
from tests.test_outbox_write import deliver, form


@pytest.fixture
def house(settings_of: Callable[..., Any], postgres_url: str) -> Iterator[Flask]:
    """The house on PostgreSQL."""
    app = create_app(settings_of(STATUSBOTE_DATABASE_URL=postgres_url))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    i18n.choose("de")
    yield app
    db.database.close_all()


def test_f1_a_reminder_goes_out_once(
    clerk: FlaskClient, shop: Any, make_record: Callable[..., Record], ada: dict[str, Any]
) -> None:
    record = make_record(
        "1047", total=Decimal("89.90"), currency="EUR", location="berlin", contact={**ada, "consent": {"email": False}}
    )
    typed = form(clerk, record, "?as=reminder", anyway="1")
    assert [clerk.post(f"/outbox/write/{record.id}", data=typed).status_code for _ in range(2)] == [303, 303]
    [mail] = deliver()
    assert "89,90" in mail.get_body(("plain",)).get_content() and Mail.select().count() == 1
    message = Message.get()
    assert (message.state, message.anyway, list(message.text)) == ("sent", True, ["de"])
    assert "Geschrieben von Cem Clerk." in clerk.get(f"/outbox/for/{record.id}", headers={"HX-Request": "true"}).text
