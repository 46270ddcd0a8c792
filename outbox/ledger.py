"""The ledger: marks and results of many connections, written down together by one thread."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from core import clock, journal
from core.db import database, transaction
from core.keys import fingerprint
from core.rows import marks, run, value
from outbox import policy
from outbox.channels.contract import Letter, Result
from outbox.models import Message, Suppression
from outbox.states import Gone
from pages import endings, links
from pages.models import Link

TOGETHER = 100
PATIENCE = 0.01  # seconds
MARK = """
    UPDATE message SET state = 'sending_data', address = ?, subject = ?, message_id = ?, dated_at = ?, link_id = ?,
    parts = ?, cost = ?, currency = ?
    WHERE id = ? AND owner = ? AND state = 'sending_pre' AND lease_until > ?
    AND NOT EXISTS (SELECT 1 FROM setting WHERE name = 'stopped')
"""
NOWHERE = {"unknown_address": "unknown_address", "opted_out": "wish"}  # verdicts, and why nothing goes there any more
SENT = "UPDATE message SET state = 'sent', reason = '', sent_at = ?, owner = '' WHERE owner = ? AND id IN ({ids})"

log = logging.getLogger("statusbote.outbox")
Heard = Callable[[int | None, list[str]], None]  # told what came back for a sender


@dataclass
class Dispatch:
    """A letter on its way, with its row and, the first time, the link it brings."""

    message: Message
    letter: Letter
    link: Link | None
    marked: "Future[None]" = field(default_factory=Future)
    result: Result | None = None

    @property
    def code(self) -> str:
        """What the channel answered, if it did."""
        return self.result.code if self.result else ""


class Ledger:
    """Writes marks before the final dot and results after it; many of both in one commit."""

    def __init__(self, owner: str, heard: Heard):
        self.owner = owner
        self.heard = heard
        self._box: SimpleQueue[Dispatch | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
        self._thread.start()

    def mark(self, dispatch: Dispatch) -> None:
        """Commit that the data phase begins; raises Gone when the message is not ours any more or all is stopped."""
        dispatch.marked = Future()
        self._box.put(dispatch)
        dispatch.marked.result()

    def settle(self, dispatch: Dispatch, result: Result) -> None:
        """Write down, soon, what became of it."""
        dispatch.result = result
        self._box.put(dispatch)

    def close(self) -> None:
        """Write what is left and end."""
        self._box.put(None)
        self._thread.join(30)

    def _run(self) -> None:
        database.connect(reuse_if_open=True)
        going = True
        while going:
            batch = self._gather()
            going = None not in batch
            self._write([dispatch for dispatch in batch if dispatch])
        database.close()

    def _gather(self) -> list[Dispatch | None]:
        """What there is to write; results alone wait a moment for the next mark, to share its commit."""
        batch = [self._box.get()]
        patient_until = time.monotonic() + PATIENCE
        while len(batch) < TOGETHER and batch[-1] is not None:
            waiting = any(dispatch and dispatch.result is None for dispatch in batch)
            try:
                batch.append(self._box.get(timeout=0 if waiting else max(0, patient_until - time.monotonic())))
            except Empty:
                break
        return batch

    def _write(self, batch: list[Dispatch]) -> None:
        asking = [dispatch for dispatch in batch if dispatch.result is None]
        results = [dispatch for dispatch in batch if dispatch.result is not None]
        try:
            with transaction():
                gone = self._marks(asking) if asking else set()
                self._results(results)
        except Exception as error:
            log.exception("the ledger could not be written")
            for dispatch in asking:
                dispatch.marked.set_exception(Gone(str(error)))
            self._keep(results)
            return
        for dispatch in asking:
            if dispatch.message.id in gone:
                dispatch.marked.set_exception(Gone())
            else:
                dispatch.marked.set_result(None)

    def _keep(self, results: list[Dispatch]) -> None:
        """What is known must not be lost while the database rests: it is written a little later."""
        for dispatch in results:
            threading.Timer(1.0, self._box.put, [dispatch]).start()

    def _marks(self, asking: list[Dispatch]) -> set[int]:
        """Mark those still ours, and save the links they bring; the ids of the others."""
        now = value(Message.lease_until, clock.now())
        ours = [dispatch for dispatch in asking if self._mark(dispatch, now)]
        links.save_many([dispatch.link for dispatch in ours if dispatch.link])
        return {dispatch.message.id for dispatch in asking} - {dispatch.message.id for dispatch in ours}

    def _mark(self, dispatch: Dispatch, now: Any) -> int:
        message, letter = dispatch.message, dispatch.letter
        dated = value(Message.dated_at, message.dated_at)
        news = [letter.address, letter.subject, letter.message_id, dated, message.link_id]
        news += [message.parts, value(Message.cost, message.cost), message.currency]
        return run(MARK, [*news, message.id, self.owner, now])

    def _results(self, results: list[Dispatch]) -> None:
        now = clock.now()
        sent = [dispatch for dispatch in results if dispatch.result and dispatch.result.verdict == "sent"]
        if sent:
            ids = [dispatch.message.id for dispatch in sent]
            run(SENT.format(ids=marks(ids)), [value(Message.sent_at, now), self.owner, *ids])
            links.mark_sent([dispatch.message.link_id for dispatch in sent if dispatch.message.link_id], now)
            _name(sent)
        lines = [dispatch.message.line("sent", code=dispatch.code) for dispatch in sent]
        lines += [line for dispatch in results if dispatch not in sent for line in self._other(dispatch, now)]
        journal.record_many(lines)
        for sender in {dispatch.message.sender_id for dispatch in results}:
            mine = [dispatch for dispatch in results if dispatch.message.sender_id == sender]
            self.heard(sender, [dispatch.result.verdict for dispatch in mine if dispatch.result])

    def _other(self, dispatch: Dispatch, now: Any) -> list[dict[str, Any]]:
        message, verdict = dispatch.message, dispatch.result.verdict if dispatch.result else ""
        end = policy.settle(message, verdict, now)
        attempts = message.attempts if end.counts else message.attempts - 1
        hit = (
            Message.update(state=end.state, reason=end.reason, due_at=end.due_at, attempts=attempts, owner="")
            .where(Message.id == message.id, Message.owner == self.owner)
            .execute()
        )
        if hit and verdict in NOWHERE:
            _suppress(dispatch, NOWHERE[verdict], now)
        what = end.state if end.state in ("failed", "unclear") else "tried"
        return [message.line(what, end.reason, code=dispatch.code)] if hit and (what != "tried" or end.counts) else []


def _name(sent: list[Dispatch]) -> None:
    """Keep what a gateway calls its SMS."""
    for dispatch in sent:
        if dispatch.result and dispatch.result.remote_id:
            Message.update(remote_id=dispatch.result.remote_id).where(Message.id == dispatch.message.id).execute()


def _suppress(dispatch: Dispatch, reason: str, now: Any) -> None:
    """Nobody is there: the address is not written to again, and the link that was to go there ends."""
    print_ = fingerprint(dispatch.letter.address.lower())
    Suppression.insert(fingerprint=print_, reason=reason, at=now).on_conflict_ignore().execute()
    endings.revoke([dispatch.message.link_id or ""], "bounced", "worker")
