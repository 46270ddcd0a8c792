"""The page on which marked rules are changed together: it shows what each would say, and then does it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from accounts.access import admin_only
from core.i18n import gettext as _
from core.i18n import ngettext
from core.web import wants_fragment
from emails.models import Template
from outbox import plan
from outbox.models import Sender
from outbox.senders import senders
from records.models import Kind
from rules import versions, words
from rules.builder import checks, form
from rules.feed import many, views
from rules.feed.many import Wish
from rules.history import differences
from rules.history.differences import Difference
from rules.models import Rule
from rules.words import Names

Answer = str | Response | tuple[str, int]

bp = Blueprint("many", __name__, template_folder="../templates", url_prefix="/rules")


@dataclass(frozen=True)
class Row:
    """One of the rules, and what would become of it; `stays`: why nothing would, in a sentence."""

    rule: Rule
    sentence: Markup
    changes: list[Difference]
    stays: str = ""


@bp.post("/many")
@admin_only
def change() -> Answer:
    """Show what would change; with `save` change it."""
    kind = views.kind_of(request.form.get("kind"))
    rules = [rule for rule in views.named(request.form.getlist("rule")) if rule.kind_id == kind.key]
    for rule in rules:
        rule.kind = kind
    if not rules:
        return redirect(url_for("rules.index", kind=kind.key))
    templates = [(template.id, template.name) for template in checks.templates_for(kind)]
    offered = _senders(_channel(rules))
    wish = many.read(request.form, [key for key, name in templates], [key for key, name in offered])
    if "save" not in request.form or not wish:
        problem = _("Please choose what shall change.") if "save" in request.form else ""
        return _page(kind, rules, wish, templates, problem)
    changed = many.save(rules, wish, _hindrance(), current_user.actor)
    flash(ngettext("%(n)s rule changed.", "%(n)s rules changed.", len(changed)))
    return redirect(url_for("rules.index", kind=kind.key))


def _page(kind: Kind, rules: list[Rule], wish: Wish, templates: list[tuple[int, str]], problem: str) -> Answer:
    said, hindered = words.names(), _hindrance()
    rows = [_row(rule, wish, said, hindered) for rule in rules]
    page = dict(
        kind=kind, rows=rows, wish=wish, templates=templates, problem=problem, releases=form.releases(kind),
        senders=_senders(_channel(rules)), channels=[(key, _(name)) for key, name in form.CHANNELS.items()],
        waiting=sum(plan.waiting(rule.id) for rule in rules), several=any(len(rule.recipients) > 1 for rule in rules),
    )
    name = "rules/_many.html" if wants_fragment() else "rules/many.html"
    return render_template(name, **page), 422 if problem else 200


def _channel(rules: list[Rule]) -> str:
    """The channel they would all have; nothing where they have several."""
    wished, there = many.channel_of(request.form), {rule.channel for rule in rules}
    return wished or (there.pop() if len(there) == 1 else "")


def _senders(channel: str) -> list[tuple[int, str]]:
    """Those of the channel that whoever looks may use, for mails the house's own address too."""
    found = [(row.id, row.label) for row in senders.usable(current_user.id, channel)] if channel else []
    return [(0, _("The company’s own address")), *found] if channel == "email" else found


def _hindrance() -> Callable[[Rule], str]:
    """Says why a rule cannot become so; templates and senders are read once."""
    texts = {row.id: row for row in Template.select()}
    channels = {row.id: "sms" if senders.sends(row, "sms") else "email" for row in Sender.select()}
    return lambda new: many.hindrance(new, texts, channels)


def _row(rule: Rule, wish: Wish, said: Names, hindered: Callable[[Rule], str]) -> Row:
    new = many.wished(rule, wish)
    if wish and not versions.same(rule, new) and (why := hindered(new)):
        return Row(rule, words.sentence(rule, said), [], why)
    if not wish or not versions.same(rule, new):
        return Row(rule, differences.marked(rule, new, said), differences.between(rule, new, said))
    others = len(rule.recipients) > 1 and all(one["who"] != "customer" for one in rule.recipients)
    if wish.template is not None and others:
        why = _("It writes to several people, none of them the customer: please change it by itself.")
    else:
        why = _("It stays as it is.")
    return Row(rule, words.sentence(rule, said), [], why)
