"""What goes out and arrives: `send_due` delivers as a worker does, `mailing` lets the house send links at once."""

import re
from collections.abc import Iterator
from concurrent.futures import wait
from email import message_from_bytes, policy

import pytest
from flask import Flask

from accounts import errands
from core import keys
from core.db import database
from emails.compose import Composed
from outbox import direct
from outbox.channels import open_channel
from outbox.delivery import Delivery
from outbox.truth import Wanted
from tests.postoffice import PostOffice


@pytest.fixture
def mailing(house: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """A post office, and the house connected to it."""
    with PostOffice() as office:
        url = f"smtp://127.0.0.1:{office.port}"
        monkeypatch.setitem(house.extensions, "post", lambda: direct.way_out(url, "status.example.org"))
        yield office
        settle()


def send_due(*wanted: Wanted, url: str = "") -> None:
    """Deliver what is due as one worker does, by default into the built-in mailbox, until all of it is written down."""
    delivery = Delivery(open_channel(url, "test"), wanted, f"test.0:{keys.random62(6)}", "test")
    delivery.run()
    delivery.close(10)


def settle() -> None:
    """Wait until every mail that is under way has come to its end."""
    assert not wait(list(errands.under_way), 10).not_done


def link_in(office: PostOffice, purpose: str, number: int = -1) -> str:
    """The path of the link in the last mail, once it is there."""
    settle()
    found = re.findall(rf"http://127\.0\.0\.1:8000(/{purpose}/\w+)", words(office, number))
    assert len(set(found)) == 1
    return found[0]


def words(office: PostOffice, number: int = -1) -> str:
    """The text part of a mail that arrived."""
    part = message_from_bytes(office.mails[number][1], policy=policy.default).get_body(("plain",))
    assert part
    return part.get_content()


def everything_kept() -> str:
    """All that stands in the database, in one text."""
    return repr([database.execute_sql(f'SELECT * FROM "{table}"').fetchall() for table in database.get_tables()])


def above_foot(mail: Composed) -> str:
    """The text part of a mail without what stands under every one."""
    return mail.text.partition("\n--\n")[0].strip("\n") + "\n"
