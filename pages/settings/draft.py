"""Settings of a status page while somebody shapes them: read from the form, moved, put back, judged before they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from core import i18n
from core.i18n import gettext as _
from pages import actions, policies
from pages.blocks import BLOCKS
from pages.blocks.contract import AREAS
from pages.settings import current, sheet, store, texts
from pages.settings.sheet import PARTS, TEXTS, Content
from records.models import Kind

LONGEST = 300  # characters of a next step in one's own words
Form = MultiDict[str, str]


@dataclass
class Draft:
    """What stands in the form: each part of a kind's pages, or of those in one `status`; `version` is what it began with."""

    kind: Kind
    status: str
    content: Content
    version: int

    @property
    def above(self) -> Content:
        """What holds where this one says nothing of its own."""
        return current.content(self.kind.key, "") if self.status else {}

    @property
    def own(self) -> Content:
        """The parts that differ from that."""
        return sheet.own(self.content, self.above, self.kind)

    @property
    def sheet(self) -> sheet.Sheet:
        """What pages would be set to, without the texts that are wrong as yet."""
        wrong = self.faults()
        said = {part: self.content.get(part, {}) for part in TEXTS}
        sound = {
            part: {language: source for language, source in words.items() if f"{part}.{language}" not in wrong}
            for part, words in said.items()
        }
        return sheet.of({**self.content, **sound})

    @property
    def areas(self) -> dict[str, list[str]]:
        return sheet.placed(self.content.get("blocks", {}))

    @property
    def action(self) -> Content:
        return dict(self.content.get("action", {}))

    def shows(self, key: str) -> bool:
        return key not in sheet.hidden_of(self.content.get("blocks", {}))

    def chosen(self, key: str, option: str) -> bool:
        said = self.content.get("blocks", {}).get("options", {}).get(key, {})
        return bool({**sheet.standard(BLOCKS[key], self.kind), **said}[option])

    def lacks(self, language: str) -> str:
        """What is said of a language in which there is less than in another."""
        found = [part for part in TEXTS if self.content.get(part) and not self.content[part].get(language)]
        missing = {"de": _("missing in German"), "en": _("missing in English")}
        return missing[language] if found else ""

    def back(self, part: str) -> None:
        """Say of a part what is said above, until it is saved."""
        self.content = {**self.content, part: self.above.get(part, {})} if part in PARTS else self.content

    def move(self, key: str, step: int) -> None:
        """A block one place up (-1) or down (1), over the edge of its area into the next one; the first stays the first."""
        blocks = self.content.get("blocks", {})
        areas = sheet.placed(blocks)
        self.content = {**self.content, "blocks": {**blocks, "areas": _moved(areas, key, step)}}

    def faults(self) -> dict[str, str]:
        """A sentence for each field that is wrong."""
        found = {
            f"{part}.{language}": texts.writer().fault(source, self.kind, part != "headline")
            for part in TEXTS for language, source in self.content.get(part, {}).items() if source
        }
        action = self.action
        if action.get("key") == actions.OWN and not any(action.get("words", {}).values()):
            found["words.de"] = _("Please say in your own words what is to be done, or choose another next step.")
        for language, words in action.get("words", {}).items():
            if len(words) > LONGEST:
                found[f"words.{language}"] = _("Please use at most %(n)s characters.", n=LONGEST)
        return {field: sentence for field, sentence in found.items() if sentence}


def of(kind: Kind, status: str) -> Draft:
    """A draft of what holds now."""
    own = current.content(kind.key, status)
    above = current.content(kind.key, "") if status else {}
    return Draft(kind, status, sheet.merged(above, own), store.setting(kind.key, status).version)


def read(form: Form, kind: Kind, status: str) -> Draft:
    """A draft as it was shaped."""
    content = {
        **{part: _words(form, part) for part in TEXTS}, "action": _action(form), "blocks": _blocks(form, kind),
        "link": current.content(kind.key, "").get("link", {}) if status else _link(form),
    }
    version = form.get("version", "0")
    return Draft(kind, status, content, int(version) if version.isdecimal() and len(version) < 10 else 0)


def language(form: Mapping[str, str]) -> str:
    """The language of the tab that is open."""
    asked = form.get("language", "")
    return asked if asked in i18n.LANGUAGES else i18n.current()


def _action(form: Form) -> Content:
    key = form.get("action", "")
    if key == actions.OWN:
        return {"key": key, "words": _words(form, "words")}
    return {"key": key} if key in actions.ACTIONS and key else {}


def _link(form: Form) -> Content:
    """How often links open; the same in every status, because a link is to the record."""
    policy = form.get("policy", policies.ONCE)
    return {"policy": policy} if policy in policies.POLICIES and policy != policies.ONCE else {}


def _words(form: Form, name: str) -> dict[str, str]:
    typed = {key: form.get(f"{name}.{key}", "").replace("\r\n", "\n").strip() for key in i18n.LANGUAGES}
    return {key: words for key, words in typed.items() if words}


def _blocks(form: Form, kind: Kind) -> Content:
    """`block` names area and block in their order; a box not ticked says nothing, so the list tells what was asked."""
    areas: dict[str, list[str]] = {area: [] for area in AREAS}
    listed: list[str] = []
    for place in form.getlist("block"):
        area, _colon, key = place.partition(":")
        if area in areas and key in BLOCKS and key not in listed:
            areas[area].append(key)
            listed.append(key)
    shown = set(form.getlist("show"))
    hidden = [key for key in listed if key not in shown and not BLOCKS[key].fixed]
    ticked = set(form.getlist("option"))
    options: dict[str, Any] = {}
    for key in listed:
        said = {option.key: f"{key}.{option.key}" in ticked for option in BLOCKS[key].offered(kind)}
        different = {name: on for name, on in said.items() if on != sheet.standard(BLOCKS[key], kind)[name]}
        if different:
            options[key] = different
    usual = sheet.placed({}) == sheet.placed({"areas": areas})
    found = {"areas": {} if usual else areas, "hidden": hidden, "options": options}
    return {name: value for name, value in found.items() if value}


def _moved(areas: dict[str, list[str]], key: str, step: int) -> dict[str, list[str]]:
    """In one row of blocks and the edges between areas, the block changes places with its neighbour."""
    row = [place for area in AREAS for place in (None, *areas[area])][1:]  # None: the edge to the next area
    if key in row and 0 < row.index(key) + step < len(row):
        here = row.index(key)
        row[here], row[here + step] = row[here + step], row[here]
    moved: dict[str, list[str]] = {area: [] for area in AREAS}
    rest = iter(AREAS)
    area = next(rest)
    for place in row:
        if place is None:
            area = next(rest)
        else:
            moved[area].append(place)
    return moved
