"""Senders beside the house's own address: making, changing and ending them, and as whom their mails go out."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from core import clock, journal, secrets
from core.db import database, transaction
from core.settings import get as setting
from outbox import alarm, breaker
from outbox.channels.account import Account
from outbox.models import Message, Sender

CONNECTIONS = 4  # to one account at once; many providers allow no more
Mailbox = tuple[str, str]  # name, address

in_use: list[Callable[[int], list[str]]] = []  # app.py adds who knows: sender id → words such as rules' names


class InUse(Exception):
    """The sender is still used; `names` say by what."""

    def __init__(self, names: list[str]):
        super().__init__(*names)
        self.names = names


def active() -> list[Sender]:
    """Those that may send now."""
    return list(Sender.select().where(Sender.active).order_by(Sender.id))


def usable(user_id: int) -> list[Sender]:
    """Those that a person may choose, by name."""
    return sorted((row for row in active() if not row.users or user_id in row.users), key=lambda row: row.label.lower())


def names(ids: Collection[int]) -> dict[int, str]:
    """What senders are called, also those switched off."""
    return {row.id: row.label for row in Sender.select().where(Sender.id.in_(set(ids)))} if ids else {}


def users_of(sender: Sender) -> list[str]:
    """What still uses it."""
    return [name for ask in in_use for name in ask(sender.id)]


def save(
    sender: Sender, given: Mapping[str, Any], actor: str, password: str = "", hidden: Mapping[str, str] | None = None
) -> list[str]:
    """Write what differs, a new sender or a known one; of secrets only those given anew. The columns that changed."""
    new = {**given, **({"password": secrets.seal(password)} if password else {})}
    if fresh := {name: value for name, value in (hidden or {}).items() if value}:
        new["secrets"] = secrets.seal(json.dumps({**hidden_of(sender), **fresh}))
    fields = [name for name, value in new.items() if getattr(sender, name) != value]
    if not fields and sender.id:
        return []
    what = "sender.changed" if sender.id else "sender.created"
    for name in fields:
        setattr(sender, name, new[name])
    with transaction():
        sender.created_at = sender.created_at or clock.now()
        sender.save()
        journal.record(what, None, actor, sender=sender.id, fields=fields)
        breaker.forget(channel_name(sender), sender.id)
    return fields


def switch(sender: Sender, on: bool, actor: str) -> int:
    """Switch it on or off; on again, what was held because it was off goes out. How many those are."""
    with transaction():
        Sender.update(active=on).where(Sender.id == sender.id).execute()
        journal.record("sender.switched_on" if on else "sender.switched_off", None, actor, sender=sender.id)
        if not on:
            return 0
        held = (Message.sender_id == sender.id, Message.state == "held", Message.reason == "sender_off")
        freed = Message.update(state="planned", reason="", owner="", due_at=clock.now()).where(*held).execute()
        database.after_commit(alarm.due.ring)
    return int(freed)


def works(sender: Sender, actor: str) -> None:
    """A person has tried it with success: what waited because of it goes out."""
    with transaction():
        breaker.forget(channel_name(sender), sender.id)
        journal.record("sender.tested", None, actor, sender=sender.id)


def delete(sender: Sender, actor: str) -> None:
    """End it for good; what is still planned for it is held when it is due. Raises InUse."""
    if used := users_of(sender):
        raise InUse(used)
    with transaction():
        Sender.delete().where(Sender.id == sender.id).execute()
        breaker.forget(channel_name(sender), sender.id)
        journal.record("sender.deleted", None, actor, sender=sender.id)


def missing(ids: Collection[int]) -> dict[int, str]:
    """Which of these may not send, and why: sender_off or sender_gone."""
    known = {row.id: row.active for row in Sender.select().where(Sender.id.in_(set(ids)))}
    return {key: "sender_off" if key in known else "sender_gone" for key in ids if not known.get(key)}


def account(sender: Sender, longest: float = float("inf")) -> Account:
    """How to reach it. A password sealed with another key is none: the server will say so."""
    try:
        password = secrets.open_(sender.password) if sender.password else ""
    except secrets.Unopenable:
        password = ""
    return Account(
        channel_name(sender), sender.host, sender.port, sender.tls, sender.login, password, CONNECTIONS, longest
    )


def hidden_of(sender: Sender) -> dict[str, str]:
    """What its type keeps sealed; nothing when that was sealed with another key."""
    try:
        return dict(json.loads(secrets.open_(sender.secrets))) if sender.secrets else {}
    except secrets.Unopenable:
        return {}


def channel_name(sender: Sender) -> str:
    """What its rests and its breaker are kept under."""
    return f"sender:{sender.id}"


def signature(sender: Sender | None, host: str) -> tuple[Mailbox, Mailbox | None]:
    """From whom a mail comes, and where an answer goes if elsewhere; without a sender the house's own address."""
    company = setting("company")
    name = company.get("name", "")
    if sender is None:
        return (name, company.get("mail_from") or f"statusbote@{host}"), None
    name = sender.from_name or name
    return (name, sender.from_address), (name, sender.reply_to) if sender.reply_to else None
