"""The commands of this room: `statusbote user create`, `statusbote apikey create`."""

import sys

import click

from accounts import keys, passwords, users
from accounts.models import ROLES


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("create")
@click.argument("email")
@click.option("--name", prompt=True)
@click.option("--role", type=click.Choice(ROLES), default="staff", show_default=True)
@click.password_option()
def create_user(email: str, name: str, role: str, password: str) -> None:
    """Make somebody who signs in with EMAIL."""
    if len(password) < passwords.SHORTEST:
        sys.exit(f"The password needs at least {passwords.SHORTEST} characters.")
    try:
        users.make(email, name, role, "de", password, "console")
    except ValueError:
        sys.exit(f"Somebody with the address {email} exists already.")
    click.echo(f"{email} can sign in now.")


@click.group()
def apikey() -> None:
    """Keys for the HTTP API."""


@apikey.command("create")
@click.argument("name")
def create_key(name: str) -> None:
    """Make a key and print it, this once."""
    click.echo(keys.make(name))
