"""Puts the house together: the only module that knows every room, and the `statusbote` command."""

import logging
import sys
from typing import Any

import click
from flask import Flask
from flask.cli import FlaskGroup

from core import db, i18n, keys, migrate, queue, web
from core.config import Config, ConfigError, read
from pages import place
from records import kinds
from records.intake import api, hooks


def open_house(config: Config) -> None:
    """Open secret, database and queue, bring the tables up to date and put in what every house starts with."""
    keys.open_secret(config.secret_key, config.data)
    db.bind(config.database_url)
    migrate.migrate(config.data)
    queue.bind(config.queue_url, keys.derive("queue"))
    place.bind(config)
    db.database.connect(reuse_if_open=True)
    kinds.install()


def create_app(config: Config | None = None) -> Flask:
    """The web application; reads the environment when no configuration is given."""
    config = config or read()
    open_house(config)
    app = Flask(__name__, static_folder=None)
    web.furnish(app, config)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.jinja_env.globals.update(nav=nav)
    return app


BLUEPRINTS: tuple[Any, ...] = (api.bp, hooks.bp)


def nav() -> list[tuple[str | None, list[tuple[str, str, str, str]]]]:
    """The main menu: groups of (label, address, icon, path it is current under)."""
    records = [(kind.label("many"), f"/records/{kind.collection}", kind.icon, f"/records/{kind.collection}") for kind in kinds.everyone()]
    _ = i18n.gettext
    return [
        (None, [
            (_("Today"), "/", "today", "/today"),
            *records,
            (_("Contacts"), "/contacts", "people", "/contacts"),
            (_("Messages"), "/outbox", "outbox", "/outbox"),
        ]),
        (_("Settings"), [
            (_("Notifications"), "/rules", "rules", "/rules"),
            (_("Templates"), "/templates", "template", "/templates"),
            (_("Locations"), "/locations", "pin", "/locations"),
            (_("Shops"), "/shops", "shop", "/shops"),
            (_("Company"), "/company", "company", "/company"),
            (_("People and keys"), "/users", "profile", "/users"),
        ]),
    ]


@click.group(cls=FlaskGroup, create_app=create_app, add_default_commands=False, add_version_option=False)
def statusbote() -> None:
    """Statusbote tells your customers how things stand."""


def main() -> None:
    """The `statusbote` command; a wrong setting is answered with its sentence."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        statusbote()
    except ConfigError as error:
        sys.exit(str(error))
