"""The API hears up to when payments are entered (X6), and reminders print it."""

from datetime import UTC, datetime

import pytest
import time_machine
from flask.testing import FlaskClient

from accounts import keys as api_keys
from core import clock
from emails import compose
from emails.models import Template
from records import payments
from records.models import Record
from records.people import person

PATH = "/api/v1/payments_as_of"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def key(house: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_keys.make('laden')}"}


def test_x6_a_program_says_up_to_when_payments_are_entered(client: FlaskClient, key: dict[str, str]) -> None:
    assert client.get(PATH, headers=key).json == {"as_of": None, "waiting": False}
    with time_machine.travel(NOON, tick=False):
        answer = client.put(PATH, headers=key, json={"as_of": "2026-11-18T10:00:00+01:00"})
        assert (answer.status_code, answer.json) == (200, {"as_of": "2026-11-18T09:00:00+00:00", "waiting": True})
        assert payments.stand().by.startswith("api:")


@pytest.mark.parametrize(
    ("said", "code"), [({"as_of": "2026-11-23T18:00:00+01:00"}, 422), ({"as_of": "gestern"}, 422), ({"until": "x"}, 422)]
)
def test_x6_what_makes_no_sense_is_refused_and_named(
    client: FlaskClient, key: dict[str, str], said: dict[str, str], code: int
) -> None:
    with time_machine.travel(NOON, tick=False):
        answer = client.put(PATH, headers=key, json=said)
        assert answer.status_code == code and next(iter(said)) in answer.text
        assert payments.stand().as_of is None


def test_x6_without_a_key_nobody_tells_of_payments(client: FlaskClient) -> None:
    assert client.put(PATH, json={"as_of": "2026-11-18T10:00:00+01:00"}).status_code == 401


@pytest.mark.parametrize(("language", "words"), [("de", "bis zum 18. November 2026"), ("en", "up to 18 November 2026")])
def test_x6_the_reminder_prints_up_to_when_payments_are_considered(make_record: object, language: str, words: str) -> None:
    record: Record = make_record(total="10.00", contact={"name": "Ada", "email": "a@example.org", "language": language})  # type: ignore[operator]
    template, reader = Template.get(Template.system == "payment_reminder"), person(record, "customer")
    assert reader
    before, after = "", ""
    for as_of in (None, datetime(2026, 11, 18, 9, 0, tzinfo=UTC)):
        if as_of:
            payments.tell(as_of, "user:1")
        letter = compose.compose(template, record, reader, "https://example.org/s/x", clock.now())
        before, after = after, " ".join(letter.text.split())
    assert words in after and words not in before
