"""Where published pages lie, and the address their links begin with."""

from pathlib import Path

from core.config import Config

_folder = Path()
_base_url = ""


def bind(config: Config) -> None:
    """Take both from the configuration."""
    global _folder, _base_url
    _folder, _base_url = config.pages, config.base_url


def folder() -> Path:
    """The folder of all pages; no web server serves it by itself."""
    return _folder


def base_url() -> str:
    """Without a slash at its end."""
    return _base_url
