"""From a planned row to a mail at the server, and every way in which that can go wrong."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine

from core import clock, journal
from core.db import transaction
from core.journal import Entry
from emails.models import Template
from outbox import breaker, claim, valve
from outbox import fresh as fresh_links
from outbox.channels import smtp as smtp_channel
from outbox.delivery import Delivery
from outbox.models import Mail, Message, SenderState, Suppression
from outbox.plan import Planned, discard, plan_many, waiting
from outbox.states import Later
from pages import links
from pages.models import Link
from records.models import Record
from tests.mailing import send_due
from tests.postoffice import HANG, PostOffice

Deliver = Callable[..., Delivery]


@pytest.fixture
def template(house) -> Template:
    text = {"subject": "{{ record.number }}", "body": "{{ greeting }}\n\n[Status]({{ link }})"}
    with transaction():
        return Template.create(name="Status", texts={"de": text}, updated_at=clock.now())


@pytest.fixture
def plan(shop, template, make_record) -> Callable[..., Message]:
    def make(number="1001", sort="status", after=timedelta(0), rule_id=1, **contact) -> Message:
        given = {"name": "Ada", "email": f"ada{number}@example.org", "consent": {"email": True}, **contact}
        record = make_record(number, contact=given)
        due = clock.now() + after
        times = {"due_at": due, "expires_at": due + timedelta(days=7)}
        with transaction():
            plan_many([Planned(rule_id, record.id, None, f"o{number}", "customer", "email", template.id, sort, **times)])
        return Message.get(Message.record == record)

    return make


@pytest.fixture
def office(monkeypatch) -> Iterator[PostOffice]:
    monkeypatch.setattr(smtp_channel, "REPLY", 1.0)
    monkeypatch.setattr(smtp_channel, "FINAL", 1.0)
    with PostOffice() as open_office:
        yield open_office


@pytest.fixture
def deliver(office) -> Callable[..., None]:
    """Delivers what is due, as one worker, and ends when all of it is written down."""

    def run(url: str = "", wanted: Sequence = (), connections: int = 2) -> None:
        url = url or f"smtp://127.0.0.1:{office.port}?connections={connections}"
        send_due(*wanted, url=url)

    return run


def fresh(message: Message) -> Message:
    return Message.get_by_id(message.id)


def news() -> list[str]:
    return [entry.what for entry in Entry.select().where(Entry.what.startswith("message.")).order_by(Entry.id)]


def test_a_planned_message_arrives_and_is_written_down(plan, deliver, office):
    message = plan()
    deliver()
    message = fresh(message)
    assert (message.state, message.address, message.subject) == ("sent", "ada1001@example.org", "1001")
    assert news() == ["message.sent"]
    [(recipient, raw)] = office.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert recipient == "ada1001@example.org"
    assert mail["Message-ID"] == message.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    link = Link.get_by_id(message.link_id)
    assert link.sent_at is not None
    assert "/s/" in mail.get_body(("plain",)).get_content()


def test_what_is_not_due_yet_waits(plan, deliver, office):
    message = plan(after=timedelta(hours=1))
    deliver()
    assert (fresh(message).state, office.mails) == ("planned", [])
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        deliver()
        assert fresh(message).state == "sent"


def test_planning_twice_gives_one_message(plan):
    plan()
    plan()
    assert Message.select().count() == 1


def test_many_messages_share_few_connections(plan, deliver, office):
    for number in range(30):
        plan(str(number))
    deliver(connections=3)
    assert len(office.mails) == 30
    assert office.connections <= 3
    assert {message.state for message in Message.select()} == {"sent"}


@pytest.mark.parametrize(
    ("contact", "reason"),
    [({"consent": {"email": False}}, "no_consent"), ({"email": None}, "no_address")],
)
def test_without_consent_or_address_it_is_dropped_with_the_reason(plan, deliver, office, contact, reason):
    message = plan(**contact)
    deliver()
    assert (fresh(message).state, fresh(message).reason) == ("dropped", reason)
    assert Entry.get(Entry.what == "message.dropped").data["reason"] == reason
    assert office.mails == []


def test_a_record_without_a_contact_has_no_recipient(plan, deliver):
    message = plan()
    with transaction():
        Record.update(contact=None).execute()
    deliver()
    assert fresh(message).reason == "no_recipient"


def test_a_message_whose_time_has_passed_is_dropped(plan, deliver):
    message = plan()
    with time_machine.travel(clock.now() + timedelta(days=8)):
        deliver()
    assert (fresh(message).state, fresh(message).reason) == ("dropped", "missed")


def test_whoever_planned_it_is_asked_once_more(plan, deliver, office):
    message = plan()
    deliver(wanted=[lambda messages: {m.id: "rule_off" for m in messages}])
    assert (fresh(message).reason, office.mails) == ("rule_off", [])


def test_a_corrected_address_is_the_one_written_to(plan, deliver, office, make_record):
    plan()
    make_record("1001", contact={"email": "new@example.org"})
    deliver()
    assert [recipient for recipient, raw in office.mails] == ["new@example.org"]


def test_while_all_is_stopped_nothing_goes_out(plan, deliver, office):
    message = plan()
    valve.stop("user:1")
    deliver()
    assert (fresh(message).state, office.mails) == ("planned", [])
    valve.start("user:1")
    deliver()
    assert fresh(message).state == "sent"


def test_what_was_claimed_before_the_stop_is_not_sent_either(plan, deliver, office):
    message = plan()
    deliver(wanted=[lambda messages: valve.stop("user:1") or {}])
    assert (fresh(message).state, office.mails) == ("planned", [])


def test_an_unknown_address_is_not_written_to_again(plan, deliver, office):
    office.faults["RCPT"] = "550 5.1.1 unknown"
    first = plan()
    deliver()
    assert (fresh(first).state, fresh(first).reason) == ("failed", "unknown_address")
    assert Suppression.select().count() == 1
    office.faults.clear()
    again = plan("1002", email="ada1001@example.org")
    deliver()
    assert (fresh(again).state, fresh(again).reason) == ("dropped", "suppressed")


def test_a_server_that_asks_for_later_gets_it_later(plan, deliver, office):
    office.faults["RCPT"] = "451 4.7.1 later"
    message = plan()
    deliver()
    assert (fresh(message).state, fresh(message).reason, fresh(message).attempts) == ("planned", "later", 1)
    [attempt] = Entry.select().where(Entry.what == "message.tried")
    assert (attempt.data["code"], attempt.data["reason"]) == ("451 4.7.1", "later")
    office.faults.clear()
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        deliver()
    assert fresh(message).state == "sent"


def test_when_nobody_knows_whether_it_arrived_a_status_is_repeated_once_recognisably(plan, deliver, office):
    office.faults["DOT"] = "after"
    message = plan()
    deliver()
    assert (fresh(message).state, fresh(message).reason) == ("unclear", "repeating")
    for minutes in (16, 60, 120):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
            claim.repeat_unclear()
            deliver()
    assert (fresh(message).state, fresh(message).reason) == ("unclear", "silent")
    first, second = [message_from_bytes(raw) for recipient, raw in office.mails]
    assert (first["Message-ID"], first["Date"]) == (second["Message-ID"], second["Date"])
    assert office.mails[0] == office.mails[1]


def test_a_reminder_nobody_knows_about_is_left_to_a_person(plan, deliver, office):
    office.faults["DOT"] = "after"
    message = plan(sort="reminder")
    deliver()
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        assert claim.repeat_unclear() == 0
    assert (fresh(message).state, len(office.mails)) == ("unclear", 1)


def test_a_server_that_fails_five_times_is_left_alone_and_probed(plan, deliver, office):
    office.faults["RCPT"] = "451 4.7.1 later"
    for number in range(20):
        plan(str(number))
    deliver(connections=1)
    assert SenderState.select().count() == 1
    assert Message.select().where(Message.attempts > 0).count() < 20
    office.faults.clear()
    with time_machine.travel(clock.now() + timedelta(seconds=breaker.PROBES[0] + 1)):
        deliver(connections=1)
        deliver(connections=1)
    assert {message.state for message in Message.select()} == {"sent"}
    assert SenderState.select().count() == 0
    assert len(office.mails) == 20


def test_wrong_access_data_hold_everything_back_and_lose_nothing(plan, deliver, office):
    office.auth = "right"
    message = plan()
    deliver(url=f"smtp://user:wrong@127.0.0.1:{office.port}")
    assert (fresh(message).state, fresh(message).reason, fresh(message).attempts) == ("planned", "sender", 0)
    assert SenderState.get().reason == "sender"


def test_a_connection_that_hangs_delays_only_its_own_message(plan, deliver, office):
    office.faults["DOT"] = HANG
    for number in range(4):
        plan(str(number))
    deliver(connections=4)
    assert {message.state for message in Message.select()} == {"unclear"}


def test_what_a_dead_worker_held_is_given_back(plan):
    before, during = plan("1"), plan("2")
    claim.claim("host.0:dead", 10)
    with transaction():
        Message.update(state="sending_data").where(Message.id == during.id).execute()
    assert claim.release("host.1:") == 0
    assert claim.release("host.0:") == 2
    assert (fresh(before).state, fresh(before).attempts) == ("planned", 0)
    assert (fresh(during).state, fresh(during).reason) == ("unclear", "repeating")


def test_a_lease_ends_by_itself(plan):
    message = plan()
    claim.claim("host.0:stuck", 10)
    assert claim.release() == 0
    with time_machine.travel(clock.now() + claim.LEASE + timedelta(seconds=1)):
        assert claim.release() == 1
    assert fresh(message).state == "planned"


def test_a_worker_that_lost_its_lease_does_not_send(plan, deliver, office):
    message = plan()

    def steal(messages: Sequence[Message]) -> dict[int, str]:
        with transaction():
            Message.update(owner="another").execute()
        return {}

    deliver(wanted=[steal])
    assert office.mails == []
    assert (fresh(message).state, fresh(message).owner) == ("sending_pre", "another")


def test_a_text_that_cannot_be_composed_fails_visibly_and_stops_nobody(plan, deliver, template, office):
    broken, fine = plan("1"), plan("2")
    with transaction():
        text = {"subject": "{{ nothing.here }}", "body": "x"}
        other = Template.create(name="Broken", texts={"de": text}, updated_at=clock.now())
        Message.update(template=other).where(Message.id == broken.id).execute()
    deliver()
    assert (fresh(broken).state, fresh(broken).reason) == ("failed", "not_composed")
    assert fresh(fine).state == "sent"


def test_the_built_in_mailbox_keeps_the_mail(plan, deliver):
    message = plan()
    deliver(url="-")
    assert fresh(message).state == "sent"
    assert Mail.get().recipient == "ada1001@example.org"


def test_a_rules_waiting_messages_can_be_counted_and_discarded(plan):
    message = plan(after=timedelta(hours=1))
    plan("1002", after=timedelta(hours=1), rule_id=2)
    assert waiting(1) == 1
    assert discard(1, "rule_changed", "user:1") == 1
    assert (waiting(1), waiting(2), fresh(message).reason) == (0, 1, "rule_changed")


def test_a_fresh_link_is_mailed_even_without_consent(shop, make_record, deliver, office):
    with transaction():
        text = {"subject": "Neuer Link", "body": "[Öffnen]({{ link }})"}
        fresh_link = {"name": "Link", "system": "fresh_link", "texts": {"de": text}, "updated_at": clock.now()}
        Template.insert(fresh_link).on_conflict_ignore().execute()
    record = make_record(contact={"name": "Ada", "email": "ada@example.org", "consent": {"email": False}})
    link = links.prepare(record.id, "customer", "ada@example.org")
    with transaction():
        links.save_many([link])
        journal.record("link.requested", record.id, "customer", unread=True, link=link.id)
    while journal.read([fresh_links.read]):
        pass
    deliver()
    [(recipient, raw)] = office.mails
    assert recipient == "ada@example.org"
    assert links.url(link.id) in message_from_bytes(raw, policy=policy.default).get_body(("plain",)).get_content()


def test_who_planned_it_may_ask_for_a_later_moment(plan, deliver, office):
    message = plan()
    noon = clock.now() + timedelta(hours=3)
    deliver(wanted=[lambda messages: {m.id: Later(noon, "later") for m in messages}])
    later = fresh(message)
    assert (later.state, later.due_at, later.attempts, later.owner) == ("planned", noon, 0, "")
    assert (office.mails, news()) == ([], [])
    with time_machine.travel(noon + timedelta(seconds=1)):
        deliver()
    assert fresh(message).state == "sent"


def test_a_later_moment_that_is_now_does_not_make_the_worker_run_in_circles(plan, deliver):
    message = plan()
    deliver(wanted=[lambda messages: {m.id: Later(clock.now(), "later") for m in messages}])
    assert fresh(message).due_at > clock.now()


def test_a_later_moment_beyond_its_last_sensible_one_is_missed(plan, deliver):
    message = plan()
    deliver(wanted=[lambda messages: {m.id: Later(m.expires_at + timedelta(hours=1), "later") for m in messages}])
    assert (fresh(message).state, fresh(message).reason) == ("dropped", "missed")


def test_a_postponed_message_that_another_worker_took_stays_theirs(plan, deliver):
    message = plan()

    def steal(messages: Sequence[Message]) -> dict[int, Later]:
        with transaction():
            Message.update(owner="another").execute()
        return {m.id: Later(clock.now() + timedelta(hours=1), "later") for m in messages}

    deliver(wanted=[steal])
    assert (fresh(message).state, fresh(message).owner) == ("sending_pre", "another")
