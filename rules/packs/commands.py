"""The commands of the packs: `statusbote pack list`, `statusbote pack install`."""

import sys

import click

from core import i18n
from rules.packs import reader


@click.group()
def pack() -> None:
    """Starter packs."""


@pack.command("list")
def list_packs() -> None:
    """The packs there are."""
    with i18n.speaking("en"):
        for known in reader.available():
            click.echo(f"{known.name:<16}{known.title}: {known.about}")


@pack.command("install")
@click.argument("name")
def install(name: str) -> None:
    """Put in statuses, templates and rules of a trade."""
    with i18n.speaking("en"):
        try:
            click.echo(reader.install(name))
        except reader.NoSuchPack as error:
            sys.exit(str(error))
