"""The feed of rules: one tab per kind, every rule a sentence, switched and deleted one by one or many at once."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from peewee import fn
from werkzeug.wrappers import Response

from accounts.access import admin_only, signed_in
from core.i18n import gettext as _
from core.i18n import ngettext
from core.rows import tuples
from core.web import wants_fragment
from outbox import plan
from records import kinds
from records.models import Kind
from rules import counts, saving, words
from rules.counts import Count
from rules.models import Rule
from rules.packs import reader

Answer = str | Response | tuple[str, int]
PAGE = 100  # rules shown at once

bp = Blueprint("rules", __name__, template_folder="templates", url_prefix="/rules")


@dataclass(frozen=True)
class Row:
    """A rule as the feed shows it."""

    rule: Rule
    sentence: Markup
    about: list[str]
    lint: list[str]
    count: Count | None = None  # the feed asks for it afterwards: it may take a moment

    def speaks_of(self, words: str) -> bool:
        text = " ".join([self.rule.name, self.sentence.striptags(), *self.about]).casefold()
        return all(word in text for word in words.casefold().split())


@bp.get("")
@signed_in
def index() -> Answer:
    """The rules of one kind; htmx asks for the list of a search."""
    kind = _kind(request.args.get("kind"))
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
        shown = replace(row(rule, words.names()), count=counts.sent([key])[key])
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
    kind = _kind(request.form.get("kind"))
    rules = _named(request.form.getlist("rule"))
    what = request.form.get("do")
    if what == "delete" and rules:
        return ask_to_delete(rules)
    if what in ("on", "off"):
        faulty = saving.switch(rules, what == "on", current_user.actor)
        if faulty:
            names = ", ".join(rule.name for rule in faulty)
            flash(_("These cannot be switched on as they are: %(names)s", names=names), "error")
    return redirect(url_for("rules.index", kind=kind.key))


@bp.post("/delete")
@admin_only
def delete() -> Answer:
    """Delete the rules that the question before was about."""
    kind = _kind(request.form.get("kind"))
    rules = _named(request.form.getlist("rule"))
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
    flash(_("“%(title)s” is put in. Switched on: %(rules)s.", title=reader.find(name).title, rules=", ".join(report.rules)))
    return redirect(url_for("rules.index", kind=reader.find(name).words["rule"][0]["kind"]))


def ask_to_delete(rules: list[Rule]) -> str:
    """A page that shows what would go, before it goes."""
    said = words.names()
    waiting = sum(plan.waiting(rule.id) for rule in rules)
    rows = [row(rule, said) for rule in rules]
    return render_template("rules/delete.html", rows=rows, kind=rules[0].kind, waiting=waiting)


def row(rule: Rule, said: words.Names) -> Row:
    return Row(rule, words.sentence(rule, said), words.about(rule, said), words.lint(rule, said))


def _feed(kind: Kind) -> str:
    said, query = words.names(), request.args.get("q", "").strip()[:100]
    rules = list(Rule.select().where(Rule.kind == kind).order_by(Rule.id))
    for rule in rules:
        rule.kind = kind
    found = [shown for shown in (row(rule, said) for rule in rules) if shown.speaks_of(query)]
    start = request.args.get("from", 0, type=int)
    more = start + PAGE if len(found) > start + PAGE else None
    rows = found[start:start + PAGE]
    keys = [one.rule.id for one in rows]
    page: dict[str, Any] = dict(kind=kind, rows=rows, keys=keys, more=more, query=query, any=bool(rules))
    if not rules:
        page["example"] = _example(kind)
        page["packs"] = [(pack, reader.sentences(pack)) for pack in reader.available() if _fits(pack, kind)]
    if wants_fragment():
        return render_template("rules/_rules.html", **page)
    return render_template("rules/index.html", kinds=kinds.everyone(), totals=_totals(), **page)


def _fits(pack: reader.Pack, kind: Kind) -> bool:
    return not reader.installed(pack.name) and any(said["kind"] == kind.key for said in pack.words["rule"])


def _example(kind: Kind) -> Markup:
    rule = Rule(kind=kind, trigger="created", recipients=[{"who": "customer", "address": "", "template": 0}])
    return words.sentence(rule, words.Names(templates={0: _("Receipt confirmed")}))


def _totals() -> Counter[str]:
    return Counter(dict(tuples(Rule.select(Rule.kind, fn.COUNT(Rule.id)).group_by(Rule.kind))))


def _named(ids: list[str]) -> list[Rule]:
    wanted = _ids(ids)
    return list(Rule.select().where(Rule.id.in_(wanted)).order_by(Rule.id)) if wanted else []


def _ids(texts: list[str]) -> list[int]:
    return [int(text) for text in texts[:1000] if text.isascii() and text.isdecimal() and len(text) < 10]


def _kind(key: str | None) -> Kind:
    everyone = kinds.everyone()
    return next((kind for kind in everyone if kind.key == key), everyone[0])
