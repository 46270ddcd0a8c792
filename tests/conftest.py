"""What every test may start from: a fresh house, people signed in, a shop with two locations, records."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from accounts import passwords
from accounts.limits import limiter
from accounts.models import User
from app import create_app, open_house
from core import clock, config, db, i18n, settings
from core.db import transaction
from core.queue import Bell
from records import change, kinds
from records.models import Contact, Location, Record
from tests import running

pytest_plugins = ["tests.servers", "tests.browsing", "tests.messages", "tests.ruling", "tests.mailing"]

SECRET = "a secret of the tests, long enough to be one"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
HOURS = {day: [["09:00", "13:00"], ["14:00", "18:30"]] for day in WEEKDAYS} | {"sat": [["10:00", "14:00"]]}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "long" not in item.keywords)


@pytest.fixture(autouse=True)
def _silent_bells(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """No worker listens in most tests; one that wants bells asks with the mark `bells`."""
    if "bells" not in request.keywords:
        monkeypatch.setattr(Bell, "ring", lambda self: None)
        monkeypatch.setattr(Bell, "ring_at", lambda self, moment: None)


@pytest.fixture(scope="session", autouse=True)
def dear_passwords() -> Iterator[PasswordHasher]:
    """Hashing costs next to nothing; what it costs in life is given to whoever asks."""
    dear, passwords.hasher = passwords.hasher, PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)
    yield dear
    passwords.hasher = dear


@pytest.fixture(autouse=True)
def _no_house_left() -> Iterator[None]:
    """A test that fails half way leaves no program running."""
    yield
    running.end_all()


@pytest.fixture
def settings_of(tmp_path: Path) -> Callable[..., config.Config]:
    """Reads a configuration whose data lie in the test's own folder."""
    return lambda **given: config.read({"STATUSBOTE_DATA": str(tmp_path / "data"), **given})


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, dict[str, Any], Path]:
    """The program put together once, its configuration then, and the folder of a house after its first start."""
    folder = tmp_path_factory.mktemp("built")
    app = create_app(config.read({"STATUSBOTE_DATA": str(folder), "STATUSBOTE_SECRET_KEY": SECRET}))
    db.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.database.close()
    return app, dict(app.config), folder


@pytest.fixture(scope="session")
def built_on_postgres(new_database: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL database as it is after the first start."""
    with new_database() as url:
        folder = str(tmp_path_factory.mktemp("postgres"))
        open_house(config.read({"STATUSBOTE_DATA": folder, "STATUSBOTE_SECRET_KEY": SECRET, "STATUSBOTE_DATABASE_URL": url}))
        db.database.close_all()
        yield url


@pytest.fixture
def house(
    built: tuple[Flask, dict[str, Any], Path], settings_of: Callable[..., config.Config], request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """A fresh house as it stands after the first start: the same program, with data of its own.

    It stands on SQLite, where a test has the mark `postgres` on PostgreSQL.
    """
    app, configured, folder = built
    with ExitStack() as opened:
        given = settings_of(STATUSBOTE_SECRET_KEY=SECRET)
        if "postgres" in request.keywords:
            copied = request.getfixturevalue("new_database")(request.getfixturevalue("built_on_postgres"))
            url = opened.enter_context(copied)
            given = settings_of(STATUSBOTE_SECRET_KEY=SECRET, STATUSBOTE_DATABASE_URL=url)
            opened.callback(lambda: db.database.close_all())
        else:
            shutil.copy(folder / "statusbote.db", given.data)
            opened.callback(lambda: db.database.close())
        yield _opened(app, configured, given)


def _opened(app: Flask, configured: dict[str, Any], given: config.Config) -> Flask:
    open_house(given)
    app.config.clear()
    app.config.update(configured | {
        "STATUSBOTE": given, "TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False,
    })
    limiter.reset()
    i18n.choose("de")
    return app


@pytest.fixture
def client(house: Flask) -> FlaskClient:
    """A visitor."""
    return house.test_client()


def make_user(email: str, name: str, role: str) -> User:
    with transaction():
        return User.create(email=email, name=name, password="!", role=role, language="de", created_at=clock.now())


def sign_in(app: Flask, user: User) -> FlaskClient:
    """A client whose session is that user's."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{user.id}.{user.epoch}"
        session["_fresh"] = True
    return client


@pytest.fixture
def admin(house: Flask) -> FlaskClient:
    return sign_in(house, make_user("ada.admin@example.org", "Ada Admin", "admin"))


@pytest.fixture
def clerk(house: Flask) -> FlaskClient:
    return sign_in(house, make_user("cem.clerk@example.org", "Cem Clerk", "staff"))


@pytest.fixture
def shop(house: Flask) -> dict[str, Location]:
    """Radhaus Lindner, with a workshop in Berlin and one in Potsdam."""
    settings.put("company", {
        "name": "Radhaus Lindner", "email": "hallo@radhaus-lindner.example", "street": "Adalbertstraße 31",
        "city": "10999 Berlin", "phone": "+493023125140", "website": "https://radhaus-lindner.example",
        "imprint_url": "https://radhaus-lindner.example/impressum", "privacy_url": "https://radhaus-lindner.example/datenschutz",
        "colour": "#1c5a44", "logo": "", "language": "de", "mail_from": "werkstatt@radhaus-lindner.example",
        "footer": dict.fromkeys(i18n.LANGUAGES, "Radhaus Lindner GmbH, Adalbertstraße 31, 10999 Berlin"),
    })
    with transaction():
        mira = Contact.create(name="Mira Aydın", email="mira@radhaus-lindner.example", created_at=clock.now())
        return {
            "berlin": Location.create(
                key="berlin", name="Werkstatt Kreuzberg", street="Adalbertstraße 31", city="10999 Berlin",
                phone="+493023125140", state="BE", hours=HOURS, manager=mira,
            ),
            "potsdam": Location.create(
                key="potsdam", name="Werkstatt Potsdam", street="Lindenstraße 5", city="14467 Potsdam", phone="+49331298040",
                state="BB", hours=HOURS,
            ),
        }


@pytest.fixture
def ada(house: Flask) -> dict[str, Any]:
    """Ada as a state speaks of her: she may be written to by e-mail."""
    return {
        "name": "Ada Lovelace", "email": "ada@example.org", "phone": "+4930123456", "language": "de",
        "consent": {"email": True, "sms": False},
    }


@pytest.fixture
def make_record(house: Flask, ada: dict[str, Any]) -> Callable[..., Record]:
    """Makes a record, or changes it, the way every caller does: `make_record("1001", status="ready", contact=…)`."""

    def make(
        number: str = "1001", collection: str = "orders", actor: str = "api:1", silent: bool = False, **state: Any
    ) -> Record:
        kind = kinds.of_collection(collection)
        assert kind
        known = Record.get_or_none(Record.kind == kind, Record.number == number)
        if known is None:
            state = {"contact": ada, **state}
        return change.apply(kind, number, state, actor, silent).record

    return make
