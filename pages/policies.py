"""How often a link opens, as the settings of its record's kind say."""

from core.i18n import N_
from pages.models import Link
from pages.settings import current

ONCE, UNTIL, POSTCODE = "", "until", "postcode"
POLICIES = {
    ONCE: N_("Once, in one browser"),
    POSTCODE: N_("Once, after the postcode was entered"),
    UNTIL: N_("As often as one likes, until it expires"),
}


def of(link: Link) -> str:
    """The policy of a link whose record is in place; one that nobody knows any more is the strictest."""
    chosen = current.of(link.record.kind_id, "").policy
    return chosen if chosen in POLICIES else ONCE


def again(link: Link) -> bool:
    """Whether it opens again and again."""
    return of(link) == UNTIL


def lasting() -> list[str]:
    """The kinds whose links open again and again."""
    return [kind for kind in current.kinds() if current.of(kind, "").policy == UNTIL]
