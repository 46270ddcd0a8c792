"""How a page would look with settings that are not saved yet: for a chosen record, the newest one, or an example."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from core import i18n
from pages import firm, publish, snapshot
from pages.settings.draft import Draft
from pages.snapshot import Past
from records import sample
from records.models import Record

DEVICES, SCHEMES = ("phone", "desktop"), ("light", "dark")
RECENT = 12  # records that are proposed


@dataclass(frozen=True)
class View:
    """What stands beside the settings; `record` is none for the example, `unknown` a number there is no record of."""

    record: Record | None
    unknown: str
    device: str
    scheme: str
    proposed: list[tuple[str, str]]


def view(draft: Draft, asked: Mapping[str, str]) -> View:
    record, number = _record(draft, asked), asked.get("number", "").strip()
    device, scheme = asked.get("device", ""), asked.get("scheme", "")
    unknown = number if number and (record is None or record.number != number) else ""
    return View(
        record, unknown, device if device in DEVICES else DEVICES[0], scheme if scheme in SCHEMES else SCHEMES[0],
        _proposed(draft),
    )


def document(draft: Draft, language: str, asked: Mapping[str, str]) -> str:
    """The page itself, in that language and in light or dark, however the screen is set."""
    record = _record(draft, asked)
    shown, past = snapshot.gather([record.id])[0] if record else _example(draft)
    if draft.status:
        shown.status = draft.status
    with i18n.speaking(language):
        html = publish.print_as(shown, past, firm.current(), draft.sheet, language).html
    return _in_scheme(html, asked.get("scheme", ""))


def _record(draft: Draft, asked: Mapping[str, str]) -> Record | None:
    """The one of that number, else the newest in the status."""
    mine = Record.select(Record.id, Record.number, Record.status).where(Record.kind == draft.kind)
    number = asked.get("number", "").strip()
    if number and (found := mine.where(Record.number == number).first()):
        return found  # type: ignore[no-any-return]
    newest = mine.where(Record.status == draft.status) if draft.status else mine
    return newest.order_by(Record.updated_at.desc()).first()  # type: ignore[no-any-return]


def _proposed(draft: Draft) -> list[tuple[str, str]]:
    """Numbers of the newest records, each with its status."""
    newest = Record.select(Record.number, Record.status).where(Record.kind == draft.kind).order_by(Record.updated_at.desc())
    return [(record.number, draft.kind.status_label(record.status)) for record in newest.limit(RECENT)]


def _example(draft: Draft) -> tuple[Record, Past]:
    """A made-up record that has come through all statuses before its own."""
    record = sample.record(draft.kind, draft.status)
    keys = [status["key"] for status in draft.kind.statuses if status["tone"] not in snapshot.ASIDE]
    before = keys[: keys.index(record.status)] if record.status in keys else keys[:1]
    way = list(reversed([*before, record.status]))
    visits = [(key, record.updated_at - timedelta(days=days)) for days, key in enumerate(way)]
    return record, Past(visits[::-1])


def _in_scheme(html: str, scheme: str) -> str:
    """The page with its question for the screen's scheme answered."""
    dark = scheme == "dark"
    said = {
        "(prefers-color-scheme:dark)": "(min-width:0)" if dark else "(max-width:0)",
        "color-scheme:light dark": f"color-scheme:{SCHEMES[dark]}",
        'content="light dark"': f'content="{SCHEMES[dark]}"',
    }
    for asked, answer in said.items():
        html = html.replace(asked, answer)
    return html
