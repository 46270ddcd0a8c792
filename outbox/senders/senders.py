"""Senders beside the house's own address: making, changing and ending them, and as whom their mails go out."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from core import clock, journal, secrets
from core.db import database, transaction
from core.settings import get as setting
from outbox import alarm, breaker
from outbox.channels.gateways import TYPES as SMS_TYPES
from outbox.models import Message, Sender

Mailbox = tuple[str, str]  # name, address

in_use: list[Callable[[int], list[str]]] = []  # app.py adds who knows: sender id → words such as rules' names


class InUse(Exception):
    """The sender is still used; `names` say by what."""

    def __init__(self, names: list[str]):
        super().__init__(*names)
        self.names = names


def active() -> list[Sender]:
    """Those that may send now."""
    return [row for row in Sender.select().where(Sender.active).order_by(Sender.id) if not wants_consent(row)]


def wants_consent(sender: Sender) -> bool:
    """True while a person has still, or once more, to let us send in the name of their account."""
    return sender.type == "gmail" and not sender.settings.get("agreed_at")


def usable(user_id: int, channel: str = "email") -> list[Sender]:
    """Those that a person may choose for messages of a channel (email or sms), by name."""
    ours = (row for row in of_channel(channel) if not row.users or user_id in row.users)
    return sorted(ours, key=lambda row: row.label.lower())


def of_channel(channel: str) -> list[Sender]:
    """Those that may send now and send such messages."""
    return [row for row in active() if channel_of(row) == channel]


def channel_of(sender: Sender | None) -> str:
    """What it sends: sms or email, as does the house's own address, which is no sender."""
    return "sms" if sender and sender.type in SMS_TYPES else "email"


def sends(sender: Sender | None, channel: str) -> bool:
    """Whether it sends such messages."""
    return channel_of(sender) == channel


def any_gateway() -> int | None:
    """The SMS gateway that takes over from one that is gone: the oldest that everybody may use."""
    return next((row.id for row in of_channel("sms") if not row.users), None)


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
        _try_again(sender)
    return fields


def _try_again(sender: Sender) -> None:
    """What waits for money or for a country is looked at once more."""
    waiting = ((Message.state == "planned") & (Message.reason == "money_cap")) | (
        (Message.state == "held") & (Message.reason == "country")
    )
    Message.update(state="planned", due_at=clock.now(), owner="").where(Message.sender_id == sender.id, waiting).execute()
    database.after_commit(alarm.due.ring)


def switch(sender: Sender, on: bool, actor: str) -> int:
    """Switch it on or off; on again, what was held because it was off goes out. How many those are."""
    with transaction():
        Sender.update(active=on).where(Sender.id == sender.id).execute()
        journal.record("sender.switched_on" if on else "sender.switched_off", None, actor, sender=sender.id)
        return free(sender, "sender_off") if on else 0


def free(sender: Sender, reason: str) -> int:
    """What was held for that reason goes out; in the caller's transaction. How many those are."""
    held = (Message.sender_id == sender.id, Message.state == "held", Message.reason == reason)
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
    """Which of these may not send, and why: sender_off, sender_consent or sender_gone."""
    known = {row.id: _hindered(row) for row in Sender.select().where(Sender.id.in_(set(ids)))}
    return {key: why for key in ids if (why := known.get(key, "sender_gone"))}


def _hindered(sender: Sender) -> str:
    return "sender_off" if not sender.active else "sender_consent" if wants_consent(sender) else ""


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
