"""PostgreSQL and Redis for the tests: servers named in TEST_POSTGRES_URL and TEST_REDIS_URL, else throwaway ones.

Where neither a name nor a program is found, the tests that need it are skipped with that reason; with TEST_ALL set
a skipped test fails the run, so that CI cannot pass by leaving something out.
"""

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest

Database = Callable[..., AbstractContextManager[str]]

_numbers = itertools.count(1)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("TEST_ALL") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        reporter.write_line("TEST_ALL is set, so a skipped test counts as failed.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL database from which further ones may be created."""
    named = os.environ.get("TEST_POSTGRES_URL")
    if named:
        yield named
        return
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    initdb = str(found[-1]) if found else shutil.which("initdb")
    if not initdb:
        pytest.skip("PostgreSQL is not installed and TEST_POSTGRES_URL is not set")
    with _postgres(Path(initdb).resolve().parent) as url:
        yield url


@pytest.fixture
def postgres_url(new_database: Database) -> Iterator[str]:
    """The address of an empty PostgreSQL database of the test's own."""
    with new_database() as url:
        yield url


@pytest.fixture(scope="session")
def new_database(postgres_server: str) -> Database:
    """Makes PostgreSQL databases, each for the length of a block and like the one whose address is given."""
    return partial(_database, postgres_server)


@contextmanager
def _database(server: str, like: str = "template1") -> Iterator[str]:
    psycopg = pytest.importorskip("psycopg")
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like.rsplit('/', 1)[-1]}")
        yield server.rsplit("/", 1)[0] + f"/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    named = os.environ.get("TEST_REDIS_URL")
    if named:
        yield named
        return
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if not program:
        pytest.skip("Redis is not installed and TEST_REDIS_URL is not set")
    with tempfile.TemporaryDirectory(prefix="statusbote-redis-") as folder:
        port = free_port()
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder, "--daemonize", "no"]
        with _running(command, lambda: _listens(port)):
            yield f"redis://127.0.0.1:{port}/0"


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The address of an empty Redis; the one named in TEST_REDIS_URL is emptied."""
    redis = pytest.importorskip("redis")
    with redis.Redis.from_url(redis_server) as connection:
        connection.flushdb()
    return redis_server


def free_port() -> int:
    """A port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _postgres(programs: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="statusbote-postgres-"))
    user = _ordinary_user()
    if user:
        shutil.chown(folder, user)
    try:
        port = free_port()
        subprocess.run(
            [programs / "initdb", "--pgdata", folder / "data", "--username", "tester", "--auth", "trust", "--no-sync",
             "--encoding", "UTF8", "--locale", "C"], user=user, cwd=folder, check=True, capture_output=True,
        )
        command = [
            str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port), "-c", "listen_addresses=127.0.0.1",
            "-c", f"unix_socket_directories={folder}", "-c", "fsync=off", "-c", "max_connections=200",
        ]
        with _running(command, lambda: _answers(programs, port), user=user, cwd=folder):
            yield f"postgresql://tester@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ordinary_user() -> str | None:
    """PostgreSQL refuses to run as root; the package brings a user of its own."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def _running(command: list[str], ready: Callable[[], bool], **options: object) -> Iterator[None]:
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    try:
        deadline = time.monotonic() + 30
        while not ready():
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start")
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _answers(programs: Path, port: int) -> bool:
    command = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(command, capture_output=True).returncode == 0


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
