"""The web server, alone or with a worker beside it."""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType

import waitress
from flask import Flask

from core.config import Config

THREADS = 8
ENDING = 30.0  # seconds the worker may take to finish

log = logging.getLogger("statusbote.web")


def web(app: Flask, config: Config) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are answered first."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(
        app, host=config.host, port=config.port, threads=THREADS, ident=None, backlog=1024,
        trusted_proxy="127.0.0.1", trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto"},
        clear_untrusted_proxy_headers=True,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    log.info("serving on %s", config.base_url)
    server.run()


@contextlib.contextmanager
def child(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours for as long as the block runs; Ctrl-C and SIGTERM end both in order."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    process = subprocess.Popen(command)
    try:
        yield process
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(ENDING)
    except subprocess.TimeoutExpired:
        process.kill()


class Beside:
    """A worker beside the web server: a child that is started again when it dies and ends when we do."""

    def __init__(self, command: list[str]):
        self.command = command
        self.stopping = threading.Event()
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        threading.Thread(target=self._look_after, name="supervisor", daemon=True).start()

    def stop(self) -> None:
        """Ask the worker to finish; after half a minute it is ended."""
        self.stopping.set()
        if self.child:
            _end(self.child)

    def _look_after(self) -> None:
        pause = 0.5
        while not self.stopping.is_set():
            began = time.monotonic()
            self.child = subprocess.Popen(self.command, stdin=subprocess.PIPE)
            code = self.child.wait()
            pause = 0.5 if time.monotonic() - began > 60 else min(30.0, pause * 2)
            if not self.stopping.wait(pause):
                log.error("the worker ended with %s and is started again", code)


def leave_with_parent(stop: threading.Event) -> None:
    """Set `stop` when standard input closes: whoever started us is gone, and no orphan shall stay behind."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        stop.set()

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit
