"""Configuration, read once from the environment; wrong values are refused with a sentence."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from core import bucket
from core.bucket import Bucket

PREFIX, S3 = "STATUSBOTE_", "s3://"
SETTINGS = (
    "DATA",
    "DATABASE_URL",
    "QUEUE_URL",
    "BASE_URL",
    "HOST",
    "PORT",
    "SMTP_URL",
    "PAGES_URL",
    "X_ACCEL",
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
    bucket: Bucket | None
    x_accel: str
    secret_key: str | None
    demo_exit: bool

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def domain(self) -> str:
        """The name this house goes by among mail servers."""
        return urlsplit(self.base_url).hostname or "localhost"


def read(environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration in `environ`; raises ConfigError naming the setting that is wrong."""
    unknown = [name for name in environ if name.startswith(PREFIX) and not _known(name)]
    if unknown:
        raise ConfigError(f"{unknown[0]} is not a setting. There are: {', '.join(PREFIX + s for s in SETTINGS)}.")

    def get(name: str, default: str = "") -> str:
        return _value(environ, name) or default

    data = _folder("DATA", get("DATA", "data"))
    host, port = get("HOST", "127.0.0.1"), _port(get("PORT", "8000"))
    return Config(
        data=data,
        database_url=_url("DATABASE_URL", get("DATABASE_URL", f"sqlite:///{data / 'statusbote.db'}"), "sqlite postgresql"),
        queue_url=_url("QUEUE_URL", get("QUEUE_URL", f"sqlite:///{data / 'queue.db'}"), "sqlite redis rediss"),
        base_url=_base(get("BASE_URL", f"http://{_reachable(host)}:{port}")),
        host=host,
        port=port,
        smtp_url=_url("SMTP_URL", get("SMTP_URL"), "smtp smtps"),
        pages=_pages(get("PAGES_URL"), data),
        bucket=_bucket(get("PAGES_URL"), environ),
        x_accel=_location(get("X_ACCEL")),
        secret_key=_secret(get("SECRET_KEY")),
        demo_exit=get("DEMO_EXIT") not in ("", "0"),
    )


def _known(name: str) -> bool:
    return name.removeprefix(PREFIX).removesuffix("_FILE") in SETTINGS


def _value(environ: Mapping[str, str], name: str) -> str:
    value, path = environ.get(PREFIX + name, "").strip(), environ.get(f"{PREFIX}{name}_FILE")
    if not path:
        return value
    if value:
        raise ConfigError(f"{PREFIX}{name} and {PREFIX}{name}_FILE are both given; which one is meant?")
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigError(f"{PREFIX}{name}_FILE names a file that cannot be read: {reason}.") from error


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ConfigError(f"STATUSBOTE_PORT must be a number from 1 to 65535, not “{text}”.")
    return int(text)


def _url(name: str, url: str, schemes: str) -> str:
    if not url:
        return url
    parts = _parts(url)
    if parts is None or parts.scheme not in schemes.split():
        wanted = " or ".join(f"{scheme}://" for scheme in schemes.split())
        raise ConfigError(f"{PREFIX}{name} must be an address that begins with {wanted}.")
    if parts.scheme.startswith("smtp") and not parts.hostname:
        raise ConfigError(f"{PREFIX}{name} names no mail server.")
    return url


def _parts(url: str) -> SplitResult | None:
    """The parts of an address; None for one that makes no sense."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 and " " not in parts.netloc else None
    except ValueError:
        return None


def _base(url: str) -> str:
    parts = _parts(url)
    origin = f"{parts.scheme}://{parts.netloc}" if parts and parts.scheme in ("http", "https") and parts.hostname else ""
    if not origin or "@" in origin or url.rstrip("/") != origin:
        raise ConfigError("STATUSBOTE_BASE_URL must be an address without a path, such as https://status.example.org.")
    return origin


def _pages(url: str, data: Path) -> Path:
    """The folder of the pages; beside object storage that of their copies on this machine."""
    if "://" in url and not url.startswith(("file://", S3)):
        raise ConfigError("STATUSBOTE_PAGES_URL must be a folder, or object storage such as s3://bucket/prefix.")
    return _folder("PAGES_URL", str(data / "pages") if not url or url.startswith(S3) else url.removeprefix("file://"))


def _bucket(url: str, environ: Mapping[str, str]) -> Bucket | None:
    try:
        return bucket.read(url, environ) if url.startswith(S3) else None
    except ValueError as error:
        raise ConfigError(f"STATUSBOTE_PAGES_URL {error}.") from error


def _folder(name: str, path: str) -> Path:
    """That folder, made where it is missing; strangers on this machine cannot look inside."""
    folder = Path(path).absolute()
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{PREFIX}{name} names a folder that cannot be made: {error.strerror}.") from error
    return folder


def _location(path: str) -> str:
    if path and not (path.startswith("/") and path.strip("/")):
        raise ConfigError("STATUSBOTE_X_ACCEL must be the path of nginx’s internal location, such as /_pages.")
    return path.rstrip("/")


def _secret(text: str) -> str | None:
    if text and len(text) < 32:
        raise ConfigError("STATUSBOTE_SECRET_KEY must have at least 32 characters; without it a good one is made.")
    return text or None


def _reachable(host: str) -> str:
    """Where a browser on this machine finds what listens on `host`."""
    if host in ("", "0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
