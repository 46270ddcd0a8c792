"""The web server, and processes that belong together: started, started again, ended."""

import contextlib
import logging
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from types import FrameType

import waitress
from flask import Flask

from core.config import Config, ConfigError

THREADS = 8
ENDING = 30.0  # seconds a process may take to finish

log = logging.getLogger("statusbote.web")


def listen(config: Config) -> socket.socket:
    """The socket people come to; raises ConfigError when it cannot be had."""
    kind = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return socket.create_server((config.host, config.port), family=kind, backlog=1024)
    except OSError as error:
        raise ConfigError(
            f"Nobody can listen on {config.host}:{config.port} ({error.strerror}). "
            "Perhaps another program does already; STATUSBOTE_PORT chooses another port."
        ) from error


def web(app: Flask, config: Config, door: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are answered first."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(
        app, sockets=[door], threads=THREADS, ident=None,
        trusted_proxy="127.0.0.1", trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto"},
        clear_untrusted_proxy_headers=True,
    )
    leave_on_signals()
    log.info("serving on %s", config.base_url)
    server.run()


def leave_on_signals() -> None:
    """Let SIGINT and SIGTERM raise SystemExit in the main thread."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)


@contextlib.contextmanager
def child(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs for as long as the block does; Ctrl-C and SIGTERM end both in order."""
    leave_on_signals()
    process = subprocess.Popen(command)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(ENDING)
        except subprocess.TimeoutExpired:
            process.kill()


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(os.EX_OK)
