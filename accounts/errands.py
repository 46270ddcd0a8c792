"""Errands: mails sent at once but beside the request, so that no answer tells by its time what became of them."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from threading import Thread
from typing import NamedTuple

from flask import Flask, current_app

from core.db import database

MOST = 16  # under way at once; a mail server that does not answer must not collect threads

log = logging.getLogger("statusbote.accounts")


class Notice(NamedTuple):
    """A mail about somebody's access. `system` names its template; `link` is a secret that nobody may log or keep."""

    system: str
    name: str
    address: str
    language: str
    link: str
    expires: datetime


Send = Callable[[Notice], bool]  # True when the mail server has taken it
Post = Callable[[], Send | None]  # the house's way out, None when it has none

under_way: set["Future[bool]"] = set()


def furnish(app: Flask, post: Post) -> None:
    """Give an app its way out; app.py brings it from a higher floor."""
    app.extensions["post"] = post


def way_out() -> Send | None:
    """What takes a notice to the mail server; None in a house without one."""
    return current_app.extensions["post"]()


def start(errand: Callable[[], bool]) -> "Future[bool]":
    """Begin in a thread of its own; whatever goes wrong there is False and leaves only its kind in the log."""
    future: Future[bool] = Future()
    if len(under_way) >= MOST:
        log.warning("too many mails about access are under way; this one is not sent")
        future.set_result(False)
        return future
    under_way.add(future)
    future.add_done_callback(under_way.discard)
    Thread(target=_run, args=(errand, future), name="errand", daemon=True).start()
    return future


def _run(errand: Callable[[], bool], future: "Future[bool]") -> None:
    done = False
    try:
        with database.connection_context():
            done = errand()
    except Exception as error:
        log.error("a mail about access could not be sent: %s", type(error).__name__)
    future.set_result(done)
