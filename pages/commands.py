"""The command of this room: `statusbote pages republish`."""

import sys
from datetime import datetime
from typing import Any

import click

from core import i18n, rows, settings
from pages import publish, sweep
from records.models import Kind, Record
from records.zones import zone_of

PIECE = 50  # pages in one go; what a crash in between repeats
NAME = "pages_republishing"


@click.group()
def pages() -> None:
    """Status pages."""


@pages.command("republish")
@click.option("--kind", help="Only records of this kind: order, inquiry … or their collection: orders, inquiries …")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only records that changed on or after this day.")
def republish(kind: str | None, since: datetime | None) -> None:
    """Make status pages anew while the house is open; stopped and called again alike, it goes on where it was."""
    chosen = {"kind": _kind(kind), "since": since.replace(tzinfo=zone_of(None)).isoformat() if since else ""}
    asked = settings.get(NAME)
    upto = int(asked.get("upto", 0)) if {key: asked.get(key) for key in chosen} == chosen else 0
    if upto:
        click.echo(f"Going on after record {upto}, where the last call was stopped.")
    ids = [id for id, in rows.tuples(_meant(**chosen).where(Record.id > upto).order_by(Record.id))]
    made = 0
    with click.progressbar(length=len(ids), label=f"{len(ids)} pages") as bar, i18n.speaking("de"):
        for start in range(0, len(ids), PIECE):
            piece = ids[start : start + PIECE]
            made += publish.republish(piece)
            settings.put(NAME, {**chosen, "upto": piece[-1]})
            bar.update(len(piece))
    settings.drop(NAME)
    click.echo(f"{made} of {len(ids)} pages are made anew.")
    if made < len(ids):
        sys.exit(f"{len(ids) - made} are not: they changed meanwhile, or the log says what failed.")


def _kind(name: str | None) -> str:
    """The key of a kind; none for all."""
    found = Kind.get_or_none((Kind.key == name) | (Kind.collection == name)) if name else None
    if name and found is None:
        known = ", ".join(kind.key for kind in Kind.select(Kind.key).order_by(Kind.position))
        sys.exit(f"There is no kind “{name}”. There are: {known}.")
    return found.key if found else ""


def _meant(kind: str, since: str) -> Any:
    found = sweep.kept_until(Record.select(Record.id))
    if kind:
        found = found.where(Record.kind == kind)
    if since:
        found = found.where(Record.updated_at >= datetime.fromisoformat(since))
    return found
