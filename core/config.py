"""Configuration, read once from the environment; wrong values are refused with a sentence."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "STATUSBOTE_"
SETTINGS = (
    "DATA",
    "DATABASE_URL",
    "QUEUE_URL",
    "BASE_URL",
    "HOST",
    "PORT",
    "SMTP_URL",
    "PAGES_URL",
    "SECRET_KEY",
    "DEMO_EXIT",
)


class ConfigError(Exception):
    """A setting that cannot be used; its text is the sentence to show."""


@dataclass(frozen=True)
class Config:
    """Where things are. `data` is a folder that exists; URLs are never empty but `smtp_url`."""

    data: Path
    database_url: str
    queue_url: str
    base_url: str
    host: str
    port: int
    smtp_url: str
    pages: Path
    secret_key: str | None
    demo_exit: bool

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")


def read(environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration in `environ`; raises ConfigError naming the setting that is wrong."""
    unknown = [name for name in environ if name.startswith(PREFIX) and not _known(name)]
    if unknown:
        raise ConfigError(f"{unknown[0]} is not a setting. There are: {', '.join(PREFIX + s for s in SETTINGS)}.")

    def get(name: str, default: str = "") -> str:
        return _value(environ, name) or default

    data = Path(get("DATA", "data")).absolute()
    data.mkdir(parents=True, exist_ok=True)
    host, port = get("HOST", "127.0.0.1"), _port(get("PORT", "8000"))
    return Config(
        data=data,
        database_url=_url("DATABASE_URL", get("DATABASE_URL", f"sqlite:///{data / 'statusbote.db'}"), "sqlite postgresql"),
        queue_url=_url("QUEUE_URL", get("QUEUE_URL", f"sqlite:///{data / 'queue.db'}"), "sqlite redis rediss"),
        base_url=_base(get("BASE_URL", f"http://{_reachable(host)}:{port}")),
        host=host,
        port=port,
        smtp_url=_url("SMTP_URL", get("SMTP_URL"), "smtp smtps"),
        pages=_folder(get("PAGES_URL"), data / "pages"),
        secret_key=get("SECRET_KEY") or None,
        demo_exit=get("DEMO_EXIT") not in ("", "0"),
    )


def _known(name: str) -> bool:
    return name.removeprefix(PREFIX).removesuffix("_FILE") in SETTINGS


def _value(environ: Mapping[str, str], name: str) -> str:
    path = environ.get(f"{PREFIX}{name}_FILE")
    if not path:
        return environ.get(PREFIX + name, "").strip()
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ConfigError(f"{PREFIX}{name}_FILE names a file that cannot be read: {error.strerror}.") from error


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ConfigError(f"STATUSBOTE_PORT must be a number from 1 to 65535, not “{text}”.")
    return int(text)


def _url(name: str, url: str, schemes: str) -> str:
    if url and urlsplit(url).scheme not in schemes.split():
        wanted = " or ".join(f"{scheme}://" for scheme in schemes.split())
        raise ConfigError(f"{PREFIX}{name} must begin with {wanted}.")
    return url


def _base(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
        raise ConfigError("STATUSBOTE_BASE_URL must be an address without a path, such as https://status.example.org.")
    return url.rstrip("/")


def _folder(url: str, default: Path) -> Path:
    if "://" in url and not url.startswith("file://"):
        raise ConfigError("STATUSBOTE_PAGES_URL must be a folder; shared storage for several machines is mounted there.")
    folder = Path(url.removeprefix("file://")).absolute() if url else default
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("", "0.0.0.0", "::") else host
