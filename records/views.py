"""The lists of records, one per kind, and the search box that finds anything by number or name."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts.access import signed_in
from core.web import wants_fragment
from records import asked, kinds, lists
from records.models import Kind
from records.wording import line_sum, noun, statuses, telephone, tone
from records.zones import appointment, shortly, shown_day, zone_of

bp = Blueprint("records", __name__, template_folder="templates", url_prefix="/records")
for say in (zone_of, shortly, shown_day, appointment, noun, tone, line_sum, telephone):
    bp.add_app_template_global(say, say.__name__)

SHORT = 8  # records and contacts each that the search box shows


@bp.get("/<collection>")
@signed_in
def index(collection: str) -> str:
    """A page of a list; htmx asks for the rows below `#more`, or for the list of another search."""
    kind = asked.kind(collection)
    chosen = _chosen(kind)
    page = lists.records(kind, after=request.args.get("after", ""), **chosen["wanted"])
    marks = lists.marks([record.id for record in page.rows])
    words = dict(kind=kind, statuses=statuses(kind), page=page, marks=marks, known_marks=lists.MARKS, **chosen)
    if wants_fragment():
        more = request.headers.get("HX-Target") == "more"
        return render_template("records/_rows.html" if more else "records/_list.html", **words)
    return render_template("records/index.html", **words)


def _chosen(kind: Kind) -> dict[str, Any]:
    """What the filters are set to; a status or location that is not known filters nothing."""
    places = asked.locations()
    place = next((place for place in places if place.key == request.args.get("location")), None)
    status = request.args.get("status", "")
    status = status if kind.status(status) else ""
    mark = request.args.get("mark", "")
    mark = mark if mark in lists.MARKS else ""
    words = request.args.get("q", "").strip()[:100]
    return {
        "places": places, "words": words, "status": status, "place": place, "mark": mark,
        "wanted": {"words": words, "status": status, "location": place.id if place else None, "mark": mark},
        "query": _given(q=words, status=status, location=place.key if place else "", mark=mark),
    }


def _given(**query: str) -> dict[str, str]:
    return {name: value for name, value in query.items() if value}


@bp.get("/find")
@signed_in
def find() -> str | Response:
    """One exact number opens its record; anything else is a short list."""
    words = request.args.get("q", "").strip()[:100]
    exact = lists.numbered(words)
    if len(exact) == 1:
        record = exact[0]
        return redirect(url_for("record.show", collection=record.kind.collection, number=record.number))
    found = [(kind, lists.records(kind, words).rows[:SHORT]) for kind in kinds.everyone()] if words else []
    people = lists.contacts(words).rows[:SHORT] if words else []
    return render_template("records/find.html", words=words, found=[pair for pair in found if pair[1]], people=people)
