"""Whether a rule can be again what it once was, in the words of the builder's own checks."""

from core.i18n import gettext as _
from core.i18n import ngettext
from emails.models import Template
from rules import index, versions, words
from rules.builder import checks, draft
from rules.models import Rule, RuleVersion, templates_of


def refusal(kept: RuleVersion, rule: Rule) -> str:
    """Why a version, read as `rule`, cannot come back: a sentence; empty when it can."""
    gone = _gone(kept, rule)
    if gone:
        names = ", ".join(_("“%(value)s”", value=name) for name in gone)
        return ngettext(
            "This version sends the template %(names)s, which no longer exists; it cannot come back without it.",
            "This version sends the templates %(names)s, which no longer exist; it cannot come back without them.",
            len(gone), names=names,
        )
    if index.fault_of(rule):
        return _("This version cannot come back: %(why)s", why=words.fault(index.fault_of(rule)))
    again = draft.of(rule)
    checks.check(again)
    return next((_("This version cannot come back: %(why)s", why=why) for why in again.problems.values()), "")


def _gone(kept: RuleVersion, rule: Rule) -> list[str]:
    wanted, names = templates_of(rule.recipients, rule.options), versions.names_then(kept)
    there = {row.id for row in Template.select(Template.id).where(Template.id.in_(wanted))}
    return [names.get(key, words.GONE) for key in sorted(wanted - there)]
