"""What people allowed: e-mails and SMS about their records and, apart from these, advertising; each with its proof.

A proof is {"given", "at" (ISO moment), "how" (the actor)}; that of advertising has "text" too, what they agreed to, and
once it is withdrawn "before", the proof until then.
"""

from datetime import datetime
from typing import Any

from core import clock, journal
from core.db import transaction
from core.i18n import gettext as _
from records.models import Contact

CHANNELS = ("email", "sms")
ADVERTISING = "advertising"
ALL = (*CHANNELS, ADVERTISING)
LONGEST = 500  # characters of what somebody agreed to
THEMSELVES = "customer"  # the actor when a person unsubscribed

Consents = dict[str, Any]


def usual_text() -> str:
    """What a person agrees to where nobody has worded it."""
    return _(
        "I would like to be asked now and then whether I was happy, and to hear of offers, by e‑mail or SMS. I can "
        "withdraw this at any time."
    )


def after(known: Consents, said: dict[str, Any], actor: str) -> Consents:
    """The proofs that change by what was said: {"email": bool, …, "advertising_text", "advertising_at"}."""
    new = {}
    for one in ALL:
        given = said.get(one)
        if given is None or (known.get(one) and known[one]["given"] == given):
            continue
        proof = {"given": given, "at": _iso(clock.now()), "how": actor}
        if one != ADVERTISING:
            new[one] = proof
        elif not given or _may_come_back(known.get(one), said, actor):
            new[one] = _of_advertising(proof, said, known.get(one))
    return new


def withdraw(contact: Contact, how: str) -> bool:
    """End the consent to advertising of whoever reads at that address; False when there was none. `how`: for the journal."""
    with transaction():
        same = Contact.email == contact.email if contact.email else Contact.id == contact.id
        agreed = [one for one in Contact.select().where(same | (Contact.id == contact.id)) if one.consents_to(ADVERTISING)]
        for one in agreed:
            one.consents = {**one.consents, **after(one.consents, {ADVERTISING: False}, THEMSELVES)}
            one.save()
            journal.record("contact.unsubscribed", None, THEMSELVES, contact=one.id, how=how)
    return bool(agreed)


def _may_come_back(known: Consents | None, said: dict[str, Any], actor: str) -> bool:
    """Whoever withdrew it may give it again; after anybody else's no it takes a yes that was said later."""
    if known is None or known["given"] or known["how"] == actor:
        return True
    at = said.get("advertising_at")
    return bool(at and at > datetime.fromisoformat(known["at"]))


def _of_advertising(proof: Consents, said: dict[str, Any], known: Consents | None) -> Consents:
    if not proof["given"]:
        return proof | ({"before": {key: known[key] for key in known if key != "before"}} if known else {})
    at = said.get("advertising_at")
    return proof | {"at": _iso(at) if at else proof["at"], "text": said.get("advertising_text") or ""}


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
