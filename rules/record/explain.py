"""Why each rule wrote about a record, or did not: one sentence per rule that a clerk understands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from markupsafe import Markup, escape

from core import clock, i18n
from core.i18n import gettext as _
from core.journal import Entry
from outbox.models import Message
from outbox.words import Told, tell, when
from records.conditions.words import clause
from records.load import load
from records.models import Record
from records.zones import shortly, zone_of
from rules import engine, index, planning, words
from rules.models import Rule
from rules.triggers import TRIGGERS, moments, status_of

LONGEST = 400  # entries of one record that are looked at
LOOK = timedelta(days=62)  # so far ahead a series is followed
AHEAD = ("planned", "awaiting", "sending_pre", "sending_data")


@dataclass(frozen=True)
class Verdict:
    """What a rule did about a record. `tone`: ahead, sent, held, failed, dropped, or "" when it had nothing to do."""

    rule: Rule
    tone: str
    sentence: Markup


@dataclass(frozen=True)
class _Case:
    """All there is to judge by."""

    record: Record
    zone: tzinfo
    entries: list[Entry]
    passed: set[tuple[int, int]]  # rule and entry, where the rule's conditions did not hold
    names: words.Names


def verdicts(key: int) -> list[Verdict]:
    """One for each rule of the record's kind: first what is to come, then what was, then what did not apply."""
    record = load([key]).get(key)
    if record is None:
        return []
    case = _case(record)
    rules = list(Rule.select().where(Rule.kind == record.kind_id).order_by(Rule.id))
    told = tell(list(Message.select().where(Message.record == record, Message.rule_id.is_null(False)).order_by(Message.id)))
    for rule in rules:
        rule.kind = record.kind
    found = [_verdict(rule, [one for one in told if one.message.rule_id == rule.id], case) for rule in rules]
    order = ("ahead", "held", "failed", "sent", "dropped", "")
    return sorted(found, key=lambda verdict: order.index(verdict.tone))


def _case(record: Record) -> _Case:
    lines = Entry.select().where(Entry.record_id == record.id).order_by(Entry.id.desc()).limit(LONGEST)
    passed = {(line.data["rule"], line.data["entry"]) for line in lines if line.what == "rule.passed_over"}
    return _Case(record, zone_of(record), list(lines), passed, words.names())


def _verdict(rule: Rule, told: Sequence[Told], case: _Case) -> Verdict:
    done = [one for one in told if one.message.state == "sent"]
    ahead = [one for one in told if one.message.state in AHEAD]
    last = (ahead or told)[-1] if told else None
    if last is None:
        return Verdict(rule, "", escape(_why_not(rule, case)))
    if last.message.state == "dropped" and done:
        last = done[-1]
    return Verdict(rule, last.stamp, _said(last, len(done), case))


def _said(one: Told, sent: int, case: _Case) -> Markup:
    """“Sent to Ada Lovelace on 20 Nov.”; how it stands, and why."""
    whom = one.name or one.address or _("nobody")
    parts = {"to": whom, "when": _day(one.at, case.zone)}
    if one.message.state == "sent":
        said = _("Sent to %(to)s %(when)s.", **parts)
        return escape(said + (" " + _("%(n)s messages in all.", n=sent) if sent > 1 else ""))
    if one.message.state in AHEAD:
        return escape(one.why or _("Goes out %(when)s.", when=when(one.at, case.zone)))
    return escape(_("To %(to)s, %(when)s: %(why)s", why=one.why or one.state, **parts))


def _why_not(rule: Rule, case: _Case) -> str:
    """Why a rule has made no message about the record at all."""
    if rule.fault or index.fault_of(rule):
        return words.fault(rule.fault or index.fault_of(rule))
    if not rule.on:
        return _("Switched off.")
    elsewhere = _elsewhere(rule, case.record, case.names)
    if elsewhere:
        return elsewhere
    family = TRIGGERS[rule.trigger].family
    return {"event": _unheard, "reminder": _unreminded, "series": _not_round}[family](rule, case)


