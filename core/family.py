"""Several processes as one program: forked from one that has loaded everything, started again when they die."""

import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence

from core.serve import ENDING, leave_on_signals

LOOK = 0.5  # seconds between two looks whether the parent is still there
LONG = 60.0  # seconds after which a process counts as one that had come up

log = logging.getLogger("statusbote.family")
Task = Callable[[], None]


def run(tasks: Sequence[Task]) -> None:
    """Run each task in a process of its own until SIGINT or SIGTERM.

    Whoever calls must have no thread and no connection open. What is loaded already is shared by all.
    """
    gc.freeze()
    family = _Family()
    leave_on_signals()
    try:
        for task in tasks:
            family.start(task)
        while True:
            family.replace(*os.wait())
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        family.end()


class _Family:
    """The parent's view: who is alive, since when, and how often in a row a task has died young."""

    def __init__(self) -> None:
        self.alive: dict[int, tuple[Task, float]] = {}
        self.young: dict[Task, int] = {}

    def start(self, task: Task) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _live(task, parent)
        self.alive[pid] = (task, time.monotonic())

    def replace(self, pid: int, status: int) -> None:
        """Start a task again, the later the more often it has died young."""
        task, since = self.alive.pop(pid)
        log.error("process %s ended with %s and is started again", pid, os.waitstatus_to_exitcode(status))
        self.young[task] = 0 if time.monotonic() - since > LONG else self.young.get(task, 0) + 1
        time.sleep(min(30.0, 0.25 * 2 ** self.young[task]))
        self.start(task)

    def end(self) -> None:
        """Ask all to finish; whoever has not after a while is ended."""
        for pid in self.alive:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + ENDING
        while self.alive and time.monotonic() < deadline:
            pid, _status = os.waitpid(-1, os.WNOHANG)
            self.alive.pop(pid, None)
            time.sleep(0 if pid else 0.02)
        for pid in self.alive:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _live(task: Task, parent: int) -> None:
    """The life of a child; it never returns to what its parent was doing."""
    code = os.EX_SOFTWARE
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        threading.Thread(target=_follow, args=[parent], name="parent", daemon=True).start()
        task()
        code = os.EX_OK
    except SystemExit:
        code = os.EX_OK
    except BaseException:
        log.exception("a process ends")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _follow(parent: int) -> None:
    """No orphan stays behind: end in order when the parent is gone."""
    while os.getppid() == parent:
        time.sleep(LOOK)
    os.kill(os.getpid(), signal.SIGTERM)
