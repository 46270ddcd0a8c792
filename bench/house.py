"""A mail server that only counts and a Statusbote of our own, started for the measurement and ended after it."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

STATUSBOTE = str(Path(sys.executable).with_name("statusbote"))


@contextmanager
def sink(tools: Path, out: Path) -> Iterator[tuple[int, int]]:
    """The shared SMTP sink; its SMTP port and the port of its HTTP control."""
    smtp, control = free_port(), free_port()
    options = ["--port", str(smtp), "--control", str(control), "--log", str(out / "sink.jsonl")]
    with (out / "sink.log").open("w") as log:
        process = subprocess.Popen([sys.executable, str(tools / "sink.py"), *options], stdout=log, stderr=log)
    try:
        _wait(lambda: answers(f"http://127.0.0.1:{control}/stats"), "the SMTP sink")
        yield smtp, control
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def statusbote(smtp: int, tools: Path, out: Path, database: str, queue: str) -> Iterator[Path]:
    """A repair shop on its first day, web and worker; the file that describes it to the load client."""
    port = free_port()
    given = {"DATA": str(out / "data"), "PORT": str(port), "SMTP_URL": f"smtp://127.0.0.1:{smtp}?connections=64",
             "DATABASE_URL": database, "QUEUE_URL": queue}
    environment = {**os.environ, **{f"STATUSBOTE_{name}": value for name, value in given.items() if value}}

    def call(*arguments: str) -> str:
        command = [STATUSBOTE, *arguments]
        return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout

    call("pack", "install", "repair-shop")
    key = call("apikey", "create", "bench").split()[-1]
    pidfile = out / "statusbote.pid"
    start = out / "start.sh"
    lines = [f"export {name}={shlex.quote(value)}" for name, value in environment.items() if name.startswith("STATUSBOTE_")]
    run = f"setsid {shlex.quote(STATUSBOTE)} run >> {shlex.quote(str(out / 'statusbote.log'))} 2>&1 < /dev/null &"
    start.write_text("\n".join(["#!/bin/sh", *lines, run, f"echo $! > {shlex.quote(str(pidfile))}", ""]))
    peer = json.loads((tools / "systems" / "statusbote.json").read_text())
    peer |= {
        "url": f"http://127.0.0.1:{port}/api/v1/orders/%UID%", "headers": [f"Authorization: Bearer {key}"],
        "pidfile": str(pidfile), "start": f"sh {shlex.quote(str(start))}", "ready": f"http://127.0.0.1:{port}/readyz",
    }
    description = out / "statusbote.json"
    description.write_text(json.dumps(peer, indent=2))
    subprocess.run(["sh", str(start)], check=True)
    try:
        _wait(lambda: answers(peer["ready"]), "Statusbote")
        yield description
    finally:
        _end(int(pidfile.read_text()))


def _end(pid: int) -> None:
    """Ask a process that is not our child to stop, and wait until it has."""
    try:
        os.kill(pid, signal.SIGTERM)
        for _ in range(400):
            os.kill(pid, 0)
            time.sleep(0.1)
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _wait(ready: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not ready():
        if time.monotonic() > deadline:
            sys.exit(f"{what} did not start; its log is in bench/out.")
        time.sleep(0.1)
