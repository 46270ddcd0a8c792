"""The live preview: its part of the page, and the mail itself as a document of its own, without any rights."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from accounts.access import signed_in
from core.web import wants_fragment
from emails import drafts, night, preview, sms, views
from emails.models import Template

bp = Blueprint("emails_frame", __name__, url_prefix="/templates/preview", template_folder="templates")

ALONE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; sandbox"


@bp.post("")
@signed_in
def shown() -> Any:
    """What stands beside the text, for a draft that is being typed; `plain` names the language whose SMS is to be plain."""
    draft, language = drafts.read(request.form), drafts.language(request.form)
    plain = request.form.get("plain", "")
    if plain in draft.texts:
        draft.texts[plain]["sms"] = sms.plain(draft.texts[plain]["sms"])
    if not wants_fragment():
        return views.editor(draft, Template.get_or_none(Template.id == request.form.get("template", 0, type=int)))
    beside = preview.shown(draft, language, request.form)
    return render_template("emails/_preview.html", oob=True, plain=plain, draft=draft, faults={}, **beside)


@bp.post("/letter")
@signed_in
def letter() -> Response:
    """The mail of a draft, for the frame."""
    html = preview.letter(drafts.read(request.form), drafts.language(request.form), request.form)
    lit = night.lit(html, request.form.get("dark") == "1") if html else render_template("emails/nothing.html")
    response = Response(lit, mimetype="text/html")
    response.headers["Content-Security-Policy"] = ALONE
    return response
