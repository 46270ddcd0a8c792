"""Reads the starter packs and puts one in: kinds, profiles, templates and rules, each once, edits are kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from markupsafe import Markup, escape

from accounts.setup import Starter
from core import i18n, settings
from core.db import transaction
from core.i18n import gettext as _
from records.models import Kind
from rules import words
from rules.models import Rule
from rules.packs import rows
from rules.packs.pack import NoSuchPack, Pack, available, find

__all__ = ["NoSuchPack", "Pack", "Report", "available", "find", "install", "installed", "sentences", "starters"]

KEPT = ("statuses", "fields", "events", "profiles", "templates", "rules", "pages")


@dataclass
class Report:
    """What an installation put in, by name; `on`: the rules among it that are switched on; `kept` counts what was there."""

    pack: str
    statuses: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)  # further fields and events of kinds
    profiles: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    on: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)  # settings for status files
    kept: int = 0

    def __str__(self) -> str:
        many = {"statuses": self.statuses, "details": self.details, "templates": self.templates, "rules": self.rules}
        many["page settings"] = self.pages
        new = ", ".join(f"{len(names)} {what}" for what, names in many.items() if names)
        return f"{self.pack}: {f'put in {new}.' if new else 'everything was there already.'}"


def starters() -> list[Starter]:
    """The packs as the first start offers them."""
    found = [(pack.name, pack.words) for pack in available()]
    return [Starter(name, words["title"], words["about"], words["icon"], install) for name, words in found]


def installed(name: str) -> bool:
    return bool(settings.get(f"pack:{name}"))


def sentences(pack: Pack) -> list[Markup]:
    """What the rules of a pack say."""
    numbers = {said["key"]: n for n, said in enumerate(pack.words["template"])}
    names = words.Names(
        templates={n: i18n.pick(said["name"]) for n, said in enumerate(pack.words["template"])},
        profiles={said["key"]: i18n.pick(said["name"]) for said in pack.words["profile"]},
    )
    kinds = {kind.key: kind for kind in Kind.select()}
    kinds |= {said["key"]: rows.filled_kind(said)[0] or Kind(**said) for said in pack.words["kind"]}
    rules = [rows.unsaved_rule(said, numbers, kinds[said["kind"]]) for said in pack.words["rule"]]
    return [words.sentence(rule, names) + (escape("") if rule.on else _off(rule)) for rule in rules]


def _off(rule: Rule) -> Markup:
    gateway = rule.channel == "sms" and not rule.sender_id
    said = _("switched off until an SMS gateway is connected") if gateway else _("switched off at first")
    return Markup(' <span class="soft">({})</span>').format(said)


def install(name: str, actor: str = "worker") -> Report:
    """Put a pack in; a second time changes nothing, and what an admin has changed or deleted since stays so."""
    pack, report = find(name), Report(name)
    with transaction():
        known = {**{part: {} for part in KEPT}, **settings.get(f"pack:{name}")}
        for said in pack.words["kind"]:
            added = rows.put_kind(said, known)
            report.statuses += added["statuses"]
            report.details += added["fields"] + added["events"]
        for said in pack.words["profile"]:
            _once(said, known["profiles"], report, partial(_profile, said, report))
        for said in pack.words["template"]:
            _once(said, known["templates"], report, partial(_template, said, pack, report))
        for said in pack.words["rule"]:
            _once(said, known["rules"], report, partial(_rule, said, known["templates"], actor, report))
        for said in pack.words["page"]:
            _once(said, known["pages"], report, partial(_page, said, actor, report))
        settings.put(f"pack:{name}", known)
    return report


def _once(said: dict[str, Any], known: dict[str, Any], report: Report, put: Callable[[], Any]) -> None:
    if said["key"] in known:
        report.kept += 1
    else:
        known[said["key"]] = put()


def _profile(said: dict[str, Any], report: Report) -> str:
    report.profiles.append(rows.put_profile(said))
    return str(said["key"])


def _page(said: dict[str, Any], actor: str, report: Report) -> str:
    report.pages += rows.put_page(said, actor)
    return str(said["key"])


def _template(said: dict[str, Any], pack: Pack, report: Report) -> int:
    template = rows.put_template(said, pack)
    report.templates.append(template.name)
    return int(template.id)


def _rule(said: dict[str, Any], templates: dict[str, int], actor: str, report: Report) -> int:
    rule = rows.put_rule(said, templates, actor)
    report.rules.append(rule.name)
    report.on += [rule.name] if rule.on else []
    return int(rule.id)
