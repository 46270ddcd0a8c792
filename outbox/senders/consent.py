"""Consent to send in the name of somebody's account: given by a person at Google, kept, and one day over."""

from core import clock, journal
from core.db import transaction
from core.i18n import gettext as _
from outbox.channels.oauth import Denied
from outbox.models import Sender
from outbox.senders import senders


def agree(sender: Sender, address: str, refresh_token: str, actor: str) -> int:
    """Its owner lets us send as this address, which Google has confirmed; how many held messages go out now."""
    settings = {**sender.settings, "agreed_at": clock.now().isoformat()}
    given = {"from_address": address, "login": address, "settings": settings}
    with transaction():
        senders.save(sender, given, actor, hidden={"refresh_token": refresh_token})
        return senders.free(sender, "sender_consent")


def lost(sender: Sender) -> None:
    """It is over, unless somebody has agreed anew since this row was read; in the caller's transaction."""
    row = Sender.get_or_none(Sender.id == sender.id)
    if row and row.secrets == sender.secrets and row.settings.get("agreed_at"):
        Sender.update(settings={**row.settings, "agreed_at": ""}).where(Sender.id == row.id).execute()
        journal.record("sender.consent_lost", None, "worker", sender=row.id)


def heard(sender: Sender, denied: Denied) -> str:
    """A person has tried the sender: what they are told, and what is remembered of it."""
    if denied.verdict == "sender_consent":
        with transaction():
            lost(sender)
    return refusal(denied)


def refusal(denied: Denied) -> str:
    """What a person is told when Google gives no token."""
    if denied.verdict == "rest":
        return _("Google cannot be reached just now (%(code)s). Please try again in a moment.", code=denied.code)
    if denied.verdict == "sender_consent":
        return _("The consent is over: it was withdrawn or has lapsed. Please connect the account with Google once more.")
    return _("Google refuses our access (%(code)s). Please check client ID and secret.", code=denied.code)
