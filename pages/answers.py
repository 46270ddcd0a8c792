"""Answers to customers: doors and pages, with every header they need."""

from flask import current_app, make_response, send_file
from werkzeug.wrappers import Response

from pages import firm, paper
from pages.firm import Firm
from pages.publish import Kept

CONTENT = (
    "default-src 'none'; style-src {style}; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def door(name: str, status: int = 200, of: Firm | None = None, **values: object) -> Response:
    """A page before or after the one asked for, in the language being spoken; its form tells where it comes from."""
    of = of or firm.current()
    return sealed(make_response(paper.render(f"{name}.html", firm=of, **values), status), of.style, "same-origin")


def trouble() -> Response:
    """The door when something of ours broke; it asks nothing of the database."""
    return door("trouble", 503, firm.unnamed())


def sheet(kept: Kept, referrer: str = "no-referrer") -> Response:
    """A record's page: from disk, by nginx where X_ACCEL names its internal location, or as text when no file is there."""
    return sealed(_file(kept) if kept.path else make_response(kept.html), kept.style, referrer)


def sealed(response: Response, style: str = "", referrer: str = "no-referrer") -> Response:
    """The response with the headers every answer to a customer has."""
    response.headers.update({
        "Content-Security-Policy": CONTENT.format(style=f"'{style}'" if style else "'none'"),
        "Cache-Control": "no-store",
        "Referrer-Policy": referrer,
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
    })
    return response


def _file(kept: Kept) -> Response:
    internal = current_app.config.get("X_ACCEL")
    if internal:
        return Response(mimetype="text/html", headers={"X-Accel-Redirect": f"{internal.rstrip('/')}/{kept.name}"})
    assert kept.path
    response = send_file(kept.path, mimetype="text/html", etag=False, conditional=False)
    for header in ("Last-Modified", "Content-Disposition"):
        response.headers.pop(header, None)
    return response
