"""Every route and who may take it; one that is not listed here fails, and so does a GET that changes a row."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import app as program
from accounts import keys as api_keys
from accounts.models import ApiKey, User
from core import clock, journal, secrets
from core.db import database, transaction
from core.web import asset
from emails import versions
from emails.layouts import kept
from emails.layouts.models import Layout, LayoutVersion
from emails.models import Template
from outbox.models import Mail, Message, Sender
from pages import documents, links, unsubscribe
from pages.replies.models import Reply
from pages.settings import store as page_settings
from records.models import Contact, Kind, Profile, Record, Source
from rules import jobs
from rules.models import Job, Rule
from rules.packs import reader
from tests.conftest import make_user, sign_in

# everyone: no sign-in is asked for. staff: everybody who signed in. admin: only admins. key: the bearer of an API key.
# signature: a shop that signs. door: sign-in and first start, which send people on where they belong.
ROUTES = """
everyone  GET   /healthz
everyone  GET   /readyz
everyone  GET   /static/<digest>/<path:name>
everyone  GET   /api/openapi.json
everyone  GET   /s/<token>
everyone  POST  /s/<token>
everyone  POST  /s/<token>/fresh
everyone  GET   /s/v/<link_id>
everyone  POST  /s/v/<link_id>
everyone  POST  /s/v/<link_id>/fresh
everyone  GET   /u/<token>
everyone  POST  /u/<token>
everyone  POST  /look
everyone  POST  /sign-out
door      GET   /sign-in
door      POST  /sign-in
door      GET   /password
door      POST  /password
everyone  GET   /password/<token>
everyone  POST  /password/<token>
everyone  GET   /invitation/<token>
everyone  POST  /invitation/<token>
door      GET   /setup
door      POST  /setup
key       PUT   /api/v1/<collection>/<number>
key       GET   /api/v1/<collection>/<number>
key       POST  /api/v1/<collection>
key       POST  /api/v1/<collection>/<number>/events
key       GET   /api/v1/<collection>/<number>/messages
key       GET   /api/v1/<collection>/<number>/biography
key       GET   /api/v1/messages
key       GET   /api/v1/payments_as_of
key       PUT   /api/v1/payments_as_of
signature POST  /hooks/<key>
signature POST  /hooks/bounces/<token>
signature POST  /hooks/sms/<id>/<token>
staff     GET   /
staff     GET   /today/health
staff     GET   /records/find
staff     GET   /records/<collection>
staff     GET   /records/<collection>/new
staff     POST  /records/<collection>/new
staff     GET   /records/<collection>/<path:number>
staff     GET   /records/<collection>/<path:number>/next
staff     POST  /records/<collection>/<path:number>/status
staff     GET   /records/<collection>/<path:number>/edit
staff     POST  /records/<collection>/<path:number>/edit
staff     GET   /pages/for/<int:record_id>
staff     GET   /pages/file/<int:record_id>
staff     GET   /pages/slot/<int:record_id>
staff     POST  /pages/links/<link_id>/revoke
staff     POST  /pages/links/<link_id>/renew
staff     POST  /pages/replies/<int:reply_id>/<deed>
staff     GET   /pages/given/<int:record_id>
staff     POST  /pages/given/<int:record_id>/note
staff     POST  /pages/given/<int:record_id>/documents
staff     POST  /pages/given/documents/<int:document_id>/remove
staff     GET   /pages/settings/audience/contact/<int:id>
staff     POST  /pages/settings/audience/contact/<int:id>
admin     GET   /pages/settings/audience
admin     POST  /pages/settings/audience
admin     GET   /pages/settings/storage
admin     POST  /pages/settings/storage
admin     GET   /pages/settings
admin     GET   /pages/settings/<collection>
admin     POST  /pages/settings/<collection>
admin     POST  /pages/settings/<collection>/preview
admin     POST  /pages/settings/<collection>/page
admin     GET   /pages/settings/<collection>/history
admin     POST  /pages/settings/<collection>/history/<int:version>
staff     GET   /contacts
staff     GET   /contacts/<int:id>
staff     GET   /contacts/<int:id>/edit
staff     POST  /contacts/<int:id>/edit
staff     GET   /outbox
staff     GET   /outbox/<int:id>
staff     GET   /outbox/<int:id>/row
staff     GET   /outbox/<int:id>/mail
staff     POST  /outbox/many
staff     POST  /outbox/<int:id>/<deed>
staff     GET   /outbox/for/<int:id>
staff     GET   /outbox/undo/<int:record>
staff     POST  /outbox/undo/<int:entry>
staff     GET   /outbox/valve
admin     POST  /outbox/valve
admin     POST  /outbox/unusual/<int:rule>/release
admin     POST  /outbox/unusual/<int:rule>/discard
staff     GET   /outbox/release
staff     GET   /outbox/release/send
staff     POST  /outbox/release/send
staff     GET   /outbox/release/discard
staff     POST  /outbox/release/discard
staff     GET   /outbox/release/<int:id>
staff     GET   /outbox/release/<int:id>/mail
staff     GET   /outbox/write/<int:id>
staff     GET   /outbox/write/contact/<int:id>
staff     POST  /outbox/write/<int:id>
staff     POST  /outbox/write/<int:id>/preview
staff     POST  /outbox/write/<int:id>/letter
staff     POST  /outbox/write/files
staff     GET   /outbox/write/sms/<int:id>
staff     GET   /outbox/write/sms/contact/<int:id>
staff     POST  /outbox/write/sms/<int:id>
staff     POST  /outbox/write/sms/<int:id>/preview
staff     GET   /outbox/write/many
staff     POST  /outbox/write/many
staff     POST  /outbox/write/many/preview
staff     POST  /outbox/write/many/look
staff     POST  /outbox/write/many/letter
staff     GET   /outbox/write/many/<token>
staff     POST  /outbox/write/many/<token>/stop
staff     GET   /outbox/unreached
staff     POST  /outbox/unreached/<int:id>
admin     GET   /outbox/bounces
admin     POST  /outbox/bounces
admin     POST  /outbox/bounces/test
admin     POST  /outbox/bounces/address
admin     GET   /outbox/blocked
admin     POST  /outbox/blocked
admin     POST  /outbox/blocked/lift
staff     GET   /mailbox
staff     GET   /mailbox/<int:id>
staff     GET   /mailbox/<int:id>/html
staff     GET   /rules
staff     GET   /rules/<int:key>
admin     GET   /rules/new
admin     POST  /rules/new
admin     POST  /rules/<int:key>
admin     GET   /rules/<int:key>/delete
admin     POST  /rules/<int:key>/switch
admin     POST  /rules/bulk
admin     POST  /rules/delete
admin     POST  /rules/many
staff     GET   /rules/deleted
staff     GET   /rules/<int:key>/history
admin     POST  /rules/<int:key>/history/<int:version>
admin     POST  /rules/<int:key>/back
admin     POST  /rules/preview
admin     GET   /rules/mail
staff     GET   /rules/counted
admin     POST  /rules/packs/<name>
staff     GET   /rules/record/<int:key>/status
staff     GET   /rules/record/<int:key>/why
staff     GET   /rules/ladder/<int:key>
staff     POST  /rules/ladder/<int:key>/<deed>
staff     GET   /payments
staff     POST  /payments/told
admin     POST  /payments/settings
staff     GET   /rules/jobs/<int:key>
admin     POST  /rules/jobs/<int:key>/cancel
admin     POST  /rules/replay
admin     GET   /rules/replay/<int:key>
staff     GET   /templates
staff     GET   /templates/<int:id>
staff     GET   /templates/<int:id>/history
admin     POST  /templates/<int:id>/history/<int:version>
staff     GET   /templates/deleted
admin     POST  /templates/<int:id>/back
admin     POST  /outbox/oneself
admin     POST  /outbox/oneself/sms
staff     POST  /templates/preview
staff     POST  /templates/preview/letter
admin     GET   /templates/new
admin     POST  /templates/new
admin     POST  /templates/<int:id>
admin     POST  /templates/<int:id>/delete
staff     GET   /account
staff     POST  /account
staff     POST  /account/password
admin     GET   /company
admin     POST  /company
admin     GET   /appearance
admin     POST  /appearance
admin     POST  /appearance/preview
admin     POST  /appearance/preview/shown
admin     GET   /appearance/layouts
admin     GET   /appearance/layouts/new
admin     POST  /appearance/layouts/new
admin     GET   /appearance/layouts/<int:id>
admin     POST  /appearance/layouts/<int:id>
admin     POST  /appearance/layouts/<int:id>/delete
admin     POST  /appearance/layouts/preview
admin     POST  /appearance/layouts/preview/shown
admin     GET   /appearance/layouts/<int:id>/history
admin     POST  /appearance/layouts/<int:id>/history/<int:version>
admin     GET   /locations
admin     GET   /locations/new
admin     POST  /locations/new
admin     GET   /locations/<key>
admin     POST  /locations/<key>
admin     GET   /profiles
admin     GET   /profiles/new
admin     POST  /profiles/new
admin     GET   /profiles/<key>
admin     POST  /profiles/<key>
admin     POST  /profiles/<key>/move
admin     GET   /profiles/<key>/delete
admin     POST  /profiles/<key>/delete
admin     GET   /senders
admin     GET   /senders/new
admin     POST  /senders/new
admin     GET   /senders/<int:id>
admin     POST  /senders/<int:id>
admin     POST  /senders/<int:id>/switch
admin     POST  /senders/<int:id>/delete
admin     POST  /senders/<int:id>/test
admin     GET   /senders/<int:id>/signature
admin     POST  /senders/<int:id>/signature
admin     POST  /senders/<int:id>/signature/key
admin     POST  /senders/<int:id>/signature/check
admin     POST  /senders/<int:id>/signature/delete
admin     GET   /senders/<int:id>/google
admin     GET   /senders/google
admin     POST  /senders/google
admin     GET   /shops
admin     GET   /shops/new
admin     POST  /shops/new
admin     GET   /shops/<key>
admin     POST  /shops/<key>
admin     GET   /users
admin     GET   /users/new
admin     POST  /users/new
admin     GET   /users/<int:number>
admin     POST  /users/<int:number>
admin     POST  /users/<int:number>/password
admin     POST  /users/<int:number>/active
admin     POST  /users/<int:number>/invitation
admin     POST  /users/<int:number>/withdraw
admin     GET   /users/keys
admin     POST  /users/keys
admin     POST  /users/keys/<int:number>/revoke
"""
TABLE = [tuple(line.split(maxsplit=2)) for line in ROUTES.strip().splitlines()]
GETS = [(who, path) for who, method, path in TABLE if method == "GET"]
SHOWN = (200, 204, 302)
INCOMPLETE = ("/rules/mail",)  # shows the mail of a rule half written, and there is none without its form
POSTS = [(who, path) for who, method, path in TABLE if method == "POST" and who in ("staff", "admin")]


@pytest.fixture
def world(house: Flask, shop: dict[str, Any], make_record: Any) -> dict[str, Any]:
    """One of everything, and what stands for each placeholder of a route."""
    reader.install("repair-shop")
    record = make_record("1001")
    journal.read(program.READERS)
    with transaction():
        source = Source.create(
            key="laden", shop="woocommerce", title="Laden", secret=secrets.seal("geheim"), kind=Kind.get(),
            created_at=clock.now(),
        )
        mail = Mail.create(
            message_id="<1@example.org>", recipient="ada@example.org", subject="Angenommen", at=clock.now(),
            content=b"Subject: Angenommen\r\nFrom: a@example.org\r\nTo: ada@example.org\r\n\r\nGuten Tag\r\n",
        )
        other = User.create(email="ben@example.org", name="Ben", password="!", role="staff", created_at=clock.now())
        link = links.prepare(record.id, "customer", "ada@example.org")
        links.save_many([link])
    handed = documents.add(record, "Angebot.pdf", b"%PDF-1.4", "user:1")
    with house.test_request_context():
        digest = asset("app.css").split("/")[2]
    api_keys.make("laden")
    with transaction():
        sender = Sender.create(
            label="Werkstatt", host="127.0.0.1", port=1, tls="none", from_address="w@example.org", created_at=clock.now()
        )
        Profile.create(key="vip", name="VIP")
        versions.begin(Template.get())
        layout = Layout.create(name="Haus", source=kept.source("card"), updated_at=clock.now())
        LayoutVersion.create(
            layout_id=layout.id, version=1, at=clock.now(), actor="user:1", how="created", name="Haus", source=layout.source
        )
        page_settings.save("order", "", {"headline": {"de": "Guten Tag"}}, 0, "user:1")
        reply = Reply.create(
            record=record, link_id=link.id, subject="call", occasion="1", said="call_wished", at=clock.now(),
        )
        waiting = Message.create(
            record=record, template=Template.get(), occasion="waiting", recipient="customer", state="awaiting",
            due_at=clock.now(), planned_at=clock.now(), expires_at=clock.now() + timedelta(days=1),
        )
        by_hand = Message.create(
            record=record, template=Template.get(), occasion="hand:0123456789abcdefghijkl", recipient="customer",
            actor="user:1", state="dropped", due_at=clock.now(), planned_at=clock.now(), expires_at=clock.now(),
        )
    return {
        "/u token": unsubscribe.token_of(record.contact_id), "/pages/settings/audience/contact id": record.contact_id,
        "/profiles key": "vip", "/outbox/release id": waiting.id, "/outbox/write id": record.id,
        "/outbox/write/sms id": record.id, "/outbox/write/sms/contact id": record.contact_id,
        "/outbox/write/contact id": record.contact_id, "/outbox/write/many token": by_hand.occasion.partition(":")[2],
        "digest": digest, "name": "app.css", "/rules/packs name": "repair-shop",
        "collection": "orders", "number": "1001", "deed": "now",
        "token": links.token_of(link.id), "link_id": link.id, "record_id": record.id,
        "/users number": other.id, "/users/keys number": ApiKey.get().id, "/rules key": Rule.get().id, "version": 1,
        "/rules/jobs key": jobs.start("replay", "replay:1", "user:1").id,
        "/rules/replay key": Job.get().id,
        "/locations key": "berlin", "/shops key": source.key, "/hooks key": source.key, "/contacts id": Contact.get().id,
        "/rules/record key": record.id, "/outbox/undo record": record.id, "/outbox/undo entry": Message.get().entry_id,
        "/outbox/unusual rule": Rule.get().id, "/rules/ladder key": record.id, "/rules/ladder/<int:key> deed": "said",
        "/outbox id": Message.get().id, "/outbox/unreached id": Message.get().id,
        "/outbox/for id": Record.get().id, "/mailbox id": mail.id,
        "reply_id": reply.id, "/pages/replies/<int:reply_id> deed": "done",
        "document_id": handed.id, "/templates id": Template.get().id, "/appearance/layouts id": layout.id,
        "/senders id": sender.id, "/hooks/sms id": sender.id,
    }


def address(route: str, world: dict[str, Any]) -> str:
    """The route with something that exists in place of each placeholder."""

    def fill(match: re.Match[str]) -> str:
        name = match.group(1).rpartition(":")[2]
        before = route[: match.start() - 1]
        return str(world[f"{before} {name}"] if f"{before} {name}" in world else world[name])

    return re.sub(r"<([^>]+)>", fill, route)


def ask(client: FlaskClient, method: str, path: str) -> Any:
    return client.open(path, method=method, query_string={"status": "ready", "kind": "order"} if method == "GET" else None)


def at_the_door(answer: Any) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].split("?")[0] in ("/sign-in", "/setup")


def test_every_route_is_listed_and_every_listed_route_exists(house: Flask) -> None:
    there = {(method, rule.rule) for rule in house.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert there == {(method, path) for _, method, path in TABLE}


def test_a_stranger_stays_at_the_door(world: dict[str, Any], client: FlaskClient) -> None:
    wrong = {}
    for who, method, path in TABLE:
        answer = ask(client, method, address(path, world))
        fits = {
            "staff": at_the_door(answer), "admin": at_the_door(answer), "key": answer.status_code == 401,
            "signature": answer.status_code in (400, 401, 404),
        }.get(who, answer.status_code not in (401, 500))
        if not fits:
            wrong[f"{method} {path}"] = answer.status
    assert wrong == {}


def test_a_clerk_is_refused_what_only_admins_do(world: dict[str, Any], clerk: FlaskClient) -> None:
    before = rows()
    answers = {(method, path): ask(clerk, method, address(path, world)) for who, method, path in TABLE if who == "admin"}
    assert {route: answer.status for route, answer in answers.items() if answer.status_code != 403} == {}
    assert rows() == before


def test_a_clerk_sees_the_daily_work(world: dict[str, Any], clerk: FlaskClient) -> None:
    assert refused(clerk, world, ("staff",)) == {}


def test_an_admin_sees_everything(world: dict[str, Any], admin: FlaskClient) -> None:
    assert refused(admin, world, ("staff", "admin")) == {}


def refused(client: FlaskClient, world: dict[str, Any], roles: tuple[str, ...]) -> dict[str, str]:
    """The pages that a person of these roles was not shown."""
    paths = [path for who, path in GETS if who in roles and path not in INCOMPLETE]
    asked = {path: ask(client, "GET", address(path, world)) for path in paths}
    return {path: answer.status for path, answer in asked.items() if answer.status_code not in SHOWN or at_the_door(answer)}


@pytest.mark.parametrize(("who", "path"), POSTS)
def test_an_empty_form_breaks_nothing(world: dict[str, Any], house: Flask, who: str, path: str) -> None:
    client = sign_in(house, make_user("dora@example.org", "Dora", who))
    answer = ask(client, "POST", address(path, world))
    assert answer.status_code < 500 and answer.status_code not in (401, 403, 404, 405) and not at_the_door(answer)


def test_a_form_without_its_token_is_refused(house: Flask, world: dict[str, Any], admin: FlaskClient) -> None:
    house.config["WTF_CSRF_ENABLED"] = True
    before = rows()
    answers = {path: ask(admin, "POST", address(path, world)).status_code for _, path in POSTS}
    assert {path: code for path, code in answers.items() if code != 400} == {}
    assert rows() == before


def test_looking_changes_nothing(world: dict[str, Any], admin: FlaskClient) -> None:
    changed = {}
    for _, path in GETS:
        before = rows()
        for method in ("GET", "HEAD"):
            ask(admin, method, address(path, world))
        after = rows()
        if after != before:
            changed[path] = [table for table in after if after[table] != before[table]]
    assert changed == {}


def rows() -> dict[str, str]:
    """A fingerprint of every table."""
    return {table: _fingerprint(table) for table in database.get_tables()}


def _fingerprint(table: str) -> str:
    content = database.execute_sql(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()
    return hashlib.sha256(repr(content).encode()).hexdigest()


def test_htmx_is_sent_to_the_door_as_a_whole_page(world: dict[str, Any], client: FlaskClient) -> None:
    wrong = {}
    for who, path in GETS:
        if who in ("staff", "admin"):
            answer = client.get(address(path, world), headers={"HX-Request": "true"})
            if (answer.status_code, answer.headers.get("HX-Redirect", "").split("?")[0]) != (401, "/sign-in"):
                wrong[path] = answer.status
    assert wrong == {}
