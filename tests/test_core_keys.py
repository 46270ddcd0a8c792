"""The secret: made once, kept by its owner only, and the source of keys that tell nothing about each other."""

import hashlib
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core import keys
from core.config import ConfigError

SECRET = "0123456789abcdef0123456789abcdef"


def test_the_first_start_makes_a_secret_that_only_its_owner_reads(tmp_path: Path) -> None:
    keys.open_secret(None, tmp_path)
    file = tmp_path / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text()) == 64
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_the_next_start_finds_the_same_secret(tmp_path: Path) -> None:
    keys.open_secret(None, tmp_path)
    first = keys.derive("session")
    keys.open_secret(None, tmp_path)
    assert keys.derive("session") == first


def test_two_houses_have_different_secrets(tmp_path: Path) -> None:
    found = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        keys.open_secret(None, tmp_path / name)
        found.add(keys.derive("session"))
    assert len(found) == 2


def test_a_configured_secret_leaves_no_file(tmp_path: Path) -> None:
    keys.open_secret(SECRET, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert len(keys.derive("session")) == 32
    assert keys.derive("session") != keys.derive("link")


def test_processes_starting_together_agree_on_one_secret(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from core import keys; "
        "keys.open_secret(None, Path(sys.argv[1])); print(keys.derive('x').hex())"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    starts = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    said = {start.communicate(timeout=60)[0] for start in starts}
    assert len(said) == 1 and said != {""}


def test_a_secret_half_written_by_a_crash_is_never_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", crash)
    with pytest.raises(OSError, match="disk full"):
        keys.open_secret(None, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch()
    with pytest.raises(ConfigError, match="secret.key"):
        keys.open_secret(None, tmp_path)


def test_base_62_has_the_length_asked_for() -> None:
    assert keys.base62(0, 3) == "000"
    assert keys.base62(61, 1) == "z"
    assert keys.base62(62, 3) == "010"
    assert {len(keys.random62(22)) for _ in range(50)} == {22}
    assert len({keys.random62(22) for _ in range(500)}) == 500


def test_a_fingerprint_is_the_sha_256() -> None:
    assert keys.fingerprint("äb") == hashlib.sha256("äb".encode()).hexdigest()
