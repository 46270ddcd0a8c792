"""Files of one's own in a letter: handed over while it is written, sent with it, and forgotten 90 days afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from peewee import fn
from werkzeug.datastructures import FileStorage

from core import clock, keys, uploads
from core.db import transaction
from core.i18n import gettext as _
from core.rows import tuples
from emails.compose import Composed
from emails.enclosed import File
from outbox.models import Message
from outbox.states import SENDING, WAITING
from outbox.writing.models import Enclosure

LARGEST, TOGETHER = 5, 10  # MB: one file, and all of a letter
BODY = 40 * uploads.MEGA  # a request beyond it is refused unread
UNSENT = timedelta(days=1)
KEPT = timedelta(days=90)
AGAIN = timedelta(days=1)  # until it is looked once more whether a letter has left
OPEN = (*WAITING, *SENDING, "unclear")


class Forgotten(Exception):
    """A file is no longer there."""


def of(token: str, actor: str) -> list[Enclosure]:
    """The files of a letter, without their content, in the order of their names."""
    parts = (Enclosure.key, Enclosure.name, Enclosure.size)
    return list(Enclosure.select(*parts).where(_whose(token, actor)).order_by(Enclosure.name))


def keep(token: str, actor: str, given: Iterable[FileStorage]) -> str:
    """Take files for a letter; a sentence about those that cannot be taken, or nothing."""
    refused = [_keep(token, actor, file) for file in given if file.filename]
    return " ".join(filter(None, refused))


def _keep(token: str, actor: str, file: FileStorage) -> str:
    name = file.filename or ""
    data = file.read(LARGEST * uploads.MEGA + 1)
    if len(data) > LARGEST * uploads.MEGA:
        return _("“%(name)s” is too large: a file may have at most %(n)s MB.", name=name, n=LARGEST)
    known = uploads.sort(data)
    if known is None:
        return _("“%(name)s” is neither a PDF nor a PNG or JPEG picture.", name=name)
    ending, sort = known
    with transaction():
        there = Enclosure.select(fn.SUM(Enclosure.size)).where(_whose(token, actor)).scalar() or 0
        if there + len(data) > TOGETHER * uploads.MEGA:
            sentence = _("“%(name)s” does not go in any more: all files together may have at most %(n)s MB.")
            return sentence % {"name": name, "n": TOGETHER}
        Enclosure.create(
            key=keys.random62(22), token=token, actor=actor, name=uploads.harmless(name, ending), sort=sort,
            size=len(data), data=data, until=clock.now() + UNSENT,
        )
    return ""


def drop(token: str, actor: str, key: str) -> None:
    """Take a file out of a letter that is still being written."""
    if key and not _sent(token):
        with transaction():
            Enclosure.delete().where(_whose(token, actor), Enclosure.key == key).execute()


def hold(token: str, actor: str, until: datetime) -> list[str] | None:
    """The keys of a letter's files, kept from now on until its messages have left; in the caller's transaction."""
    found = [one.key for one in of(token, actor)]
    if found:
        Enclosure.update(until=until + KEPT).where(Enclosure.key.in_(found)).execute()
    return found or None


def names(keys: Sequence[str] | None) -> list[str]:
    """What the files of a message are called, as far as they are still there."""
    return [one.name for one in Enclosure.select(Enclosure.name).where(Enclosure.key.in_(keys))] if keys else []


def together(mail: Composed, keys: Sequence[str] | None) -> Composed:
    """A mail with the files that its message names; raises Forgotten."""
    return replace(mail, files=(*mail.files, *map(_read, keys))) if keys else mail


@lru_cache(maxsize=4)
def _read(key: str) -> File:
    """One file for many messages, which leave one after another."""
    row = Enclosure.get_or_none(Enclosure.key == key)
    if row is None:
        raise Forgotten(key)
    return File(row.name, row.sort, bytes(row.data))


def forget() -> None:
    """Delete the files of letters that were never sent, and of those that left 90 days ago."""
    over = Enclosure.select(Enclosure.token).where(Enclosure.until < clock.now()).distinct()
    for (token,) in tuples(over):
        until = _needed(token)
        with transaction():
            if until is None:
                Enclosure.delete().where(Enclosure.token == token).execute()
            else:
                Enclosure.update(until=until).where(Enclosure.token == token).execute()


def _needed(token: str) -> datetime | None:
    """Until when a letter's files are still needed at least."""
    rows = Message.select(Message.state, Message.sent_at).where(*_letters(token))
    if any(row.state in OPEN for row in rows):
        return clock.now() + AGAIN
    last = max((row.sent_at for row in rows if row.sent_at), default=None)
    return last + KEPT if last and last + KEPT > clock.now() else None


def _sent(token: str) -> bool:
    return bool(Message.select().where(*_letters(token)).exists())


def _letters(token: str) -> tuple[object, ...]:
    return Message.actor.is_null(False), Message.occasion == f"hand:{token}"


def _whose(token: str, actor: str) -> object:
    return (Enclosure.token == token) & (Enclosure.actor == actor)
