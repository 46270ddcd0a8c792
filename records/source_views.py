"""Settings: the shops that send webhooks, their addresses, secrets and status words."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only
from core.i18n import N_
from core.i18n import gettext as _
from records import asked, kinds, sources
from records.contacts import Refused
from records.intake.shops import SHOPS
from records.models import Kind, Location, Source
from records.wording import statuses

bp = Blueprint("sources", __name__, template_folder="templates", url_prefix="/shops")
Answer = str | Response | tuple[str, int]

COLLECTION = "orders"  # what both brands of shop send
GUIDES = {
    "woocommerce": N_(
        "In WooCommerce, under Settings > Advanced > Webhooks, add two webhooks, “Order created” and “Order updated”, "
        "both active, both with this delivery URL and this shop’s secret."
    ),
    "shopify": N_(
        "In Shopify, under Settings > Notifications > Webhooks, add webhooks in JSON for order creation, order update and "
        "fulfillment creation and update, all with this address. The secret stands below them on the same page."
    ),
}


@bp.get("")
@admin_only
def index() -> str:
    return render_template("records/sources.html", sources=list(Source.select().order_by(Source.title)), shops=SHOPS)


@bp.get("/new")
@admin_only
def new() -> str:
    return _form({"shop": "woocommerce"}, {})


@bp.post("/new")
@admin_only
def create() -> Answer:
    given = request.form.to_dict()
    try:
        source, secret = sources.create(
            given.get("shop", ""), given.get("title", ""), _kind(), secret=given.get("secret", ""), location=_place(),
            actor=current_user.actor,
        )
    except Refused as refusal:
        return _form(given, {refusal.field: refusal.sentence}), 422
    return _page(source, {}, secret="" if given.get("secret") else secret)


@bp.get("/<key>")
@admin_only
def edit(key: str) -> str:
    return _page(_source(key), {})


@bp.post("/<key>")
@admin_only
def save(key: str) -> Answer:
    source = _source(key)
    if "more" in request.form:
        return _page(source, _given(), words=[*_typed(), ("", "")])
    try:
        sources.change(
            source, current_user.actor, secret=request.form.get("secret", ""), title=request.form.get("title", "").strip(),
            location=_place(), active=request.form.get("active") == "1", statuses=_differing(source),
        )
    except Refused as refusal:
        return _page(_source(key), _given(), {refusal.field: refusal.sentence}, words=_typed()), 422
    flash(_("%(name)s is saved.", name=source.title))
    return redirect(url_for("sources.edit", key=key))


def _given() -> dict[str, Any]:
    return {"title": "", "location": "", "active": ""} | request.form.to_dict()


def _typed() -> list[tuple[str, str]]:
    """The words of the shop and the statuses chosen for them, as they stand in the inputs."""
    pairs = zip(request.form.getlist("word"), request.form.getlist("status"), strict=False)
    return [(word.strip()[:100], status) for word, status in pairs if word.strip()]


def _differing(source: Source) -> dict[str, str]:
    """What the admin said beyond the brand's own meanings; a word without a status is forgotten."""
    usual = sources.usual(source)
    return {word: status for word, status in _typed() if source.kind.status(status) and usual.get(word) != status}


def _page(
    source: Source, given: dict[str, Any], faults: dict[str, str] | None = None,
    words: list[tuple[str, str]] | None = None, secret: str = "",
) -> str:
    typed = {"title": source.title, "location": source.location.key if source.location else "", "active": source.active}
    usual = sources.usual(source)
    words = words if words is not None else list(sources.meanings(source).items())
    return render_template(
        "records/source.html", source=source, given=typed | given, faults=faults or {}, secret=secret,
        shop=SHOPS[source.shop], rows=[(word, status, word in usual) for word, status in words],
        statuses=statuses(source.kind), guide=_(GUIDES.get(source.shop, "")), address=_address(source.key), places=_places(),
    )


def _form(given: dict[str, Any], faults: dict[str, str]) -> str:
    brands = [(key, shop.title) for key, shop in SHOPS.items()]
    return render_template("records/source_form.html", given=given, faults=faults, brands=brands, places=_places())


def _places() -> list[tuple[str, str]]:
    return [(place.key, place.name) for place in asked.locations()]


def _address(key: str) -> str:
    return f"{current_app.config['STATUSBOTE'].base_url}/hooks/{key}"


def _kind() -> Kind:
    return kinds.of_collection(COLLECTION) or abort(404)


def _place() -> Location | None:
    return Location.get_or_none(Location.key == request.form.get("location", ""))


def _source(key: str) -> Source:
    return Source.get_or_none(Source.key == key) or abort(404)
