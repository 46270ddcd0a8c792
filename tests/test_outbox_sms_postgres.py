"""SMS on PostgreSQL: they go out, cost what they cost, and what a day may cost is kept there too."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core import clock
from core.db import transaction
from outbox.models import Mail, Message, Sender
from outbox.senders import prices, senders
from tests.mailing import send_due

pytestmark = pytest.mark.postgres


def test_the_money_of_a_day_is_kept(put: Callable[..., Message], make_record: Any) -> None:
    contact = {"name": "Ada", "phone": "+4915112345678", "consent": {"sms": True}}
    record = make_record("1", contact=contact)
    sender, money = Sender(type="mailbox"), {"price": "0.075", "currency": "EUR", "cap": "0.10", "countries": ["DE"]}
    senders.save(sender, dict(label="S", host="", port=0, tls="", from_address="Rad", settings=money), "user:1")
    for _n in range(2):
        message = put(record, due=-timedelta(minutes=1), channel="sms", sender_id=sender.id)
    with transaction():
        message.template.texts = {"de": {"subject": "", "body": "", "sms": "Fertig: {{ record.number }}"}}
        message.template.save()
        Message.update(expires_at=clock.now() + timedelta(days=3)).execute()
    send_due()
    assert sorted((row.state, row.reason, row.cost) for row in Message.select()) == [
        ("planned", "money_cap", None), ("sent", "", Decimal("0.0750")),
    ]
    assert (prices.spent(sender), Mail.select().where(Mail.channel == "sms").count()) == (Decimal("0.0750"), 1)
