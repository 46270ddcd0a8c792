"""Finding records and contacts among many: search, filters and a page at a time, never a count of everything."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from peewee import JOIN, Expression, Field

from core.rows import tuples
from records import kinds
from records.models import Contact, Kind, Location, Record

PAGE = 40
FEW = 200  # matches that are looked up one by one; beyond that walking the newest records is quicker
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Mark:
    """What a higher room knows of some records: a word beside them in the list, and a filter that finds them."""

    label: str
    sign: str
    test: Callable[[], Expression]


MARKS: dict[str, Mark] = {}  # app.py has the rooms put in theirs


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursor that leads to those after them ("" at the end)."""

    rows: list[Any]
    after: str


def records(
    kind: Kind, words: str = "", status: str = "", location: int | None = None, mark: str = "", after: str = ""
) -> Page:
    """The newest records of a kind, by their last change; `after` is a cursor of an earlier page, `mark` one of MARKS."""
    query = Record.select(Record, Contact).join(Contact, JOIN.LEFT_OUTER, on=Record.contact)
    query = _found(query, kind, words, status, location, mark)
    if cursor := _cursor(after):
        at, id = cursor
        query = query.where((Record.updated_at < at) | ((Record.updated_at == at) & (Record.id < id)))
        query = query.where(Record.updated_at <= at)
    rows = _placed(list(query.order_by(Record.updated_at.desc(), Record.id.desc()).limit(PAGE + 1)))
    return Page(rows[:PAGE], _cursor_of(rows[PAGE - 1]) if len(rows) > PAGE else "")


def marks(ids: Collection[int]) -> dict[int, list[Mark]]:
    """The marks of these records."""
    found: dict[int, list[Mark]] = {}
    for mark in MARKS.values():
        for (id,) in tuples(Record.select(Record.id).where(Record.id.in_(list(ids)), mark.test())):
            found.setdefault(id, []).append(mark)
    return found


def ids(kind: Kind, words: str, status: str, location: int | None, mark: str, most: int) -> list[int]:
    """The newest records that a search finds, by their ids, no more than `most`."""
    query = Record.select(Record.id).join(Contact, JOIN.LEFT_OUTER, on=Record.contact)
    query = _found(query, kind, words, status, location, mark).order_by(Record.updated_at.desc(), Record.id.desc())
    return [id for (id,) in query.limit(most).tuples()]


def _found(query: Any, kind: Kind, words: str, status: str, location: int | None, mark: str) -> Any:
    query = query.where(Record.kind == kind)
    if status:
        query = query.where(Record.status == status)
    if location is not None:
        query = query.where(Record.location == location)
    if mark:
        query = query.where(MARKS[mark].test())
    return query.where(_match(kind, words.strip())) if words.strip() else query


def contacts(words: str = "", after: str = "") -> Page:
    """The newest contacts, or those whose name, address or number holds the words."""
    query = Contact.select().order_by(Contact.id.desc()).limit(PAGE + 1)
    if words.strip():
        query = query.where(speaks_of(words.strip()))
    if after.isdecimal():
        query = query.where(Contact.id < int(after))
    rows = list(query)
    return Page(rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else "")


def numbered(words: str) -> list[Record]:
    """The records of all kinds that carry exactly this number, a leading # aside."""
    bare = words.strip().lstrip("#")
    keys = [kind.key for kind in kinds.everyone()]
    query = Record.select(Record, Kind).join(Kind).where(Record.kind.in_(keys), Record.number.in_([bare, f"#{bare}"]))
    return list(query.order_by(Kind.position)) if bare else []


def of_contact(contact: Contact, limit: int = PAGE) -> list[Record]:
    """A person's newest records of every kind."""
    query = Record.select(Record, Kind).join(Kind).where(Record.contact == contact)
    return _placed(list(query.order_by(Record.updated_at.desc()).limit(limit)))


def _placed(rows: list[Record]) -> list[Record]:
    """The rows, each with its location, all locations asked for at once."""
    wanted = {row.location_id for row in rows if row.location_id}
    places = {place.id: place for place in Location.select().where(Location.id.in_(wanted))} if wanted else {}
    for row in rows:
        if row.location_id in places:
            row.location = places[row.location_id]
    return rows


def _match(kind: Kind, words: str) -> Expression:
    """Few matches are named by their ids, so that the index finds them; many are met soon on the way down."""
    people = _ids(Contact.select(Contact.id).where(speaks_of(words)))
    numbers = _ids(Record.select(Record.id).where(Record.kind == kind, Record.number.contains(words)))
    by_people = Record.contact.in_(people) if len(people) <= FEW else speaks_of(words)
    by_number = Record.id.in_(numbers) if len(numbers) <= FEW else Record.number.contains(words)
    return by_people | by_number


def _ids(query: Any) -> list[int]:
    return [row[0] for row in query.limit(FEW + 1).tuples()]


def speaks_of(words: str) -> Expression:
    digits = "".join(sign for sign in words if sign.isdecimal()).removeprefix("0")
    tests: list[Expression] = [*_contains(Contact.name, words), *_contains(Contact.email, words)]
    if len(digits) >= 4:
        tests.append(Contact.phone.contains(digits))
    found = tests[0]
    for test in tests[1:]:
        found |= test
    return found


def _contains(field: Field, words: str) -> Sequence[Expression]:
    """SQLite folds the case of ASCII only: a word with an umlaut is asked for in each spelling."""
    spellings = {words} if words.isascii() else {words, words.lower(), words.upper(), words.capitalize(), words.title()}
    return [field.contains(spelling) for spelling in sorted(spellings)]


def _cursor_of(record: Record) -> str:
    return f"{(record.updated_at - EPOCH) // timedelta(microseconds=1)}-{record.id}"


def _cursor(text: str) -> tuple[datetime, int] | None:
    micros, _, id = text.partition("-")
    if not (micros.isdecimal() and id.isdecimal() and len(micros) < 18 and len(id) < 18):
        return None
    return EPOCH + timedelta(microseconds=int(micros)), int(id)
