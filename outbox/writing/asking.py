"""What a form about many records asks: which they are, the draft it holds, and what it says again on the next page."""

from flask import abort, request
from werkzeug.datastructures import MultiDict

from outbox.writing import many
from outbox.writing.many import MOST, Many
from outbox.writing.views import writer
from records import asked, kinds, lists
from records.models import Record

OWN = ("csrf_token", "do", "go", "sure", "keep", "drop", "files", "record")  # of one page alone


def named(given: MultiDict[str, str]) -> list[int]:
    """The records named one by one, or by the search that found them; one more than `MOST` when there are too many."""
    kind = kinds.of_collection(given.get("collection", ""))
    if given.get("all") == "1" and kind:
        place = next((place for place in asked.locations() if place.key == given.get("location")), None)
        words, status, mark = given.get("q", "").strip()[:100], given.get("status", ""), given.get("mark", "")
        return lists.ids(
            kind, words, status if kind.status(status) else "", place.id if place else None,
            mark if mark in lists.MARKS else "", MOST + 1,
        )
    listed = given.getlist("record") + given.get("records", "").split(",")
    ids = [int(text) for text in listed if text.isascii() and text.isdecimal() and len(text) < 18]
    return list(dict.fromkeys(ids))[: MOST + 1]


def draft(first: bool = False) -> Many:
    """The letter as it was typed; of its records only the first where that is enough."""
    ids = named(request.form)[: 1 if first else MOST]
    return _whole(many.read(ids, request.form, writer())) if ids else abort(400)


def of_one() -> tuple[Many, Record]:
    """The letter, and the one record of it whose mail the address asks for."""
    id = request.args.get("record", type=int)
    if id not in named(request.form):
        abort(400)
    found = _whole(many.read([id], request.form, writer()))
    return found, found.records[0]


def carried() -> list[tuple[str, str]]:
    """What the form said, to say it again."""
    return [(name, value) for name, value in request.form.items() if name not in OWN]


def _whole(found: Many) -> Many:
    return found if found.records and found.typed else abort(400)
