"""Where published pages lie, and the address their links begin with."""

from pathlib import Path

from core.bucket import Bucket
from core.config import Config

_folder = Path()
_bucket: Bucket | None = None
_base_url = ""


def bind(config: Config) -> None:
    """Take both from the configuration."""
    global _folder, _bucket, _base_url
    _folder, _bucket, _base_url = config.pages, config.bucket, config.base_url


def folder() -> Path:
    """The folder of all pages; no web server serves it by itself."""
    return _folder


def bucket() -> Bucket | None:
    """The object storage in which all of them lie, where there is one; the folder then holds copies."""
    return _bucket


def base_url() -> str:
    """Without a slash at its end."""
    return _base_url
