"""The history of a rule, and the rules that were deleted: what changed, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from accounts.access import admin_only, signed_in
from core import i18n
from core.i18n import N_
from core.i18n import gettext as _
from records import actors, kinds, zones
from records.models import Kind
from rules import versions, words
from rules.builder import saving
from rules.history import differences, restoring
from rules.history.differences import Difference
from rules.models import Rule, RuleVersion
from rules.words import Names

Answer = str | Response | tuple[str, int]
PAGE = 30  # versions shown at once
DELETED = 20
HOW = {
    "created": N_("Written"),
    "edited": N_("Changed"),
    "bulk": N_("Changed together with others"),
    "faulty": N_("Switched off by itself"),
    "restored": N_("Version %(version)s put back"),
    "deleted": N_("Deleted"),
    "returned": N_("Brought back after it had been deleted"),
    versions.FOUND: N_("As it stood before versions were kept"),
}

bp = Blueprint("history", __name__, template_folder="../templates", url_prefix="/rules")


@dataclass(frozen=True)
class Line:
    """A version as the history tells it; `same`: it says what the rule says now."""

    kept: RuleVersion
    what: str
    who: str
    at: str
    sentence: Markup
    changes: list[Difference]
    same: bool = False


@bp.get("/<int:key>/history")
@signed_in
def show(key: int) -> Answer:
    return _page(key)


@bp.post("/<int:key>/history/<int:version>")
@admin_only
def restore(key: int, version: int) -> Answer:
    """Put that version back as a new one."""
    rule, kept = Rule.get_or_none(Rule.id == key) or abort(404), _kept(key, version)
    sentence = restoring.refusal(kept, _read(kept, _kinds()))
    if sentence:
        flash(sentence, "error")
        return _page(key), 422
    saving.restore(kept, rule, current_user.actor)
    flash(_("Version %(version)s of “%(name)s” is back.", version=version, name=rule.name))
    return redirect(url_for("history.show", key=key))


@bp.get("/deleted")
@signed_in
def deleted() -> str:
    """The last deleted rules of a kind."""
    return _deleted(_kind(request.args.get("kind")))


@bp.post("/<int:key>/back")
@admin_only
def bring_back(key: int) -> Answer:
    """Bring a deleted rule back, switched off."""
    if Rule.get_or_none(Rule.id == key):
        return redirect(url_for("rule.show", key=key))
    kept = next(iter(versions.history(key, versions.NEWEST, 1)), None) or abort(404)
    sentence = restoring.refusal(kept, _read(kept, _kinds()))
    if sentence:
        flash(sentence, "error")
        return _deleted(_kind(kept.content["kind"])), 422
    rule = saving.bring_back(kept, current_user.actor)
    flash(_("“%(name)s” is back, switched off.", name=rule.name))
    return redirect(url_for("rules.index", kind=rule.kind_id))


def _page(key: int) -> str:
    rule = Rule.get_or_none(Rule.id == key)
    start = min(max(request.args.get("before", versions.NEWEST, type=int), 0), versions.NEWEST)
    found = versions.history(key, start, PAGE + 1) or ([versions.found(rule)] if rule else [])
    if not found:
        abort(404)
    now = rule or _read(found[0], _kinds())
    more = found[PAGE - 1].version if len(found) > PAGE else None
    lines = _lines(found, now)[:PAGE]
    return render_template("rules/history.html", rule=rule, now=now, kind=now.kind, lines=lines, more=more)


def _deleted(kind: Kind) -> str:
    lines = [line for kept in versions.deleted(kind, DELETED) for line in _lines([kept])]
    return render_template("rules/deleted.html", kind=kind, kinds=kinds.everyone(), lines=lines)


def _lines(found: Sequence[RuleVersion], now: Rule | None = None) -> list[Line]:
    """Versions, the latest first, each with what it changed of the next in the list, the one before it."""
    said, who, known = words.names(), actors.names(kept.actor for kept in found), _kinds()
    for kept in found:
        said.templates = {**versions.names_then(kept), **said.templates}
    rules = [_read(kept, known) for kept in found]
    return [
        Line(
            kept, _what(kept), who[kept.actor], i18n.moment(kept.at, zones.zone_of(None)), _sentence(rule, older, said),
            differences.between(older, rule, said) if older else [], now is not None and versions.same(rule, now),
        )
        for kept, rule, older in zip(found, rules, [*rules[1:], None], strict=True)
    ]


def _sentence(rule: Rule, older: Rule | None, said: Names) -> Markup:
    return differences.marked(older, rule, said) if older else words.sentence(rule, said)


def _what(kept: RuleVersion) -> str:
    how, _colon, version = kept.how.partition(":")
    if how == "switched":
        return _("Switched on") if kept.content["on"] else _("Switched off")
    return _(HOW[how], version=version) if how in HOW else how


def _read(kept: RuleVersion, known: dict[str, Kind]) -> Rule:
    """The rule as it stood, with its kind, or with a bare one of that name when the kind is gone."""
    rule, key = versions.rule_of(kept), kept.content["kind"]
    rule.kind = known.get(key) or Kind(key=key, labels={"": {"one": key, "many": key}})
    return rule


def _kept(key: int, version: int) -> RuleVersion:
    mine = (RuleVersion.rule_id == key) & (RuleVersion.version == version)
    return RuleVersion.get_or_none(mine) or abort(404)


def _kinds() -> dict[str, Kind]:
    return {kind.key: kind for kind in kinds.everyone()}


def _kind(key: str | None) -> Kind:
    known = _kinds()
    return known.get(key or "") or next(iter(known.values()))
