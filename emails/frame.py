"""The live preview: its part of the page, and the mail itself as a document of its own, without any rights."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from accounts.access import signed_in
from emails import drafts, preview

bp = Blueprint("emails_frame", __name__, url_prefix="/templates/preview", template_folder="templates")

ALONE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; sandbox"


@bp.post("")
@signed_in
def shown() -> Any:
    """What stands beside the text, for a draft that is being typed."""
    draft, language = drafts.read(request.form), drafts.language(request.form)
    return render_template("emails/_preview.html", **preview.shown(draft, language, request.form))


@bp.post("/letter")
@signed_in
def letter() -> Response:
    """The mail of a draft, for the frame."""
    html = preview.letter(drafts.read(request.form), drafts.language(request.form), request.form)
    response = Response(html or render_template("emails/nothing.html"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = ALONE
    return response
