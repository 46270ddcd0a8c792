"""Keeps every rule as it stood after each change, so that the change can be seen and undone."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from core import clock
from core.rows import insert_many
from emails.models import Template
from records.models import Kind
from rules.models import Rule, RuleVersion, templates_of

OWN = ("id", "version", "since", "created_at", "updated_at")  # of the row, not of what the rule says
STANDING = ("on", "fault")  # how the rule stands, which no older version brings back
FOUND = "found"  # a rule as it stood when nothing of it had been kept yet
MOST_DELETED = 500  # looked at to find those of one kind


def begin(rules: Sequence[Rule]) -> None:
    """In the caller's transaction, before rules are changed: count their versions up and keep what never was kept."""
    ids = [rule.id for rule in rules]
    Rule.update(version=Rule.version + 1).where(Rule.id.in_(ids)).execute()
    stored = {rule.id: rule for rule in Rule.select().where(Rule.id.in_(ids))}
    kept = RuleVersion.select(RuleVersion.rule_id).where(RuleVersion.rule_id.in_(ids)).distinct()
    unkept = stored.keys() - {row.rule_id for row in kept}
    _write([_row(stored[key], stored[key].version - 1, stored[key].updated_at, "", FOUND) for key in sorted(unkept)])
    for rule in rules:
        rule.version = stored[rule.id].version if rule.id in stored else rule.version


def keep(rules: Iterable[Rule], how: str, actor: str) -> None:
    """In the caller's transaction, after rules were changed: keep them as they are stored now."""
    ids = [rule.id for rule in rules]
    stored = Rule.select().where(Rule.id.in_(ids)).order_by(Rule.id)
    _write([_row(rule, rule.version, clock.now(), actor, how) for rule in stored])


def history(rule_id: int, before: int, most: int) -> list[RuleVersion]:
    """The last versions of a rule below a number, the latest first."""
    mine = (RuleVersion.rule_id == rule_id) & (RuleVersion.version < before)
    return list(RuleVersion.select().where(mine).order_by(RuleVersion.version.desc()).limit(most))


def found(rule: Rule) -> RuleVersion:
    """A rule that has never been kept, as the only version of itself, unsaved."""
    return RuleVersion(**_named([_row(rule, rule.version, rule.updated_at, "", FOUND)])[0])


def rule_of(kept: RuleVersion) -> Rule:
    """The rule as it stood, unsaved."""
    return fill(Rule(id=kept.rule_id, version=kept.version, on=kept.content["on"], fault=kept.content["fault"]), kept)


def fill(rule: Rule, kept: RuleVersion) -> Rule:
    """Make a rule say what it said then; whether it is switched on stays as it is."""
    for name in Rule._meta.fields:
        if name in kept.content and name not in STANDING:
            setattr(rule, name, kept.content[name])
    return rule


def same(rule: Rule, other: Rule) -> bool:
    """Whether two rules say the same, switched on or not."""
    return all(rule.__data__[name] == other.__data__[name] for name in Rule._meta.fields if name not in (*OWN, *STANDING))


def names_then(kept: RuleVersion) -> dict[int, str]:
    """The names that the templates of a version had then."""
    return {int(key): name for key, name in kept.content.get("templates", {}).items()}


def deleted(kind: Kind, most: int) -> list[RuleVersion]:
    """The last rules of a kind that were deleted, the latest first, each as it stood then."""
    newest = RuleVersion.select(fn.MAX(RuleVersion.id)).group_by(RuleVersion.rule_id)
    gone = (
        RuleVersion.select()
        .join(Rule, JOIN.LEFT_OUTER, on=(Rule.id == RuleVersion.rule_id))
        .where(Rule.id.is_null(), RuleVersion.id.in_(newest))
        .order_by(RuleVersion.id.desc()).limit(MOST_DELETED)
    )
    return [kept for kept in gone if kept.content["kind"] == kind.key][:most]


def _row(rule: Rule, number: int, at: datetime, actor: str, how: str) -> dict[str, Any]:
    content = {name: rule.__data__[name] for name in Rule._meta.fields if name not in OWN}
    return dict(rule_id=rule.id, version=number, at=at, actor=actor, how=how, content=content)


def _write(rows: list[dict[str, Any]]) -> None:
    insert_many(RuleVersion, _named(rows))


def _named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with the names of its templates: a template may be gone when somebody looks."""
    names = {row.id: row.name for row in Template.select(Template.id, Template.name)} if rows else {}
    for row in rows:
        sent = templates_of(row["content"]["recipients"], row["content"]["options"])
        row["content"]["templates"] = {str(key): names[key] for key in sorted(sent & names.keys())}
    return rows
