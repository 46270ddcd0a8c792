"""A starter pack as a folder of readable files: what it is called, and the words that kinds, texts and rules are made of."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import i18n
from core.i18n import gettext as _

FOLDER = Path(__file__).parent


class NoSuchPack(ValueError):
    """There is no pack of that name; the text is a sentence that names those there are."""


@dataclass(frozen=True)
class Pack:
    """One folder: `words` is its pack.toml, `texts` its templates' texts by key and language."""

    name: str
    words: dict[str, Any]
    texts: dict[str, dict[str, dict[str, str]]]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        return i18n.pick(self.words["title"])

    @property
    def about(self) -> str:
        return i18n.pick(self.words["about"])


def available() -> list[Pack]:
    """All packs, in the order they name themselves."""
    packs = [_read(file.parent) for file in FOLDER.glob("*/pack.toml")]
    return sorted(packs, key=lambda pack: (pack.words["position"], pack.name))


def find(name: str) -> Pack:
    """The pack of that name; raises NoSuchPack."""
    packs = {pack.name: pack for pack in available()}
    if name not in packs:
        raise NoSuchPack(_("There is no pack “%(name)s”; there are: %(known)s.", name=name, known=", ".join(packs)))
    return packs[name]


def _read(folder: Path) -> Pack:
    words = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))
    texts: dict[str, dict[str, dict[str, str]]] = {}
    for said in words["template"]:
        files = sorted((folder / "templates").glob(f"{said['key']}.*.md"))
        texts[said["key"]] = {file.suffixes[-2].lstrip("."): _text(file) for file in files}
    return Pack(folder.name, {"profile": [], "page": [], **words}, texts)


def _text(file: Path) -> dict[str, str]:
    """A text: `---`, `subject: …` and `sms: …` as far as there are any, `---`, then the body."""
    _start, head, body = file.read_text(encoding="utf-8").split("---\n", 2)
    said = {name: text.strip() for name, _colon, text in (line.partition(":") for line in head.splitlines())}
    return {"subject": "", "body": body.strip(), **said}
