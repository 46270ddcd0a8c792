"""Measures this machine end to end (event over HTTP, rule, page, mail over SMTP) and prints the figures beside the goals.

The load client and the SMTP sink are the ones every rival was measured with; they lie in shared/bench beside this
repository (BENCH_TOOLS names another folder) and are used as they are. What is started here is ended here.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import house
from goals import ALONE, MEASURES, PROGRAMS, WHEN_NAMED, table

from core import db

HOUSE = Path(__file__).resolve().parent.parent
TOOLS = Path(os.environ.get("BENCH_TOOLS", HOUSE.parent / "shared" / "bench"))
OUT = HOUSE / "bench" / "out"
if not (TOOLS / "bench.py").exists():
    sys.exit(f"The load client and the SMTP sink are missing: expected in {TOOLS}, or where BENCH_TOOLS says.")
sys.path.insert(0, str(TOOLS))
import common  # noqa: E402  (the tools' own module)


class Bench:
    """The measures; each adds to `figures`: name → the values of all rounds."""

    def __init__(self, description: Path, control: int):
        self.description, self.control = description, control
        self.system = json.loads(description.read_text())
        self.figures: dict[str, list[float]] = {}

    def add(self, **figures: float | None) -> None:
        for name, value in figures.items():
            if value is not None:
                self.figures.setdefault(name, []).append(round(value, 1))

    def client(self, *arguments: str) -> dict[str, Any]:
        """One call of the load client; its result."""
        command = [sys.executable, TOOLS / "bench.py", *arguments, "--peer", self.description, "--ctl", str(self.control)]
        done = subprocess.run(command, cwd=OUT, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        return json.loads(done.stdout)

    def sink(self, path: str) -> Any:
        return common.sink(self.control, path)

    def memory(self) -> dict[str, float]:
        return common.mem(common.roots_of(self.system["pidfile"]))

    def idle(self) -> None:
        time.sleep(5)
        before = self.memory()
        time.sleep(20)
        after = self.memory()
        self.add(idle_mib=after["pss_mib"], idle_cpu=(after["cpu_s"] - before["cpu_s"]) / 20 * 100)

    def single(self) -> None:
        said = self.client("throughput", "--n", "1000")
        self.add(events=said["events_s"], mails=said["mails_s"], peak_mib=said["pss_peak"])
        self.add(lost=said["lost"], twice=said["twice_or_more"])

    def batch(self) -> None:
        self.sink("/mode/ok")
        self.sink("/reset")
        answers = common.post_many(Batches(self.system), range(20), 4)
        if bad := [answer for answer in answers if answer["status"] not in (200, 207)]:
            sys.exit(f"A batch was refused: {bad[0]}")
        deadline = time.monotonic() + 60
        while self.sink("/stats")["n"] < 20 * Batches.SIZE and time.monotonic() < deadline:
            time.sleep(0.1)
        arrived = [mail[0] for mail in self.sink("/mails")]
        self.add(batch_mails=len(arrived) / (max(arrived) - min(answer["t0"] for answer in answers)))

    def latency(self) -> None:
        said = self.client("latency", "--n", "60")
        self.add(p50=said["p50_ms"], p95=said["p95_ms"])

    def slow(self) -> None:
        self.sink("/delay/0.3")
        self.add(slow_mails=self.client("throughput", "--n", "600", "--note", "slow")["mails_s"])
        self.sink("/delay/0")

    def kill(self) -> None:
        """A mail that is missing is lost unless its message waits as unclear, to be tried once more."""
        known = unclear()
        said = self.client("kill", "--n", "1000", "--kill-after-mails", "300", "--quiet", "30", "--poke")
        waiting = unclear() - known
        self.add(kill_lost=max(0, said["lost"] - waiting), kill_twice=said["twice_or_more"], kill_unclear=waiting)
        self.add(restart=said["restart_s"])

    def outage(self) -> None:
        for mode in ("451", "down"):
            said = self.client("outage", "--mode", mode, "--quiet", "120")
            self.add(**{f"{mode}_lost": said["during"]["lost"], f"{mode}_late": said["last_late_s"]})


class Batches(common.Target):  # type: ignore[misc]
    """Requests of 100 events each, made from the load client's single event."""

    SIZE = 100

    def __init__(self, system: dict[str, Any]):
        url = system["url"].rpartition("/")[0]
        super().__init__(url, "POST", system["headers"], system["body"], run=f"b{time.time_ns():x}")

    def raw(self, n: int) -> bytes:
        records = []
        for one in range(n * self.SIZE, (n + 1) * self.SIZE):
            records.append({"number": self.vals(one)["UID"], **json.loads(self.sub(self.body, one))})
        return common.Target(self.url, "POST", self.headers, json.dumps({"records": records})).raw(n)


def alone(measure: str) -> dict[str, float]:
    """What a program of its own has measured."""
    print(MEASURES[measure], file=sys.stderr, flush=True)
    program = [sys.executable, HOUSE / "bench" / f"{PROGRAMS.get(measure, measure)}.py", OUT / measure]
    return json.loads(subprocess.run(program, cwd=HOUSE, stdout=subprocess.PIPE, check=True).stdout)


def unclear() -> int:
    """Messages whose last answer was swallowed: the mail server may have them or not."""
    with db.database.connection_context():
        return db.database.execute_sql("SELECT count(*) FROM message WHERE state = 'unclear'").fetchone()[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    listed = "; ".join(f"{name}: {what}" for name, what in MEASURES.items())
    parser.add_argument("measures", nargs="*", help=f"which to take, all but hostile when none is named. {listed}")
    parser.add_argument("--rounds", type=int, default=3, help="how often throughput and kill are repeated")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database (postgresql://…) instead of SQLite")
    parser.add_argument("--queue", default="", help="an empty Redis (redis://…) instead of SQLite")
    given = parser.parse_args()
    if unknown := set(given.measures) - set(MEASURES):
        sys.exit(f"There is no measure called {', '.join(unknown)}; there are: {', '.join(MEASURES)}.")
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    db.bind(given.database or f"sqlite:///{OUT / 'data' / 'statusbote.db'}")
    wanted = given.measures or [name for name in MEASURES if name not in WHEN_NAMED]
    figures = {name: [value] for measure in wanted if measure in ALONE for name, value in alone(measure).items()}
    with ExitStack() as running:
        if together := [name for name in wanted if name not in ALONE]:
            smtp, control = running.enter_context(house.sink(TOOLS, OUT))
            shop = house.statusbote(smtp, TOOLS, OUT, given.database, given.queue)
            bench = Bench(running.enter_context(shop), control)
            for name in together:
                rounds = given.rounds if name in ("single", "batch", "kill") else 1
                for number in range(1, rounds + 1):
                    print(f"{MEASURES[name]}, round {number} of {rounds}", file=sys.stderr, flush=True)
                    getattr(bench, name)()
            figures |= bench.figures
    print(table(figures))


if __name__ == "__main__":
    main()
