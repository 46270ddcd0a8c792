"""Puts the house together: the only module that knows every room, and the `statusbote` command."""

import logging
import os
import sys
from typing import Any

import click
from flask import Flask, request
from flask_login import current_user

from accounts import commands as accounts_commands
from accounts import room as accounts_room
from core import db, family, i18n, journal, keys, menu, migrate, queue, serve, settings, web
from core.config import Config, ConfigError, read
from emails import defaults
from emails import room as emails_room
from outbox import alarm, direct, release, worker
from outbox import room as outbox_room
from outbox.channels import open_channel
from outbox.delivery import Delivery
from outbox.senders import senders
from pages import commands as pages_commands
from pages import place
from pages import room as pages_room
from records import kinds
from records import room as records_room
from rules import jobs, wanted
from rules import models as rules_models
from rules import room as rules_room
from rules.example import play, shop
from rules.packs import commands as packs_commands
from rules.packs import reader

BLUEPRINTS: tuple[Any, ...] = (
    *records_room.BLUEPRINTS, *pages_room.BLUEPRINTS, *emails_room.BLUEPRINTS, *outbox_room.BLUEPRINTS,
    *rules_room.BLUEPRINTS,
)
# What other rooms show on a record's page: what was said and why, what a status sets in motion, the way back, writing (also
# from a contact, also to many), payment reminders while something is owed, and parts below its details (part, page, words).
RECORD_SLOTS = {
    "biography": "/outbox/for/{id}",
    "effect": "/rules/record/{id}/status?status={status}",
    "why": "/rules/record/{id}/why", "owed": "/rules/ladder/{id}", "many": "/outbox/write/many",
    "undo": "/outbox/undo/{id}", "write": "/outbox/write/{id}", "contact": "/outbox/write/contact/{id}",
    "pages": "/pages/settings/audience/contact/{id}",
    "details": [
        ("/pages/slot/{id}", "/pages/for/{id}", i18n.N_("View the status page")),
        ("/pages/given/{id}", "/pages/given/{id}", i18n.N_("Message and documents for the customer")),
    ],
}
# What the template editor shows of other rooms: where its text goes to be sent to oneself.
TEMPLATE_SLOTS = {"test": "/outbox/oneself", "test_sms": "/outbox/oneself/sms"}
SELF = (sys.executable, "-m", "app")
READERS = (*pages_room.READERS, *outbox_room.READERS, *rules_room.READERS)
CHORES = (*records_room.CHORES, *pages_room.CHORES, *outbox_room.CHORES, *rules_room.CHORES)
SWEEPS: tuple[worker.Chore, ...] = (*pages_room.SWEEPS, *outbox_room.SWEEPS, *rules_room.SWEEPS)
emails_room.furnish()
outbox_room.furnish()
rules_room.furnish()


def open_house(config: Config) -> None:
    """Open secret, database and queue, bring the tables up to date and put in what every house starts with."""
    keys.open_secret(config.secret_key, config.data)
    db.bind(config.database_url)
    migrate.migrate(config.data)
    queue.bind(config.queue_url, keys.derive("queue"))
    place.bind(config)
    db.database.connect(reuse_if_open=True)
    settings.forget_read()
    kinds.install()
    defaults.install()
    journal.on_news(alarm.news.ring)


def create_app(config: Config | None = None) -> Flask:
    """The web application; reads the environment when no configuration is given."""
    config = config or read()
    open_house(config)
    app = Flask(__name__, static_folder=None)
    web.furnish(app, config)
    accounts_room.furnish(app, reader.starters(), lambda: direct.way_out(config.smtp_url, config.domain))
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.jinja_env.globals.update(
        nav=lambda: nav(mailbox=not config.smtp_url), record_slots=RECORD_SLOTS, template_slots=TEMPLATE_SLOTS,
        can_text=lambda: bool(senders.usable(current_user.id, "sms")),
    )
    return app


