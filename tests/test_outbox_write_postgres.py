"""Writing by hand on PostgreSQL: the same row, the same mail, once."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock
from outbox.models import Mail, Message
from outbox.writing import files
from outbox.writing.models import Enclosure
from records.models import Record
from tests.test_outbox_write import attach, deliver, form
from tests.test_outbox_write_many import check, going, send
from tests.test_outbox_write_many import form as many_form

pytestmark = pytest.mark.postgres


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


def test_many_are_written_to_once_with_a_file_and_counted(
    clerk: FlaskClient, shop: Any, make_record: Callable[..., Record], ada: dict[str, Any]
) -> None:
    records = [
        str(make_record(number, contact={**ada, "email": f"k{number}@example.org"}).id)
        for number in ("1001", "1002", "1003")
    ]
    typed = many_form(clerk, records, page="1")
    assert attach(clerk, typed["token"], ("a.pdf", b"%PDF-1.7")).status_code == 200
    assert len(going(check(clerk, typed))) == 3
    answers = [send(clerk, typed, records[:2]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303] and Message.select().count() == 2
    assert [len(list(mail.iter_attachments())) for mail in deliver()] == [2, 2]
    assert "2 von 2 gesendet" in clerk.get(answers[0].location).text and "2 von 2 gesendet" in clerk.get("/").text
    assert "heute schon" in check(clerk, many_form(clerk, records))
    later = many_form(clerk, records, date=str(clock.now().date() + timedelta(days=2)), time="09:00")
    url = send(clerk, later, records[2:]).location
    assert clerk.post(f"{url}/stop").status_code == 303 and "1 Nachricht ging nicht hinaus" in clerk.get(url).text
    files.forget()
    assert Enclosure.select().count() == 1
