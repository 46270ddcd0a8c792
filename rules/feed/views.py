"""The feed of rules: one tab per kind, every rule a sentence, switched and deleted one by one or many at once."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from accounts.access import admin_only, signed_in
from core.i18n import gettext as _
from core.i18n import ngettext
from core.web import wants_fragment
from outbox import plan
from records import kinds
from records.models import Kind
from rules import words
from rules.builder import saving
from rules.feed import counts
from rules.feed import rows as feed
from rules.feed.rows import row
from rules.lint.house import House
from rules.models import Rule
from rules.packs import reader
from rules.triggers import TRIGGERS

Answer = str | Response | tuple[str, int]

bp = Blueprint("rules", __name__, template_folder="../templates", url_prefix="/rules")


@bp.get("")
@signed_in
def index() -> Answer:
    """The rules of one kind; htmx asks for the list of a search."""
    kind = kind_of(request.args.get("kind"))
    if request.args.get("kind") != kind.key:
        return redirect(url_for("rules.index", kind=kind.key))
    return _feed(kind)


@bp.post("/<int:key>/switch")
@admin_only
def switch(key: int) -> Answer:
    """One rule on or off; the answer is its row."""
    rule = Rule.get_or_none(Rule.id == key) or abort(404)
    faulty = saving.switch([rule], request.form.get("on") == "1", current_user.actor)
    if wants_fragment():
        shown = replace(row(rule, words.names(), House()), count=counts.sent([key])[key])
        return render_template("rules/_rule.html", row=shown), 422 if faulty else 200
    if faulty:
        flash(_("This rule cannot be switched on as it is."), "error")
    return redirect(url_for("rules.index", kind=rule.kind_id))


@bp.get("/counted")
@signed_in
def counted() -> str:
    """What these rules have sent lately, for their rows in the feed."""
    return render_template("rules/_counts.html", counts=counts.sent(_ids(request.args.getlist("rule"))))


@bp.post("/bulk")
@admin_only
def bulk() -> Answer:
    """Many rules on, off, or deleted after a question."""
    kind = kind_of(request.form.get("kind"))
    rules = named(request.form.getlist("rule"))
    what = request.form.get("do")
    if what == "delete" and rules:
        return ask_to_delete(rules)
    if what in ("on", "off"):
        _switch_all(rules, what == "on")
    return redirect(url_for("rules.index", kind=kind.key))


@bp.post("/delete")
@admin_only
def delete() -> Answer:
    """Delete the rules that the question before was about."""
    kind = kind_of(request.form.get("kind"))
    rules = named(request.form.getlist("rule"))
    saving.delete(rules, current_user.actor)
    flash(ngettext("%(n)s rule deleted.", "%(n)s rules deleted.", len(rules)))
    return redirect(url_for("rules.index", kind=kind.key))


@bp.post("/packs/<name>")
@admin_only
def put_in(name: str) -> Answer:
    """Put in a starter pack."""
    try:
        report = reader.install(name, current_user.actor)
    except reader.NoSuchPack:
        abort(404)
    flash(_("“%(title)s” is put in. Switched on: %(rules)s.", title=reader.find(name).title, rules=", ".join(report.on)))
    return redirect(url_for("rules.index", kind=reader.find(name).words["rule"][0]["kind"]))


def ask_to_delete(rules: list[Rule]) -> str:
    """A page that shows what would go, before it goes."""
    said = words.names()
    waiting = sum(plan.waiting(rule.id) for rule in rules)
    rows = [row(rule, said, House(), []) for rule in rules]
    return render_template("rules/delete.html", rows=rows, kind=rules[0].kind, waiting=waiting)


def _switch_all(rules: list[Rule], on: bool) -> None:
    """Switch them, and say what became of it."""
    faulty = saving.switch(rules, on, current_user.actor)
    n = len([rule for rule in rules if rule.on == on])
    if on:
        flash(ngettext("%(n)s rule is switched on.", "%(n)s rules are switched on.", n))
    else:
        said = ngettext("%(n)s rule is switched off.", "%(n)s rules are switched off.", n)
        flash(f"{said} {_kept_back(sum(plan.waiting(rule.id) for rule in rules))}".strip())
    if faulty:
        names = ", ".join(rule.name for rule in faulty)
        flash(_("These cannot be switched on as they are: %(names)s", names=names), "error")


def _kept_back(waiting: int) -> str:
    if not waiting:
        return ""
    return ngettext(
        "%(n)s message is waiting; it goes out only if its rule is on again by its time.",
        "%(n)s messages are waiting; they go out only if their rule is on again by their time.",
        waiting,
    )


def _feed(kind: Kind) -> str:
    query, stand = request.args.get("q", "").strip()[:100], request.args.get("stand", "")
    everyone = {one.key: one for one in kinds.everyone()}
    found = feed.read(kind, everyone, query, stand, max(request.args.get("from", 0, type=int), 0))
    page: dict[str, Any] = dict(
        kind=kind, feed=found, keys=[one.rule.id for one in found.rows], any=found.totals[kind.key], query=query,
        stand=stand, stands=feed.STANDS, reminders="before" in TRIGGERS,
    )
    if not page["any"]:
        page["example"] = _example(kind)
        page["packs"] = [(pack, reader.sentences(pack)) for pack in reader.available() if _fits(pack, kind)]
    if wants_fragment():
        return render_template("rules/_rules.html", **page)
    return render_template("rules/index.html", kinds=everyone.values(), **page)


def _fits(pack: reader.Pack, kind: Kind) -> bool:
    return not reader.installed(pack.name) and any(said["kind"] == kind.key for said in pack.words["rule"])


def _example(kind: Kind) -> Markup:
    rule = Rule(kind=kind, trigger="created", recipients=[{"who": "customer", "address": "", "template": 0}])
    return words.sentence(rule, words.Names(templates={0: _("Receipt confirmed")}))


def named(ids: list[str]) -> list[Rule]:
    """The rules that a form has marked, as far as they are still there."""
    wanted = _ids(ids)
    return list(Rule.select().where(Rule.id.in_(wanted)).order_by(Rule.id)) if wanted else []


def _ids(texts: list[str]) -> list[int]:
    return [int(text) for text in texts[:1000] if text.isascii() and text.isdecimal() and len(text) < 10]


def kind_of(key: str | None) -> Kind:
    """The kind of that name, else the first."""
    everyone = kinds.everyone()
    return next((kind for kind in everyone if kind.key == key), everyone[0])