def _elsewhere(rule: Rule, record: Record, names: words.Names) -> str:
    if rule.profile and rule.profile != record.profile:
        wanted, mine = (names.profiles.get(key, key) or _("no profile") for key in (rule.profile, record.profile))
        return _("Only for the profile “%(profile)s”; here it is: %(mine)s.", profile=wanted, mine=mine)
    if rule.locations and record.location_id not in rule.locations:
        if record.location is None:
            return _("Does not apply to records without a location.")
        return _("Does not apply at this location (%(mine)s).", mine=record.location.name)
    return ""


def _unheard(rule: Rule, case: _Case) -> str:
    """Of a rule that waits for something to happen."""
    meant = _meant(rule, case)
    since = rule.since or datetime.min.replace(tzinfo=case.zone)
    news = [entry for entry in meant if entry.at >= since]
    if not meant:
        return _("What it waits for has not happened yet.")
    if not news:
        said = {"on": _day(since, case.zone), "then": _day(meant[0].at, case.zone)}
        return _("It applies since %(on)s; what it waits for happened before, %(then)s.", **said)
    last = news[0]
    if last.unread:
        return _("It is being looked at right now.")
    quiet = engine.QUIET & last.data.keys()
    if quiet:
        return _("Changed without a message.") if "silent" in quiet else _("It became known too late to be news.")
    asked = _asked(rule, case)
    if asked or (rule.id, last.id) in case.passed:
        return asked or _("Its conditions did not hold %(then)s.", then=_day(last.at, case.zone))
    return _("What it waits for happened %(then)s, but another setting applied then.", then=_day(last.at, case.zone))


def _meant(rule: Rule, case: _Case) -> list[Entry]:
    """The record's entries that the rule listens to, newest first."""
    heard, trigger = index.listened(rule), TRIGGERS[rule.trigger]
    found = [
        entry for entry in case.entries
        if any(what == entry.what and status in (None, status_of(entry)) for what, status in heard)
        and trigger.hears(entry, rule.options)
    ]
    return sorted(found, key=lambda entry: entry.id, reverse=True)


def _asked(rule: Rule, case: _Case) -> str:
    """Which condition keeps it from applying now; nothing when all of them hold."""
    failing = planning.failing(rule, case.record)
    if not failing:
        return ""
    said = clause({"match": "all", "of": [failing]}, rule.kind).striptags()
    return _("Applies only if %(condition)s.", condition=said)


def _unreminded(rule: Rule, case: _Case) -> str:
    """Of a rule that waits for a time of the record."""
    record, field = case.record, rule.options.get("field", "")
    if moments.value(record, field) is None:
        return _("The record has no such time: %(time)s.", time=moments.label(field, record.kind))
    if not TRIGGERS[rule.trigger].holds(record, rule.options):
        return _("The record is closed or cancelled.")
    if asked := _asked(rule, case):
        return asked
    if rule.since and record.created_at < rule.since:
        return _("It applies since %(on)s, to records entered from then on.", on=_day(rule.since, case.zone))
    return _("It is being looked at right now.") if any(e.unread for e in case.entries) else _("No moment of it lies ahead.")


def _not_round(rule: Rule, case: _Case) -> str:
    """Of a rule that comes round with the calendar."""
    if asked := _asked(rule, case):
        return asked
    now = clock.now()
    coming = TRIGGERS[rule.trigger].occurrences(rule.options, case.zone, now, now + LOOK)
    return _("Next time %(when)s.", when=when(coming[0].at, case.zone)) if coming else _("No day of it lies ahead.")


def _day(at: datetime, zone: tzinfo) -> str:
    """“at 10:52”, “on 20 Nov.”."""
    if at.astimezone(zone).date() == clock.now().astimezone(zone).date():
        return _("at %(time)s", time=i18n.time(at, zone))
    return _("on %(day)s", day=shortly(at, zone))
