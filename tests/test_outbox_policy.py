"""What a verdict means for a message."""

from datetime import UTC, datetime, timedelta

import pytest

from outbox import policy
from outbox.models import Message

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def message(**given) -> Message:
    return Message(**{"sort": "status", "attempts": 1, "due_at": NOW, "expires_at": NOW + timedelta(days=7), **given})


def minutes(settlement: policy.Settlement) -> float:
    return (settlement.due_at - NOW) / timedelta(minutes=1)


def test_a_message_that_was_accepted_is_sent():
    assert policy.settle(message(), "sent", NOW).state == "sent"


@pytest.mark.parametrize(("attempt", "wait"), [(1, 2), (2, 10), (3, 30), (4, 60), (5, 120), (6, 240), (7, 360), (12, 360)])
def test_a_server_that_asks_for_later_is_asked_again_ever_more_seldom(attempt, wait):
    end = policy.settle(message(attempts=attempt), "later", NOW)
    assert (end.state, end.reason) == ("planned", "later")
    assert 0.95 * wait <= minutes(end) <= 1.1 * wait


def test_after_three_days_of_later_it_has_failed():
    assert policy.settle(message(attempts=17), "later", NOW).state == "failed"


def test_it_is_not_tried_beyond_its_grace():
    assert policy.settle(message(expires_at=NOW + timedelta(minutes=1)), "later", NOW).state == "failed"


@pytest.mark.parametrize(("attempt", "wait"), [(1, 1), (2, 5), (3, 15), (4, 60)])
def test_a_broken_connection_is_tried_again_soon(attempt, wait):
    assert 0.95 * wait <= minutes(policy.settle(message(attempts=attempt), "cut", NOW)) <= 1.1 * wait


@pytest.mark.parametrize("verdict", ["rest", "sender"])
def test_what_is_the_senders_fault_does_not_count_against_the_message(verdict):
    end = policy.settle(message(), verdict, NOW)
    assert (end.state, end.counts, end.due_at) == ("planned", False, NOW)


@pytest.mark.parametrize("verdict", ["unknown_address", "refused"])
def test_a_final_refusal_is_final(verdict):
    assert policy.settle(message(), verdict, NOW).state == "failed"


def test_a_full_mailbox_is_tried_three_times():
    assert policy.settle(message(attempts=2), "full", NOW).state == "planned"
    assert policy.settle(message(attempts=3), "full", NOW).state == "failed"


@pytest.mark.parametrize("sort", ["status", "cancellation", "link"])
def test_a_status_nobody_knows_about_is_repeated_after_a_quarter_of_an_hour_and_only_once(sort):
    end = policy.settle(message(sort=sort), "silent", NOW)
    assert (end.state, end.reason, minutes(end)) == ("unclear", "repeating", 15)
    assert policy.settle(message(sort=sort, reason="again"), "silent", NOW).reason == "silent"


def test_a_reminder_nobody_knows_about_waits_for_a_person():
    end = policy.settle(message(sort="reminder"), "silent", NOW)
    assert (end.state, end.reason) == ("unclear", "silent")