def delivery(config: Config, owner: str) -> Delivery:
    """The delivery of one worker, over the mail server of the configuration or into the built-in mailbox."""
    host = config.domain
    return Delivery(open_channel(config.smtp_url, host), [wanted.still_wanted], owner, host)


def work(config: Config) -> None:
    """What a worker does until it is stopped."""
    worker.run(config.data, READERS, lambda owner: delivery(config, owner), CHORES, SWEEPS, jobs.run_all)


def nav(mailbox: bool) -> menu.Drawn:
    """The main menu for whoever looks."""
    _, awaiting = i18n.gettext, release.waiting()
    records = [(kind.label("many"), f"/records/{kind.collection}", kind.icon) for kind in kinds.everyone()]
    daily = [
        (_("Today"), "/", "today"), *records,
        (_("Contacts"), "/contacts", "people"), (_("Messages"), "/outbox", "outbox"),
        *([(_("Send order status"), "/outbox/release", "flag")] if awaiting or rules_models.by_hand() else []),
        *([(_("Mailbox"), "/mailbox", "mailbox")] if mailbox else []),
    ]
    settled = [(_("Notifications"), "/rules", "rules"), (_("Templates"), "/templates", "template")]
    status_files = [(_("Status files"), "/pages/settings", "page")] if current_user.is_admin else []
    settled += [*status_files, (_("Payments"), "/payments", "coin")]
    by_admins = [
        (_("Profiles"), "/profiles", "profile"), (_("Locations"), "/locations", "pin"), (_("Shops"), "/shops", "shop"),
        (_("Senders"), "/senders", "mail"), (_("Company"), "/company", "company"), (_("Look"), "/appearance", "eye"),
        (_("People and keys"), "/users", "key"),
    ]
    groups: list[menu.Group] = [(None, daily), (None, settled)]
    groups += [(_("Settings"), by_admins)] if current_user.is_admin else []
    return menu.drawn(groups, request.path, {"/outbox/release": awaiting})


@click.group()
@click.pass_context
def statusbote(context: click.Context) -> None:
    """Statusbote tells your customers how things stand."""
    if context.invoked_subcommand == "demo":
        os.environ.setdefault("STATUSBOTE_DATA", os.path.join("data", "demo"))
        os.environ["STATUSBOTE_SMTP_URL"] = ""
    context.obj = read()
    open_house(context.obj)


@statusbote.command()
@click.pass_obj
def run(config: Config) -> None:
    """Web server and worker together."""
    app, door = create_app(config), serve.listen(config)
    db.part()
    queue.part()
    family.run([lambda: serve.web(app, config, door), lambda: work(config)])


@statusbote.command("web")
@click.pass_obj
def web_alone(config: Config) -> None:
    """The web server alone."""
    serve.web(create_app(config), config, serve.listen(config))


@statusbote.command("worker")
@click.pass_obj
def worker_alone(config: Config) -> None:
    """A worker alone."""
    work(config)


@statusbote.command()
@click.pass_obj
def demo(config: Config) -> None:
    """An example repair shop, one order played through, and the addresses to open."""
    source = shop.open_shop()
    with serve.child([*SELF, "run"]) as running:
        try:
            click.echo(play.summary(config.base_url, play.play(config.base_url, source)))
        except play.Stuck as stuck:
            sys.exit(f"The demo got stuck: {stuck}.")
        if not config.demo_exit:
            running.wait()


@statusbote.command()
@click.pass_obj
def check(config: Config) -> None:
    """Say whether configuration, database and queue can be used."""
    click.echo(f"Everything is in order. Data in {config.data}, reachable at {config.base_url}.")


for group in (accounts_commands.user, accounts_commands.apikey, packs_commands.pack, pages_commands.pages):
    statusbote.add_command(group)


def main() -> None:
    """The `statusbote` command; a wrong setting is answered with its sentence."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("huey", "peewee.migrations"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        statusbote()
    except ConfigError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
