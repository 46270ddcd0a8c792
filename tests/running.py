"""A whole house as its users run it: `statusbote run` in a process of its own, on ports of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

HOUSE = Path(__file__).parent.parent
PATIENCE = 60.0
FOREIGN = ("STATUSBOTE_", "PYTHONDONTWRITEBYTECODE")  # a house that is started again and again need not compile each time

_started: "list[Running]" = []


def end_all() -> None:
    """End what a test has left running, because it failed half way for instance."""
    while _started:
        process = _started.pop().process
        if process and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """Starts, kills and stops the house; `statusbote(...)` runs one command in it."""

    def __init__(self, data: Path, **settings: str):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ: Mapping[str, str] = {
            **{name: text for name, text in os.environ.items() if not name.startswith(FOREIGN)},
            "PYTHONPATH": str(HOUSE), "STATUSBOTE_DATA": str(data), "STATUSBOTE_PORT": str(self.port),
            **{f"STATUSBOTE_{name}": text for name, text in settings.items()},
        }
        self.log = data.parent / "statusbote.log"
        self.process: subprocess.Popen[bytes] | None = None

    def statusbote(self, *words: str) -> str:
        done = subprocess.run(
            self._command(*words), env=self.environ, capture_output=True, text=True, timeout=PATIENCE, cwd=self.log.parent
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command("run"), env=self.environ, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True, cwd=self.log.parent,
            )
        _started.append(self)

    def wait_until_ready(self) -> None:
        self.wait_for(self.is_ready)

    def wait_for(self, look: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not look():
            assert time.monotonic() < deadline, self.log.read_text()[-2000:]
            time.sleep(0.05)

    def is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def kill(self) -> None:
        """SIGKILL for web and worker alike."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end in order; its exit code."""
        assert self.process
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "app", *words]
