"""The commands of this room: `statusbote user create`, `statusbote user password`, `statusbote apikey create`."""

import sys

import click

from accounts import keys, passwords, users
from accounts.models import ROLES, User


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
    _check(password)
    try:
        users.make(email, name, role, "de", password, "console")
    except ValueError:
        sys.exit(f"Somebody with the address {email} exists already.")
    click.echo(f"{email} can sign in now.")


@user.command("password")
@click.argument("email")
@click.password_option()
def give_password(email: str, password: str) -> None:
    """Give the person who signs in with EMAIL a new password; all her sessions end."""
    _check(password)
    person = User.get_or_none(User.email == email.strip().lower(), User.active)
    if person is None:
        sys.exit(f"Nobody signs in with the address {email}.")
    users.change(person, "console", password=passwords.hash(password))
    click.echo(f"{email} has a new password.")


def _check(password: str) -> None:
    if not passwords.SHORTEST <= len(password) <= passwords.LONGEST:
        sys.exit(f"A password has {passwords.SHORTEST} to {passwords.LONGEST} characters.")


@click.group()
def apikey() -> None:
    """Keys for the HTTP API."""


@apikey.command("create")
@click.argument("name")
def create_key(name: str) -> None:
    """Make a key and print it, this once."""
    click.echo(keys.make(name))
