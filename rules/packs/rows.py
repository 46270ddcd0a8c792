"""Makes rows of what a pack says: kinds with their statuses, fields and events, profiles, templates, rules, pages."""

from typing import Any

from core import clock, i18n, journal, settings
from emails.models import Template
from outbox.senders import senders
from pages.settings import store
from records import kinds
from records.models import Kind, Profile
from rules import versions
from rules.models import Rule
from rules.packs.pack import Pack

Words = dict[str, Any]
PARTS = ("statuses", "fields", "events")
COLUMNS = ("options", "conditions", "delay", "hours", "profile", "release", "channel")  # of a rule, as a pack may say them


def put_kind(said: Words, known: Words) -> dict[str, list[str]]:
    """Make the kind, or add what it lacks; what was added is given back by its labels: statuses, fields, events.

    `known` remembers by part and kind what came with the pack before: what an admin has taken away since stays away. A kind
    still as it was shipped takes the pack's statuses for its own.
    """
    kinds.check(said)
    before = {part: list(known[part].get(said["key"], ())) for part in PARTS}
    kind, added = filled_kind(said, before)
    if kind is None:
        kind = kinds.create(said)
    else:
        kind.save()
    for part in PARTS:
        if part in said:
            known[part][kind.key] = list(dict.fromkeys([*before[part], *(one["key"] for one in said[part])]))
    return {part: [i18n.pick(one["labels"]) for one in found] for part, found in added.items()}


def filled_kind(said: Words, before: dict[str, list[str]] | None = None) -> tuple[Kind | None, dict[str, list[Words]]]:
    """The kind there is with what it lacks of the pack, unsaved, and what that is; None and everything for a new one."""
    kind = Kind.get_or_none(Kind.key == said["key"])
    if kind is None:
        return None, {part: said.get(part, []) for part in PARTS}
    return kind, {part: _added(kind, said.get(part, []), part, (before or {}).get(part, [])) for part in PARTS}


def put_profile(said: Words) -> str:
    """The profile, unless one of that key is there already; its key."""
    words = {"name": in_company_language(said["name"]), "about": in_company_language(said["about"])}
    Profile.get_or_create(key=said["key"], defaults={**words, "position": Profile.select().count()})
    return words["name"]


def put_template(said: Words, pack: Pack) -> Template:
    return Template.create(
        name=in_company_language(said["name"]), kind_id=said["kind"], texts=pack.texts[said["key"]],
        advertising=said.get("advertising", False), updated_at=clock.now(),
    )


def put_rule(said: Words, templates: dict[str, int], actor: str) -> Rule:
    """The rule, switched on unless the pack says otherwise or its SMS have no gateway; `templates`: key → id."""
    rule = unsaved_rule(said, templates, Kind.get(Kind.key == said["kind"]))
    rule.name = in_company_language(said["name"])
    rule.since = rule.created_at = rule.updated_at = clock.now()
    rule.save()
    versions.keep([rule], "created", actor)
    journal.record("rule.changed", None, actor, rule=rule.id, how="created")
    return rule


def put_page(said: Words, actor: str) -> list[str]:
    """Settings for status files, unless somebody has set that already; what was set, by its label."""
    kind, status = Kind.get(Kind.key == said["kind"]), said.get("status", "")
    if store.setting(kind.key, status).version:
        return []
    store.save(kind.key, status, page_content(said), 0, actor, "pack")
    return [kind.status_label(status) if status else kind.label("many")]


def page_content(said: Words) -> Words:
    """The parts of a page that a pack speaks of, as they are kept."""
    content: Words = {part: said[part] for part in ("headline", "text", "terms", "blocks") if part in said}
    if "action" in said:
        content["action"] = {"key": said["action"]}
    return content


def unsaved_rule(said: Words, templates: dict[str, int], kind: Kind) -> Rule:
    recipients = [{"address": "", **one, "template": templates[one["template"]]} for one in said["recipients"]]
    columns = {name: said[name] for name in COLUMNS if name in said}
    rule = Rule(kind=kind, trigger=said["trigger"], recipients=recipients, on=said.get("on", True), **columns)
    if rule.channel == "sms":
        rule.sender_id = senders.any_gateway()
        rule.on = rule.on and rule.sender_id is not None
    if "steps" in rule.options:
        rule.options = {**rule.options, "steps": [_step(step, templates) for step in rule.options["steps"]]}
    return rule


def in_company_language(words: dict[str, str]) -> str:
    with i18n.speaking(settings.get("company").get("language") or "de"):
        return i18n.pick(words)


def _step(said: Words, templates: dict[str, int]) -> Words:
    return {"at": "", **said, "template": templates[said["template"]] if said.get("template") else 0}


def _added(kind: Kind, said: list[Words], part: str, before: list[str]) -> list[Words]:
    """Add to that part of a kind what it lacks and never got from here; what was added."""
    mine = getattr(kind, part)
    if part == "statuses" and said and not before and mine == _shipped(kind.key):
        kind.statuses = said
        return said
    has = {one["key"] for one in mine}
    lacking = [one for one in said if one["key"] not in has and one["key"] not in before]
    setattr(kind, part, mine + lacking)
    return lacking


def _shipped(key: str) -> list[Words] | None:
    return next((row["statuses"] for row in kinds.shipped() if row["key"] == key), None)
