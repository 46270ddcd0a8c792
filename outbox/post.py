"""The post: threads that each keep one connection open and carry letters out over it."""

import logging
import threading
from queue import Empty, Queue

from outbox.channels.contract import Channel, Connection, Result
from outbox.ledger import Dispatch, Ledger

IDLE = 15.0  # seconds a connection is kept without work

log = logging.getLogger("statusbote.outbox")


class Post:
    """As many connections as there is work for, up to the channel's number; a silent server blocks only its own."""

    def __init__(self, channel: Channel, ledger: Ledger, change: threading.Condition):
        self.channel = channel
        self.ledger = ledger
        self._work: Queue[Dispatch | None] = Queue()
        self._change = change
        self._threads = 0
        self._under_way = 0
        self._closing = False

    def room(self) -> int:
        """How many letters more are welcome: twice as many as can go out at once."""
        with self._change:
            return max(0, 2 * self.channel.connections + 10 - self._under_way)

    def has_room(self) -> bool:
        """True when it is worth while to claim more."""
        with self._change:
            return self._under_way <= self.channel.connections

    def is_empty(self) -> bool:
        with self._change:
            return self._under_way == 0

    def wait_until_empty(self, seconds: float) -> bool:
        """True when nothing is under way any more within that time."""
        with self._change:
            return self._change.wait_for(self.is_empty, seconds)

    def hand_in(self, dispatch: Dispatch) -> None:
        with self._change:
            self._under_way += 1
            if self._threads < min(self._under_way, self.channel.connections):
                self._threads += 1
                threading.Thread(target=self._carry, name=f"post-{self._threads}", daemon=True).start()
        self._work.put(dispatch)

    def close(self, seconds: float) -> bool:
        """Let what is under way end; False when some of it did not within that time."""
        done = self.wait_until_empty(seconds)
        self._closing = True
        with self._change:
            for _ in range(self._threads):
                self._work.put(None)
        return done

    def _carry(self) -> None:
        connection = self.channel.connect()
        try:
            while True:
                dispatch = self._next()
                if dispatch is None:
                    return
                self.ledger.settle(dispatch, self._deliver(connection, dispatch))
                self._done()
        finally:
            connection.close()

    def _next(self) -> Dispatch | None:
        """The next letter; None after a while without one, and then this thread is not counted any more."""
        try:
            dispatch = self._work.get(timeout=IDLE)
        except Empty:
            dispatch = None
        if dispatch is None:
            with self._change:
                self._threads -= 1
                if not self._closing and not self._work.empty():
                    self._threads += 1
                    return self._work.get_nowait()
        return dispatch

    def _deliver(self, connection: Connection, dispatch: Dispatch) -> Result:
        try:
            return connection.deliver(dispatch.letter, lambda: self.ledger.mark(dispatch))
        except Exception:
            log.exception("unexpected while delivering message %s", dispatch.message.id)
            return Result("silent")

    def _done(self) -> None:
        with self._change:
            self._under_way -= 1
            self._change.notify_all()
