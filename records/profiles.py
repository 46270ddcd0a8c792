"""Communication profiles: named sets of rules that a record can choose; keeping them, and knowing where one is used."""

from collections.abc import Callable
from typing import Any

from peewee import IntegrityError, fn

from core import journal
from core.db import transaction
from core.i18n import gettext as _
from core.rows import tuples
from records.contacts import Refused, clean_text
from records.locations import slug
from records.models import Profile, Record

RESERVED = "new"  # its address is that of the form
ABOUT = 500  # characters

in_use: list[Callable[[str], list[str]]] = []  # app.py adds who knows: profile key → words such as rules' names


def everyone() -> list[Profile]:
    """All profiles, in their order."""
    return list(Profile.select().order_by(Profile.position, Profile.name))


def label(key: str) -> str:
    """A profile's name; a text that no profile has is shown as it is."""
    found = Profile.get_or_none(Profile.key == key) if key else None
    return found.name if found else key


def choices(carried: str = "") -> list[tuple[str, str]]:
    """What a record can choose, with what it carries now, even if that is not known here; nothing when there is nothing."""
    known = [(profile.key, profile.name) for profile in everyone()]
    if carried and carried not in dict(known):
        known.append((carried, carried))
    return [("", _("No profile")), *known] if known else []


def users(key: str) -> list[str]:
    """Who uses a profile besides records, in words."""
    return [name for ask in in_use for name in ask(key)]


def carried() -> dict[str, int]:
    """How many records carry which text, known here or not."""
    counted = Record.select(Record.profile, fn.COUNT(Record.id)).where(Record.profile != "")
    return dict(tuples(counted.group_by(Record.profile)))


def create(given: dict[str, str], actor: str) -> Profile:
    """A new profile at the end; its key is made of the name unless one is given. Raises Refused."""
    name, about = _name(given), clean_text(given.get("about", ""), "about", ABOUT)
    with transaction():
        key = _key(given["key"].strip()) if given.get("key", "").strip() else _free_key(name)
        last = Profile.select(fn.MAX(Profile.position)).scalar()
        try:
            profile = Profile.create(key=key, name=name, about=about, position=0 if last is None else last + 1)
        except IntegrityError as taken:  # by somebody else, in this very moment
            raise Refused("key", _("There is a profile with this key already.")) from taken
        journal.record("profile.created", None, actor, profile=key)
    return profile


def change(profile: Profile, given: dict[str, str], actor: str) -> None:
    """Another name or explanation; the key stays, because others know it. Raises Refused."""
    values = {"name": _name(given), "about": clean_text(given.get("about", ""), "about", ABOUT)}
    changed = [field for field, value in values.items() if getattr(profile, field) != value]
    if changed:
        with transaction():
            Profile.update(**values).where(Profile.key == profile.key).execute()
            journal.record("profile.changed", None, actor, profile=profile.key, fields=changed)


def move(profile: Profile, step: int, actor: str) -> None:
    """One place up (-1) or down (1); the others make room."""
    with transaction():
        keys: list[Any] = [one.key for one in everyone()]
        here = keys.index(profile.key)
        there = min(max(here + step, 0), len(keys) - 1)
        keys.insert(there, keys.pop(here))
        for position, key in enumerate(keys):
            Profile.update(position=position).where(Profile.key == key).execute()
        if there != here:
            journal.record("profile.changed", None, actor, profile=profile.key, fields=["position"])


def delete(profile: Profile, actor: str) -> None:
    """Forget a profile; records and rules keep its key as a text."""
    with transaction():
        Profile.delete().where(Profile.key == profile.key).execute()
        journal.record("profile.deleted", None, actor, profile=profile.key)


def _name(given: dict[str, str]) -> str:
    name = clean_text(given.get("name", ""), "name", 100)
    if not name:
        raise Refused("name", _("A name is needed."))
    return name


def _key(text: str) -> str:
    key = clean_text(text, "key")
    if "/" in key or not slug(key):
        raise Refused("key", _("A key needs a letter or a digit, and no slash belongs in it."))
    if _is_taken(key):
        raise Refused("key", _("There is a profile with this key already."))
    return key


def _free_key(name: str) -> str:
    """A short, readable key that no profile has yet: “Fotoprodukte” → fotoprodukte."""
    plain = slug(name) or "profile"
    key, n = plain, 2
    while _is_taken(key):
        key, n = f"{plain}-{n}", n + 1
    return key


def _is_taken(key: str) -> bool:
    return key == RESERVED or Profile.select().where(Profile.key == key).exists()
