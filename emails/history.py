"""The history of a template, and the templates that were deleted: what changed, and the way back."""

from collections.abc import Sequence
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only, signed_in
from core.i18n import N_
from core.i18n import gettext as _
from emails import differences, drafts, versions
from emails.drafts import Draft, Overtaken
from emails.models import Template, TemplateVersion
from records import history
from records.history import Difference, Line

Answer = str | Response | tuple[str, int]
PAGE = 20  # versions shown at once
DELETED = 20
HOW = {
    "created": N_("Written"),
    "edited": N_("Changed"),
    "restored": N_("Version %(version)s put back"),
    "deleted": N_("Deleted"),
    "returned": N_("Brought back after it had been deleted"),
    versions.FOUND: N_("As it was at first"),
}

bp = Blueprint("template_history", __name__, template_folder="templates", url_prefix="/templates")


@bp.get("/<int:id>/history")
@signed_in
def show(id: int) -> Answer:
    return _page(id)


@bp.post("/<int:id>/history/<int:version>")
@admin_only
def restore(id: int, version: int) -> Answer:
    """Put that version back as a new one."""
    template, kept = Template.get_or_none(Template.id == id) or abort(404), _kept(id, version)
    draft = drafts.then(kept, template)
    sentence = _refusal(draft)
    try:
        if not sentence:
            drafts.save(draft, template, current_user.actor, f"restored:{version}")
    except Overtaken as overtaken:
        sentence = str(overtaken)
    if sentence:
        flash(sentence, "error")
        return _page(id), 422
    flash(_("Version %(version)s of “%(name)s” is back.", version=version, name=template.name))
    return redirect(url_for("template_history.show", id=id), 303)


@bp.get("/deleted")
@signed_in
def deleted() -> str:
    """The last templates that were deleted."""
    lines = [line for kept in versions.deleted(DELETED) for line in _lines([kept])]
    return render_template("emails/deleted.html", lines=lines)


@bp.post("/<int:id>/back")
@admin_only
def bring_back(id: int) -> Answer:
    """Bring a deleted template back."""
    if Template.get_or_none(Template.id == id):
        return redirect(url_for("emails.show", id=id), 303)
    kept = next(iter(versions.history(id, history.NEWEST, 1)), None) or abort(404)
    sentence = _refusal(drafts.then(kept))
    if sentence:
        flash(sentence, "error")
        return _page(id), 422
    template = drafts.bring_back(kept, current_user.actor)
    flash(_("The template “%(name)s” is back.", name=template.name))
    return redirect(url_for("emails.show", id=id), 303)


def _refusal(draft: Draft) -> str:
    """Why a version cannot come back: what would be refused at save today."""
    faults = draft.faults()
    return _("This version cannot come back: %(why)s", why=faults[0].sentence) if faults else ""


def _page(id: int) -> str:
    template = Template.get_or_none(Template.id == id)
    start = history.below(request.args.get("before", type=int))
    found = versions.history(id, start, PAGE + 1) or ([versions.found(template)] if template else [])
    if not found:
        abort(404)
    more = found[PAGE - 1].version if len(found) > PAGE else None
    name = template.name if template else found[0].content["name"]
    lines = _lines(found, template)[:PAGE]
    return render_template("emails/history.html", id=id, template=template, name=name, lines=lines, more=more)


def _lines(found: Sequence[TemplateVersion], now: Template | None = None) -> list[Line[TemplateVersion, list[Difference]]]:
    same = partial(versions.same, template=now) if now else lambda kept: False
    return history.lines(found, history.happened(HOW), differences.between, same)


def _kept(id: int, version: int) -> TemplateVersion:
    mine = (TemplateVersion.template_id == id) & (TemplateVersion.version == version)
    return TemplateVersion.get_or_none(mine) or abort(404)
