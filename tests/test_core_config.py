"""The configuration: read from the environment or from files, refused with a sentence that names the setting."""

import stat
from pathlib import Path

import pytest

from core.config import PREFIX, SETTINGS, Config, ConfigError, read

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def given(**values: str) -> Config:
    return read({PREFIX + name: value for name, value in values.items()})


def refusal(**values: str) -> str:
    with pytest.raises(ConfigError) as caught:
        given(**values)
    return str(caught.value)


def test_nothing_given_means_one_folder_on_this_machine(tmp_path: Path) -> None:
    config = read({})
    assert config.data == tmp_path / "data"
    assert config.data.is_dir() and config.pages == tmp_path / "data" / "pages" and config.pages.is_dir()
    assert config.database_url == f"sqlite:///{tmp_path}/data/statusbote.db"
    assert config.queue_url == f"sqlite:///{tmp_path}/data/queue.db"
    assert (config.host, config.port, config.base_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert (config.smtp_url, config.secret_key, config.demo_exit, config.https) == ("", None, False, False)


def test_strangers_on_the_machine_cannot_look_into_the_folders() -> None:
    config = read({})
    assert [stat.S_IMODE(folder.stat().st_mode) & 0o007 for folder in (config.data, config.pages)] == [0, 0]


def test_a_setting_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    assert given(SECRET_KEY_FILE=str(secret)).secret_key == SECRET


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_may_stand_in_a_file_and_a_missing_file_is_named(name: str) -> None:
    assert f"{PREFIX}{name}_FILE" in refusal(**{f"{name}_FILE": "/no/such/file"})


def test_a_setting_and_its_file_together_are_refused(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("9000")
    assert "STATUSBOTE_PORT" in refusal(PORT="8000", PORT_FILE=str(tmp_path / "port"))


def test_an_empty_value_is_no_value() -> None:
    assert given(PORT="", SMTP_URL=" ").port == 8000


def test_a_misspelt_setting_is_named_and_the_right_ones_are_listed() -> None:
    sentence = refusal(SMPT_URL="smtp://localhost")
    assert "STATUSBOTE_SMPT_URL" in sentence and "STATUSBOTE_SMTP_URL" in sentence


def test_settings_of_other_programs_are_none_of_ours() -> None:
    assert read({"PATH": "/bin", "STATUSBOT": "x"}).port == 8000


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8000.0", "http", "8 000"])
def test_a_port_is_a_number_that_can_be_listened_on(port: str) -> None:
    assert "STATUSBOTE_PORT" in refusal(PORT=port)


@pytest.mark.parametrize(
    "address",
    ["example.org", "ftp://example.org", "https://", "https://example.org/shop", "https://example.org?x=1", "https://example.org/#a",
     "https://ada:secret@example.org", "https://exa mple.org", "https://example.org:port"],
)
def test_a_base_url_is_an_origin(address: str) -> None:
    assert "STATUSBOTE_BASE_URL" in refusal(BASE_URL=address)


@pytest.mark.parametrize(
    ("address", "kept"),
    [("https://status.example.org/", "https://status.example.org"), ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
     ("http://[::1]:8000", "http://[::1]:8000")],
)
def test_a_base_url_is_kept_without_its_slash(address: str, kept: str) -> None:
    assert given(BASE_URL=address).base_url == kept


@pytest.mark.parametrize(
    ("host", "address"), [("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("::1", "[::1]"), ("10.0.0.5", "10.0.0.5")]
)
def test_the_address_follows_the_host_when_none_is_given(host: str, address: str) -> None:
    assert given(HOST=host, PORT="9000").base_url == f"http://{address}:9000"


@pytest.mark.parametrize(
    ("name", "address"),
    [("DATABASE_URL", "mysql://localhost/x"), ("DATABASE_URL", "statusbote.db"), ("QUEUE_URL", "postgresql://localhost/x"),
     ("SMTP_URL", "mail.example.org:587"), ("SMTP_URL", "smtp://mail.example.org:port"), ("SMTP_URL", "smtp://"),
     ("DATABASE_URL", "postgresql://[oops"), ("PAGES_URL", "s3://bucket"), ("QUEUE_URL", "redis://localhost:99999")],
)
def test_an_address_that_cannot_be_used_is_refused(name: str, address: str) -> None:
    assert PREFIX + name in refusal(**{name: address})


@pytest.mark.parametrize(
    ("name", "address"),
    [("DATABASE_URL", "postgresql://ada:p%40ss@db.example.org:5432/statusbote"), ("QUEUE_URL", "rediss://queue.example.org/1"),
     ("SMTP_URL", "smtps://ada:secret@mail.example.org:465"), ("SMTP_URL", "smtp://127.0.0.1:2525")],
)
def test_an_address_that_can_be_used_is_kept(name: str, address: str) -> None:
    assert getattr(given(**{name: address}), name.lower()) == address


def test_no_refusal_repeats_a_password() -> None:
    for name, address in (("SMTP_URL", "http://ada:hunter2@mail"), ("DATABASE_URL", "mysql://ada:hunter2@db"), ("BASE_URL", "ftp://a:hunter2@b")):
        assert "hunter2" not in refusal(**{name: address})


@pytest.mark.parametrize("name", ["DATA", "PAGES_URL"])
def test_a_folder_that_cannot_be_made_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert PREFIX + name in refusal(**{name: str(tmp_path / "file" / "folder")})


def test_pages_may_lie_in_a_folder_elsewhere(tmp_path: Path) -> None:
    assert given(PAGES_URL=f"file://{tmp_path}/shared").pages == tmp_path / "shared"
    assert given(PAGES_URL=str(tmp_path / "mounted")).pages.is_dir()


@pytest.mark.parametrize("path", ["pages", "/", "//"])
def test_the_internal_location_of_nginx_is_a_path(path: str) -> None:
    assert "STATUSBOTE_X_ACCEL" in refusal(X_ACCEL=path)
    assert given(X_ACCEL="/_pages/").x_accel == "/_pages"


def test_a_secret_that_could_be_guessed_is_refused() -> None:
    sentence = refusal(SECRET_KEY="swordfish")
    assert "STATUSBOTE_SECRET_KEY" in sentence and "swordfish" not in sentence
    assert given(SECRET_KEY=SECRET).secret_key == SECRET


@pytest.mark.parametrize(("value", "wanted"), [("", False), ("0", False), ("1", True)])
def test_the_demo_can_be_told_to_stop_after_printing(value: str, wanted: bool) -> None:
    assert given(DEMO_EXIT=value).demo_exit is wanted


def test_https_is_known_by_the_address() -> None:
    assert given(BASE_URL="https://status.example.org").https
