"""Settings → Status files → Who gets one: by kind and source, and the choice at each contact."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import admin_only, signed_in
from core.i18n import gettext as _
from core.web import wants_fragment
from pages import audience
from records import kinds, lists
from records.models import Contact, Record, Source

bp = Blueprint("page_audience", __name__, template_folder="templates", url_prefix="/pages/settings/audience")


@bp.get("")
@admin_only
def show() -> str:
    return render_template(
        "pages/settings/audience.html", kinds=kinds.everyone(), sources=_sources(), off=audience.left_out(),
        every=audience.EVERY,
    )


@bp.post("")
@admin_only
def change() -> Any:
    """Keep what is not ticked: a kind or a source that comes later gets status pages."""
    ticked = set(request.form.getlist("gets"))
    off = {}
    for kind in kinds.everyone():
        places = [audience.EVERY, *_sources()]
        if left := [place for place in places if f"{kind.key}:{place}" not in ticked]:
            off[kind.key] = left
    audience.choose(off, current_user.actor)
    flash(_("Saved."))
    return redirect(url_for(".show"), 303)


@bp.get("/contact/<int:id>")
@signed_in
def contact(id: int) -> str:
    return _contact(Contact.get_or_none(Contact.id == id) or abort(404), whole=not wants_fragment())


@bp.post("/contact/<int:id>")
@signed_in
def decide(id: int) -> Any:
    """Always, never, or as the house says."""
    person, choice = Contact.get_or_none(Contact.id == id) or abort(404), request.form.get("choice", "")
    if choice not in audience.CHOICES:
        abort(400)
    audience.decide(person, choice, current_user.actor)
    if wants_fragment():
        return _contact(Contact.get_by_id(id), whole=False, said=_("Saved."))
    flash(_("Saved."))
    return redirect(url_for("contacts.show", id=id))


def _contact(person: Contact, whole: bool, said: str = "") -> str:
    told = [(record, audience.refusal(record, person)) for record in lists.of_contact(person)]
    return render_template(
        "pages/settings/contact.html" if whole else "pages/settings/_contact.html", contact=person,
        choices={key: _(words) for key, words in audience.CHOICES.items()}, said=said,
        getting=[record for record, why in told if not why],
        missing=[(record, _(audience.WHY[why])) for record, why in told if why and why != "contact"],
    )


def _sources() -> dict[str, str]:
    """Where records come from, by what a record says of it: no shop, each shop, and what programs have named."""
    shops = {source.key: source.title for source in Source.select().order_by(Source.title)}
    named = [row.source for row in Record.select(Record.source).distinct() if row.source]
    return {"": _("entered here or without a source"), **shops, **{key: key for key in sorted(named) if key not in shops}}
