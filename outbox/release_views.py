"""“Send order status”: everything that awaits release, whether each could go, and its finished mail."""

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.datastructures import MultiDict

from accounts.access import signed_in
from core.web import wants_fragment
from emails.preview import document
from outbox import offers, release, valve
from outbox.offers import Offer
from outbox.words import when
from records import asked, kinds
from records.models import Kind

FRAMED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"

bp = Blueprint("release", __name__, template_folder="templates", url_prefix="/outbox/release")
bp.add_app_template_global(when, "when")


@bp.get("")
@signed_in
def index() -> str:
    """The list; `id` names what is marked already, `mark=all` all that can go; htmx asks for the list of another search."""
    chosen = _chosen()
    messages = offers.find(**chosen["wanted"])
    found = offers.look(messages[: offers.MOST])
    going = [offer.id for offer in found if not offer.why]
    return render_template(
        "outbox/_awaiting.html" if wants_fragment() else "outbox/release.html",
        groups=[(kind, list(rows)) for kind, rows in groupby(found, _kind_of)], shown=len(found),
        marked=going if request.args.get("mark") == "all" else ids_of(request.args), going=len(going),
        more=len(messages) > len(found), waiting=release.waiting(), stopped=bool(valve.stopped()), **chosen,
    )


@bp.get("/<int:id>")
@signed_in
def look(id: int) -> str:
    """One finished mail, framed; htmx opens it in its line."""
    return render_template("outbox/_look.html" if wants_fragment() else "outbox/look.html", offer=_written(id))


@bp.get("/<int:id>/mail")
@signed_in
def mail(id: int) -> Response:
    """The HTML of that mail, for its frame: no script, no outside world."""
    letter = _written(id).mail or abort(404)
    response = Response(document(letter), mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def ids_of(given: MultiDict[str, str]) -> list[int]:
    """The messages that a form or an address names, no more than are shown at once."""
    found = [int(text) for text in given.getlist("id") if text.isascii() and text.isdecimal() and len(text) < 18]
    return list(dict.fromkeys(found))[: offers.MOST]


def _kind_of(offer: Offer) -> Kind | None:
    return offer.told.record.kind if offer.told.record else None


def _written(id: int) -> Offer:
    found = offers.look(offers.named([id]), written=True)
    return found[0] if found else abort(404)


def _chosen() -> dict[str, Any]:
    """What the filters are set to; what is not known filters nothing."""
    everyone, places = kinds.everyone(), asked.locations()
    kind = next((kind for kind in everyone if kind.key == request.args.get("kind")), None)
    place = next((place for place in places if place.key == request.args.get("location")), None)
    words, record = request.args.get("q", "").strip()[:100], request.args.get("record", type=int)
    given = {"kind": kind and kind.key, "location": place and place.key, "record": record, "q": words}
    return {
        "kinds": everyone, "places": places, "kind": kind, "place": place, "words": words,
        "query": {name: value for name, value in given.items() if value},
        "wanted": {"kind": kind.key if kind else "", "location": place and place.id, "record": record, "words": words},
    }
