"""The payment ladder: paused, resumed, a step left out, each taken back; the brake while payments are not entered (X6)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

import app as program
from core import clock, journal
from core.journal import Entry
from outbox import hand
from outbox.models import Mail, Message
from records import payments
from records.models import Record
from rules import wanted
from rules.ladder import pauses, waiting
from rules.ladder.models import Pause
from rules.models import Rule
from tests.mailing import send_due

Make = Callable[..., Record]
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Days:
    """A house in which days pass: `days.pass_(3)`; the worker does what it does meanwhile."""

    def __init__(self, machine: Any):
        self.machine = machine

    def pass_(self, days: float) -> list[str]:
        """Let time pass from one due moment to the next; the subjects of all mails there are then."""
        until = clock.now() + timedelta(days=days)
        self.work()
        while (now := clock.now()) < until:
            dues = [m.due_at for m in Message.select().where(Message.state == "planned")]
            ends = [pause.until for pause in Pause.select().where(Pause.ended_at.is_null(), Pause.until.is_null(False))]
            self.machine.move_to(min([at for at in dues + ends if at > now] + [until]))
            self.work()
        return [mail.subject for mail in Mail.select().order_by(Mail.id)]

    def work(self) -> None:
        while journal.read(program.READERS):
            pass
        for sweep in program.SWEEPS:
            sweep()
        send_due(wanted.still_wanted)


@pytest.fixture
def days() -> Iterator[Days]:
    with time_machine.travel(MONDAY, tick=False) as machine:
        yield Days(machine)


@pytest.fixture
def owing(days: Days, rule: Rule, make_record: Make) -> Record:
    """A record of 129.90 that nobody has paid, and a ladder of three steps."""
    steps = [{"n": n, "unit": "days", "at": "", "template": 0} for n in (3, 7, 14)]
    rule.name, rule.trigger, rule.options = "Mahnung", "after", {"field": "placed_at", "steps": steps}
    rule.conditions = {"match": "all", "of": [{"field": "paid", "operator": "unpaid", "value": ""}]}
    rule.since = MONDAY - DAY
    rule.save()
    return make_record("1001", placed_at=MONDAY, total="129.90", currency="EUR")


def states() -> list[tuple[str, str]]:
    return [(message.state, message.reason) for message in Message.select().order_by(Message.id)]


def test_a_paused_reminder_waits_and_goes_out_after_resuming(days: Days, owing: Record) -> None:
    pauses.pause(owing.id, "user:1")
    assert days.pass_(4) == []
    assert states()[0] == ("held", "paused")
    pauses.resume(owing.id, "user:1")
    assert len(days.pass_(1)) == 1
    assert states()[0][0] == "sent"


def test_of_a_ladder_that_became_late_by_a_pause_only_the_last_step_goes_out(days: Days, owing: Record) -> None:
    pauses.pause(owing.id, "user:1")
    days.pass_(10)
    pauses.resume(owing.id, "user:1")
    assert len(days.pass_(1)) == 1
    assert states() == [("dropped", "superseded"), ("sent", ""), ("planned", "")]


def test_a_step_whose_day_moves_while_it_waits_keeps_the_new_day(days: Days, owing: Record, make_record: Make) -> None:
    pauses.pause(owing.id, "user:1")
    days.pass_(4)
    make_record("1001", placed_at=MONDAY + 5 * DAY)
    days.pass_(1)
    pauses.resume(owing.id, "user:1")
    assert days.pass_(2.9) == [] and len(days.pass_(0.2)) == 1


def test_a_pause_for_a_time_ends_by_itself_and_grace_counts_from_then(days: Days, owing: Record) -> None:
    pauses.pause(owing.id, "user:1", MONDAY + 6 * DAY)
    assert days.pass_(5.9) == []
    assert len(days.pass_(0.2)) == 1
    assert Pause.get().ended_by == "worker"


def test_what_is_paid_during_a_pause_is_never_reminded_of(days: Days, owing: Record, make_record: Make) -> None:
    pauses.pause(owing.id, "user:1")
    days.pass_(4)
    make_record("1001", paid_at=clock.now())
    assert days.pass_(20) == []
    assert pauses.of(owing.id) is None and {reason for _state, reason in states()} == {"paid"}


def test_resuming_can_be_taken_back_before_anything_went_out(days: Days, owing: Record) -> None:
    pauses.pause(owing.id, "user:1", reason="Reklamation")
    days.pass_(4)
    pauses.resume(owing.id, "user:1")
    pauses.reopen(owing.id, "user:1")
    assert days.pass_(1) == [] and states()[0] == ("held", "paused")
    pause = pauses.of(owing.id)
    assert pause and pause.reason == "Reklamation"


def test_a_step_is_left_out_and_that_is_taken_back(days: Days, owing: Record) -> None:
    days.work()
    first = Message.select().order_by(Message.due_at).get()
    pauses.skip(first, "user:1")
    assert states()[0] == ("dropped", "skipped")
    pauses.unskip(first, "user:1")
    assert states()[0] == ("planned", "")
    pauses.skip(first, "user:1")
    assert days.pass_(5) == []
    assert len(days.pass_(3)) == 1


def test_the_journal_knows_of_each_step_but_not_of_the_reason(days: Days, owing: Record) -> None:
    pauses.pause(owing.id, "user:1", reason="Frau Lovelace hat angerufen")
    pauses.resume(owing.id, "user:2")
    lines = list(Entry.select().where(Entry.what.startswith("ladder.")))
    assert [(line.what, line.actor) for line in lines] == [("ladder.paused", "user:1"), ("ladder.resumed", "user:2")]
    assert "Lovelace" not in str([line.data for line in lines])


def test_what_a_person_sends_by_hand_goes_out_during_a_pause(days: Days, owing: Record) -> None:
    pauses.pause(owing.id, "user:1")
    days.work()
    hand.send_now(Message.select().order_by(Message.id).get(), "user:1")
    assert len(days.pass_(0.1)) == 1


def test_x6_without_any_word_of_payments_nothing_waits(days: Days, owing: Record) -> None:
    assert len(days.pass_(4)) == 1


def test_x6_reminders_wait_while_payments_are_not_entered_and_go_out_afterwards(
    days: Days, owing: Record, clerk: FlaskClient
) -> None:
    payments.tell(clock.now() - DAY, "user:1")
    assert days.pass_(3.5) == []
    assert states()[0] == ("held", "payments_old")
    page = clerk.get("/").text
    assert "1 Zahlungserinnerung wartet" in page
    assert "Zahlungserinnerung wartet" not in clerk.post("/payments/told", data={"back": "today"}, headers=HTMX).text
    assert len(days.pass_(0.1)) == 1


def test_x6_the_age_is_a_setting_and_nought_switches_it_off(days: Days, owing: Record) -> None:
    payments.tell(clock.now(), "user:1")
    days.pass_(3.5)
    payments.choose(0, 7, "user:1")
    assert len(days.pass_(0.1)) == 1


def test_x6_a_shop_that_tells_of_a_payment_tells_that_payments_are_entered(
    days: Days, owing: Record, make_record: Make
) -> None:
    payments.tell(clock.now() - DAY, "user:1")
    days.pass_(3.5)
    make_record("1002", total="10.00", paid_at=clock.now(), actor="source:1")
    days.work()
    assert payments.stand().as_of == clock.now()
    assert [m.state for m in Message.select().where(Message.record == owing).order_by(Message.id)][0] == "sent"


def test_x6_that_one_order_was_paid_does_not_begin_it(days: Days, owing: Record, make_record: Make) -> None:
    make_record("1002", total="10.00", paid_at=clock.now(), actor="api:1")
    assert len(days.pass_(14.1)) == 3 and payments.stand().as_of is None


def test_x6_a_click_on_one_order_does_not_say_that_all_payments_are_entered(days: Days, make_record: Make) -> None:
    payments.tell(clock.now() - DAY, "user:1")
    make_record("1002", total="10.00", paid_at=clock.now(), actor="user:1")
    days.work()
    assert payments.stand().as_of == clock.now() - DAY


def test_x6_many_that_waited_are_one_each_afterwards(days: Days, owing: Record, make_record: Make) -> None:
    payments.tell(clock.now() - DAY, "user:1")
    for number in range(5):
        make_record(f"2{number}", placed_at=MONDAY, total="5.00", contact={
            "name": f"Ben {number}", "email": f"ben{number}@example.org", "consent": {"email": True},
        })
    days.pass_(10)
    assert waiting.count() == 12
    payments.tell(clock.now(), "user:1")
    assert len(days.pass_(0.1)) == 6


def test_x6_the_customer_says_it_is_paid_the_reminders_wait_and_staff_is_asked(
    days: Days, owing: Record, clerk: FlaskClient
) -> None:
    journal.record("order.said_paid", owing.id, "customer", unread=True, link="some-link")
    assert days.pass_(4) == []
    assert "1001" in clerk.get("/").text and "Ist die Zahlung eingegangen" in clerk.get("/").text
    clerk.post(f"/rules/ladder/{owing.id}/confirm")
    assert Record.get_by_id(owing.id).paid_at == clock.now()
    assert days.pass_(20) == [] and pauses.of(owing.id) is None
    assert "Ist die Zahlung eingegangen" not in clerk.get("/").text


def test_x6_not_received_lets_the_reminders_go_on(days: Days, owing: Record, clerk: FlaskClient) -> None:
    clerk.post(f"/rules/ladder/{owing.id}/said")
    assert [entry.what for entry in Entry.select().where(Entry.what.endswith("said_paid"))] == ["order.said_paid"]
    days.pass_(4)
    assert clerk.post(f"/rules/ladder/{owing.id}/resume", data={"back": "today"}, headers=HTMX).status_code == 200
    assert len(days.pass_(0.1)) == 1


def test_the_card_tells_what_comes_next_by_which_rule_and_what_was_sent(
    days: Days, owing: Record, clerk: FlaskClient
) -> None:
    days.pass_(4)
    card = clerk.get(f"/rules/ladder/{owing.id}", headers=HTMX).text
    assert all(words in card for words in ("3 Tage danach", "7 Tage danach", "Mahnung", "gesendet", "Als Nächstes"))
    assert f"/rules/ladder/{owing.id}" in clerk.get("/records/orders/1001").text


def test_pausing_on_the_card_asks_for_a_day_that_lies_ahead(days: Days, owing: Record, clerk: FlaskClient) -> None:
    given = {"until": "2026-11-01", "reason": "Ratenzahlung"}
    answer = clerk.post(f"/rules/ladder/{owing.id}/pause", data=given, headers=HTMX)
    assert answer.status_code == 422 and "in der Zukunft" in answer.text and "Ratenzahlung" in answer.text
    answer = clerk.post(f"/rules/ladder/{owing.id}/pause", data=given | {"until": "2026-12-01"}, headers=HTMX)
    assert answer.status_code == 200 and "pausiert" in answer.text and "Ratenzahlung" in answer.text


def test_a_pause_marks_the_record_in_the_list_and_is_found_there(
    days: Days, owing: Record, make_record: Make, clerk: FlaskClient
) -> None:
    make_record("1002")
    pauses.pause(owing.id, "user:1")
    assert "Erinnerungen pausiert" in clerk.get("/records/orders").text
    found = clerk.get("/records/orders?mark=paused").text
    assert "/orders/1001" in found and "/orders/1002" not in found


def test_a_button_pressed_twice_does_its_deed_once(days: Days, owing: Record, clerk: FlaskClient) -> None:
    pauses.pause(owing.id, "user:1")
    codes = [clerk.post(f"/rules/ladder/{owing.id}/resume", headers=HTMX).status_code for _ in range(2)]
    assert codes == [200, 409]


def test_payments_cannot_be_entered_up_to_tomorrow(days: Days, clerk: FlaskClient) -> None:
    assert clerk.post("/payments/told", data={"day": "2026-11-25"}).status_code == 422
    assert clerk.post("/payments/told", data={"day": "2026-11-22"}).status_code == 302
    assert payments.stand().as_of == datetime(2026, 11, 22, 23, 0, tzinfo=UTC)


def test_only_admins_say_how_old_payments_may_be(days: Days, clerk: FlaskClient, admin: FlaskClient) -> None:
    given = {"days": "5", "pause": "10"}
    assert clerk.post("/payments/settings", data=given).status_code == 403
    assert admin.post("/payments/settings", data=given | {"days": "-1"}).status_code == 422
    assert admin.post("/payments/settings", data=given).status_code == 302
    assert (payments.stand().days, payments.stand().pause) == (5, 10)
