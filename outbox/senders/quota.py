"""What a sender may send within an hour, counted by what it has sent and what is going out just now."""

from datetime import datetime, timedelta

from peewee import SQL

from core import clock
from outbox import alarm
from outbox.models import Message, Sender
from outbox.states import SENDING

HOUR, DAY, SOON = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def sent(sender: Sender) -> int:
    """How many mails have gone out within the hour."""
    return Message.select().where(Message.sender_id == sender.id, Message.sent_at > clock.now() - HOUR).count()


def room(sender: Sender, wanted: int) -> int:
    """How many of those wanted may go out now; when it is none, the worker is woken as soon as one may."""
    if not sender.quota:
        return wanted
    left = sender.quota - sent(sender) - _going(sender)
    if left <= 0:
        alarm.at(_free_at(sender))
    return max(0, min(wanted, left))


def _going(sender: Sender) -> int:
    held = (Message.sender_id == sender.id) & (Message.lease_until > clock.now() - DAY)
    return sum(Message.select().where(Message.state == SQL(f"'{state}'"), held).count() for state in SENDING)


def _free_at(sender: Sender) -> datetime:
    mine = Message.select(Message.sent_at).where(Message.sender_id == sender.id, Message.sent_at > clock.now() - HOUR)
    filling = mine.order_by(Message.sent_at.desc()).offset(sender.quota - 1).limit(1).scalar()
    return filling + HOUR if filling else clock.now() + SOON
