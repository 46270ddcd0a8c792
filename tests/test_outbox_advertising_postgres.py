"""Advertising on PostgreSQL: the same consent, the same end of it."""


import pytest

from tests.test_outbox_advertising import feedback as feedback
from tests.test_outbox_advertising import send as send
from tests.test_outbox_advertising import (
    test_one_click_ends_the_consent_and_says_the_same_every_time as test_one_click_ends_the_consent,
)
from tests.test_outbox_advertising import (
    test_who_unsubscribed_stays_so_until_they_agree_anew as test_who_unsubscribed_stays_so,
)

__all__ = ["test_one_click_ends_the_consent", "test_who_unsubscribed_stays_so"]


pytestmark = pytest.mark.postgres
