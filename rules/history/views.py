"""The history of a rule, and the rules that were deleted: what changed, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from accounts.access import admin_only, signed_in
from core.i18n import N_
from core.i18n import gettext as _
from records import history, kinds
from records.history import Line
from records.models import Kind
from rules import versions, words
from rules.builder import saving
from rules.history import differences, restoring
from rules.history.differences import Difference
from rules.models import Rule, RuleVersion

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
class Told:
    """What a version of a rule says, with the words marked that differ from the one before, and its parts that differ."""

    sentence: Markup
    parts: list[Difference]


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
    kept = next(iter(versions.history(key, history.NEWEST, 1)), None) or abort(404)
    sentence = restoring.refusal(kept, _read(kept, _kinds()))
    if sentence:
        flash(sentence, "error")
        return _deleted(_kind(kept.content["kind"])), 422
    rule = saving.bring_back(kept, current_user.actor)
    flash(_("“%(name)s” is back, switched off.", name=rule.name))
    return redirect(url_for("rules.index", kind=rule.kind_id))


def _page(key: int) -> str:
    rule = Rule.get_or_none(Rule.id == key)
    start = history.below(request.args.get("before", type=int))
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


def _lines(found: Sequence[RuleVersion], now: Rule | None = None) -> list[Line[RuleVersion, Told]]:
    said, known = words.names(), _kinds()
    for kept in found:
        said.templates = {**versions.names_then(kept), **said.templates}

    def between(older: RuleVersion | None, kept: RuleVersion) -> Told:
        rule = _read(kept, known)
        if older is None:
            return Told(words.sentence(rule, said), [])
        before = _read(older, known)
        return Told(differences.marked(before, rule, said), differences.between(before, rule, said))

    return history.lines(found, _what, between, lambda kept: now is not None and versions.same(_read(kept, known), now))


def _what(kept: RuleVersion) -> str:
    if kept.how == "switched":
        return _("Switched on") if kept.content["on"] else _("Switched off")
    return history.happened(HOW)(kept)


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
