"""Templates: the list, the editor, saving and deleting."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import admin_only, signed_in
from core import i18n
from core.i18n import gettext as _
from emails import blocks, check, drafts, preview
from emails.check import Finding
from emails.drafts import Draft, Overtaken
from emails.layouts import kept
from emails.models import Template
from records.models import Kind

bp = Blueprint("emails", __name__, url_prefix="/templates", template_folder="templates")

in_use: list[Callable[[int], list[str]]] = []  # app.py adds who knows: template id → words such as rules' names


@bp.get("")
@signed_in
def index() -> Any:
    templates = list(Template.select().order_by(Template.name))
    kinds = {kind.key: kind for kind in Kind.select().order_by(Kind.position)}
    groups = [(kind.label("many"), [one for one in templates if one.kind_id == key]) for key, kind in kinds.items()]
    groups.append((_("For every kind"), [one for one in templates if one.kind_id not in kinds]))
    return render_template(
        "emails/index.html", groups=[group for group in groups if group[1]],
        users={one.id: _users(one) for one in templates}, missing=check.missing(),
        subjects={one.id: preview.subject(_beginning(i18n.pick(one.texts))) for one in templates},
    )


@bp.get("/new")
@admin_only
def new() -> Any:
    """A blank one, or one that begins as a copy of another."""
    like = request.args.get("like", 0, type=int)
    return editor(drafts.copy(_template(like)) if like else drafts.blank())


@bp.post("/new")
@admin_only
def create() -> Any:
    return _saved(drafts.read(request.form), Template())


@bp.get("/<int:id>")
@signed_in
def show(id: int) -> Any:
    template = _template(id)
    return editor(drafts.of(template), template)


@bp.post("/<int:id>")
@admin_only
def change(id: int) -> Any:
    return _saved(drafts.read(request.form), _template(id))


@bp.post("/<int:id>/delete")
@admin_only
def delete(id: int) -> Any:
    template = _template(id)
    users = _users(template)
    if users or template.system:
        flash(_("This template is still needed: %(names)s.", names=", ".join(users) or _("by Statusbote itself")), "error")
        return redirect(url_for("emails.show", id=id), 303)
    drafts.delete(template, current_user.actor)
    flash(_("The template “%(name)s” is deleted.", name=template.name))
    return redirect(url_for("emails.index"), 303)


def _saved(draft: Draft, template: Template) -> Any:
    faults = draft.faults(mail=bool(template.system))
    try:
        if not faults:
            drafts.save(draft, template, current_user.actor)
    except Overtaken as overtaken:
        faults = [Finding(str(overtaken))]
    if faults:
        return editor(draft, template, faults), 422
    flash(_("“%(name)s” is saved.", name=template.name))
    return redirect(url_for("emails.show", id=template.id), 303)


def editor(draft: Draft, template: Template | None = None, faults: list[Finding] | None = None) -> str:
    """The editor; the tab that opens is the one with the first fault, else the one that was open."""
    stored = template if template and template.id else None
    first = next((fault.language for fault in faults or [] if fault.language), None)
    language = first or drafts.language(request.values)
    return render_template(
        "emails/editor.html", draft=draft, template=stored, must=drafts.must(),
        kinds=list(Kind.select().order_by(Kind.position)), users=_users(stored) if stored else [],
        faults={(fault.language, fault.field): fault.sentence for fault in faults or []},
        chips=preview.chips(draft.kind, language), blocks={key: blocks.of(key) for key in i18n.LANGUAGES},
        missing=check.missing(), layouts=kept.choices(), **preview.shown(draft, language, request.values),
    )


def _beginning(text: dict[str, str]) -> str:
    """What the list shows of a text: its subject, else its SMS."""
    return text.get("subject") or text.get("sms") or ""


def _users(template: Template) -> list[str]:
    return [name for ask in in_use for name in ask(template.id)]


def _template(id: int) -> Template:
    return Template.get_or_none(Template.id == id) or abort(404)
