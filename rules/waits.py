"""What becomes of messages that wait when their rule is changed: kept, planned anew or discarded, as a person says (X9)."""

from peewee import fn

from outbox import plan
from outbox.models import Message
from outbox.states import WAITING
from rules import jobs, kept, reach, replan
from rules.models import Job, Rule
from rules.replan import Wish
from rules.triggers import TRIGGERS

CHOICES = ("replan", "keep", "discard")
AT_ONCE = 200  # records that are planned anew while somebody waits for it


def settle(rule: Rule, choice: str, existing: bool, actor: str) -> Job | None:
    """Do what a person has said about a changed rule, in the transaction that stores it; the job when it takes longer.

    `existing` plans a reminder for records that were there before, too, as long as a moment of theirs lies ahead.
    """
    if choice == "discard":
        plan.discard(rule.id, "rule_changed", actor)
    elif choice == "keep":
        kept.mark(rule.id)
    reminds = rule.on and TRIGGERS[rule.trigger].family == "reminder"
    wish = Wish(again=choice == "replan", fresh=existing and reminds)
    keys = replan.keys_of(rule, wish, 0, AT_ONCE + 1)
    if len(keys) <= AT_ONCE:
        replan.write(rule, keys, wish, replan.decide(rule, keys, wish), actor)
        return None
    data = {"wish": vars(wish), "seal": replan.seal(rule)}
    return jobs.start(replan.SORT, f"replan:{rule.id}:{rule.version}", actor, rule.id, data, _total(rule, wish))


def _total(rule: Rule, wish: Wish) -> int:
    """How many records there are to look at, as far as that is quickly said."""
    records = Message.select(fn.COUNT(Message.record.distinct()))
    waiting = records.where(Message.rule_id == rule.id, Message.state.in_(WAITING))
    return max(waiting.scalar() if wish.again else 0, reach.count(rule) if wish.fresh else 0)
