"""How the messenger fares: the worker's heartbeat, the oldest overdue message, the way out, the switch."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import SQL

from core import clock
from core.i18n import gettext as _
from core.i18n import ngettext, time
from outbox import valve
from outbox.models import Message, Sender, SenderState, Worker
from outbox.senders import senders
from outbox.states import said
from records import actors
from records.zones import appointment, zone_of

ASLEEP = timedelta(seconds=30)  # six heartbeats missed
LATE = timedelta(minutes=1)


@dataclass(frozen=True)
class Sign:
    """One line: what, how it stands, the tone "", "wait" or "stop", and where more is to be seen, perhaps only by admins."""

    what: str
    how: str
    tone: str = ""
    link: str = ""
    for_admins: bool = False


@dataclass(frozen=True)
class Health:
    title: str
    signs: list[Sign]
    advice: str = ""


def look(mailbox: bool) -> Health:
    """How it is now; `mailbox` says that the built-in one is the way out."""
    now, stopped = clock.now(), valve.stopped()
    beat = Worker.select(Worker.beat_at).order_by(Worker.beat_at.desc()).limit(1).scalar()
    asleep = beat is None or now - beat > ASLEEP
    signs = [_heart(beat, asleep, now), _overdue(now, bool(stopped)), *_ways(mailbox, now)]
    if stopped:
        return Health(_("Sending is stopped"), [_halt(stopped), *signs])
    if asleep:
        advice = _("Please start the worker; until then everything due waits. Nothing is lost.")
        return Health(_("The messenger is asleep"), signs, advice)
    return Health(_("The messenger is awake"), signs)


def _heart(beat: datetime | None, asleep: bool, now: datetime) -> Sign:
    how = _("never yet") if beat is None else ago(now - beat)
    return Sign(_("Last heartbeat"), how, "stop" if asleep else "")


def _overdue(now: datetime, stopped: bool) -> Sign:
    oldest = (
        Message.select(Message.due_at).where(Message.state == SQL("'planned'"), Message.due_at < now - LATE)
        .order_by(Message.due_at).limit(1).scalar()
    )
    if oldest is None:
        return Sign(_("Overdue"), _("nothing"))
    return Sign(_("Overdue"), ago(now - oldest), "wait" if stopped else "stop")


def _ways(mailbox: bool, now: datetime) -> list[Sign]:
    """The house's own way out, and every further sender that fares badly."""
    states = list(SenderState.select())
    own = [Sign(_("Mail server"), *fares(state, now)) for state in states if not number(state)]
    if mailbox:
        own = [Sign(_("Way out"), _("built-in mailbox"), link="/mailbox")]
    troubled = {number(state): state for state in states if number(state)}
    known = Sender.select().where(Sender.id.in_(list(troubled))).order_by(Sender.id) if troubled else ()
    further = [
        Sign(row.label, *fares(troubled[row.id], now, senders.channel_of(row)), f"/senders/{row.id}", for_admins=True)
        for row in known
    ]
    return [*(own[:1] or [Sign(_("Mail server"), _("accepts"))]), *further]


def number(state: SenderState) -> int:
    """Which further sender it is; 0 for the house's own address."""
    kind, _colon, number = state.sender.partition(":")
    return int(number) if kind == "sender" else 0


def fares(state: SenderState, now: datetime, channel: str = "email") -> tuple[str, str]:
    """How a sender in trouble stands, and the tone of that."""
    if state.reason == "sender_consent":
        return _("consent needed again"), "stop"
    reason = said(state.reason, channel)
    if state.rests_until and state.rests_until > now:
        how = _("rests until %(when)s: %(reason)s", when=time(state.rests_until, zone_of(None)), reason=reason)
    else:
        how = _("is tried with one message: %(reason)s", reason=reason)
    return how, "stop" if state.reason in ("sender", "credit") else "wait"


def _halt(stopped: dict[str, Any]) -> Sign:
    since = appointment(datetime.fromisoformat(stopped["at"]), zone_of(None))
    return Sign(_("Stopped by %(name)s", name=actors.names([stopped["by"]])[stopped["by"]]), since, "wait")


def ago(span: timedelta) -> str:
    """“4 s ago”, “12 minutes ago”, “3 days ago”."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return _("%(n)s s ago", n=seconds)
    if seconds < 3600:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", seconds // 60)
    if seconds < 86400:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", seconds // 3600)
    return ngettext("%(n)s day ago", "%(n)s days ago", seconds // 86400)
