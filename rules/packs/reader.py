"""Reads the starter packs and puts one in: statuses, templates and rules, each once, edits are kept."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

from accounts.setup import Starter
from core import clock, i18n, journal, settings
from core.db import transaction
from core.i18n import gettext as _
from emails.models import Template
from records import kinds
from records.models import Kind
from rules import versions, words
from rules.models import Rule

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


@dataclass
class Report:
    """What an installation put in, by name; `kept` counts what had been put in before."""

    pack: str
    statuses: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    kept: int = 0

    def __str__(self) -> str:
        new = f"{len(self.statuses)} statuses, {len(self.templates)} templates and {len(self.rules)} rules were put in."
        return f"{self.pack}: {new if self.statuses or self.templates or self.rules else 'everything was there already.'}"


def available() -> list[Pack]:
    """All packs, by name."""
    return [_read(file.parent) for file in sorted(FOLDER.glob("*/pack.toml"))]


def starters() -> list[Starter]:
    """The packs as the first start offers them."""
    found = [(pack.name, pack.words) for pack in available()]
    return [Starter(name, words["title"], words["about"], words["icon"], install) for name, words in found]


def find(name: str) -> Pack:
    """The pack of that name; raises NoSuchPack."""
    packs = {pack.name: pack for pack in available()}
    if name not in packs:
        raise NoSuchPack(_("There is no pack “%(name)s”; there are: %(known)s.", name=name, known=", ".join(packs)))
    return packs[name]


def installed(name: str) -> bool:
    return bool(settings.get(f"pack:{name}"))


def sentences(pack: Pack) -> list[Markup]:
    """What the rules of a pack say."""
    keys = [said["key"] for said in pack.words["template"]]
    names = words.Names(templates={n: i18n.pick(said["name"]) for n, said in enumerate(pack.words["template"])})
    return [
        words.sentence(_unsaved(said, {key: n for n, key in enumerate(keys)}, Kind.get(Kind.key == said["kind"])), names)
        for said in pack.words["rule"]
    ]


def install(name: str, actor: str = "worker") -> Report:
    """Put a pack in; a second time changes nothing, and what an admin has changed or deleted since stays so."""
    pack, report = find(name), Report(name)
    with transaction():
        known = {"statuses": {}, "templates": {}, "rules": {}, **settings.get(f"pack:{name}")}
        for said in pack.words["kind"]:
            _put_statuses(said, known["statuses"], report)
        for said in pack.words["template"]:
            _put(said, known["templates"], report, report.templates, lambda said=said: _template(said, pack))
        for said in pack.words["rule"]:
            _put(said, known["rules"], report, report.rules, lambda said=said: _rule(said, known["templates"], actor))
        settings.put(f"pack:{name}", known)
    return report


def _put(said: dict[str, Any], known: dict[str, int], report: Report, names: list[str], make: Any) -> None:
    if said["key"] in known:
        report.kept += 1
    else:
        made = make()
        known[said["key"]] = made.id
        names.append(made.name)


def _put_statuses(said: dict[str, Any], known: dict[str, list[str]], report: Report) -> None:
    """A kind still as it was shipped takes the pack's statuses; one that an admin has changed only gets those it lacks."""
    kind = Kind.get(Kind.key == said["key"])
    if said["key"] in known:
        report.kept += len(said["statuses"])
        return
    shipped = next((row["statuses"] for row in kinds.shipped() if row["key"] == kind.key), None)
    has = {status["key"] for status in kind.statuses}
    lacking = [status for status in said["statuses"] if status["key"] not in has]
    kind.statuses = said["statuses"] if kind.statuses == shipped else kind.statuses + lacking
    kind.save()
    known[kind.key] = [status["key"] for status in said["statuses"]]
    report.statuses += [i18n.pick(status["labels"]) for status in said["statuses"]]


def _template(said: dict[str, Any], pack: Pack) -> Template:
    return Template.create(
        name=_in_company_language(said["name"]), kind_id=said["kind"], texts=pack.texts[said["key"]], updated_at=clock.now()
    )


def _rule(said: dict[str, Any], templates: dict[str, int], actor: str) -> Rule:
    rule = _unsaved(said, templates, Kind.get(Kind.key == said["kind"]))
    rule.name, rule.on = _in_company_language(said["name"]), True
    rule.since = rule.created_at = rule.updated_at = clock.now()
    rule.save()
    versions.keep([rule], "created", actor)
    journal.record("rule.changed", None, actor, rule=rule.id, how="created")
    return rule


def _unsaved(said: dict[str, Any], templates: dict[str, int], kind: Kind) -> Rule:
    recipients = [{"address": "", **one, "template": templates[one["template"]]} for one in said["recipients"]]
    return Rule(kind=kind, trigger=said["trigger"], options=said.get("options", {}), recipients=recipients)


def _in_company_language(words: dict[str, str]) -> str:
    with i18n.speaking(settings.get("company").get("language") or "de"):
        return i18n.pick(words)


def _read(folder: Path) -> Pack:
    words = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))
    texts: dict[str, dict[str, dict[str, str]]] = {}
    for said in words["template"]:
        files = sorted((folder / "templates").glob(f"{said['key']}.*.md"))
        texts[said["key"]] = {file.suffixes[-2].lstrip("."): _text(file) for file in files}
    return Pack(folder.name, words, texts)


def _text(file: Path) -> dict[str, str]:
    """A text with its subject in front: `---`, `subject: …`, `---`, then the body."""
    _start, head, body = file.read_text(encoding="utf-8").split("---\n", 2)
    return {"subject": head.removeprefix("subject:").strip(), "body": body.strip()}
