"""Shops that send webhooks: making one, its secret, and what its status words mean here."""

import secrets as chance
from datetime import timedelta

from core import clock, journal, secrets
from core.db import transaction
from core.i18n import gettext as _
from records.contacts import Refused, clean_text
from records.intake.shops import SHOPS
from records.locations import slug
from records.models import Delivery, Kind, Location, Source

SHORTEST = 8  # characters of a secret somebody typed
REMEMBERED = timedelta(days=90)


def create(
    shop: str, title: str, kind: Kind, secret: str = "", location: Location | None = None,
    statuses: dict[str, str] | None = None, actor: str = "worker", key: str = "",
) -> tuple[Source, str]:
    """A new shop, and its secret in clear: the one given, or a random one. Raises Refused."""
    if shop not in SHOPS:
        raise Refused("shop", _("Please choose one of the list."))
    key = key or slug(title)
    if not clean_text(title, "title") or not key:
        raise Refused("title", _("A name is needed."))
    if key != slug(key):
        raise Refused("key", _("Only small letters, digits and hyphens belong here."))
    secret = checked(secret) if secret else chance.token_urlsafe(24)
    with transaction():
        if Source.select().where(Source.key == key).exists():
            raise Refused("key", _("There is a shop with this address already."))
        source = Source.create(
            key=key, shop=shop, title=title.strip(), secret=secrets.seal(secret), kind=kind, location=location,
            statuses=statuses or {}, created_at=clock.now(),
        )
        journal.record("source.created", None, actor, source=source.id)
    return source, secret


def change(source: Source, actor: str, secret: str = "", **columns: object) -> list[str]:
    """Set columns of a shop (title, location, statuses, active), and a new secret if one is given; what changed."""
    if "title" in columns and not clean_text(str(columns["title"]), "title"):
        raise Refused("title", _("A name is needed."))
    changed = [name for name, value in columns.items() if getattr(source, name) != value]
    for name in changed:
        setattr(source, name, columns[name])
    if secret:
        source.secret = secrets.seal(checked(secret))
        changed.append("secret")
    if changed:
        with transaction():
            source.save()
            journal.record("source.changed", None, actor, source=source.id, fields=changed)
    return changed


def checked(secret: str) -> str:
    """A secret that is long enough; raises Refused."""
    if len(clean_text(secret, "secret")) < SHORTEST:
        raise Refused("secret", _("A secret needs at least %(n)s characters.", n=SHORTEST))
    return secret.strip()


def forget_deliveries() -> None:
    """A delivery heard a quarter of a year ago is not repeated any more."""
    with transaction():
        Delivery.delete().where(Delivery.at < clock.now() - REMEMBERED).execute()


def called(key: str) -> str:
    """What people call the source of a record: the name of a shop, else the word itself."""
    shop = Source.get_or_none(Source.key == key) if key else None
    return shop.title if shop else key


def secret_of(source: Source) -> str:
    """The secret in clear; raises core.secrets.Unopenable."""
    return secrets.open_(source.secret)


def meanings(source: Source) -> dict[str, str]:
    """The shop's words and the status each sets: its brand's own, with what the admin said over them."""
    return {**usual(source), **source.statuses}


def usual(source: Source) -> dict[str, str]:
    """What its brand means by its words, in the closest statuses that the kind has."""
    shop = SHOPS[source.shop]
    return {**shop.statuses, **{word: key for word, key in shop.closer.items() if source.kind.status(key)}}
