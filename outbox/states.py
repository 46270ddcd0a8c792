"""The states of a message, the reasons for them, and the sentences that tell a person."""

from dataclasses import dataclass
from datetime import datetime

from core.i18n import N_
from core.i18n import gettext as _

WAITING = ("planned", "awaiting", "held")
SENDING = ("sending_pre", "sending_data")
DONE = ("sent", "bounced", "dropped", "failed")
TROUBLED = ("held", "unclear", "failed", "bounced")

STATES = {
    "planned": N_("planned"),
    "sending_pre": N_("on its way"),
    "sending_data": N_("on its way"),
    "sent": N_("sent"),
    "bounced": N_("came back"),
    "awaiting": N_("awaits release"),
    "held": N_("held"),
    "unclear": N_("unclear"),
    "dropped": N_("dropped"),
    "failed": N_("failed"),
}

TONES = {"sent": "good", "planned": "current", "held": "wait", "unclear": "wait", "failed": "stop", "bounced": "stop"}

REASONS = {
    "no_recipient": N_("The record has nobody in this role."),
    "no_address": N_("There is no e-mail address on file."),
    "no_consent": N_("The contact has not agreed to receive e-mails."),
    "no_advertising": N_("It is advertising, and the contact has not agreed to that."),
    "no_page": N_("Whoever asked for a fresh link gets no status pages any more."),
    "suppressed": N_("This address is blocked: mails to it came back, or somebody has blocked it."),
    "missed": N_("Its time had passed before it could be sent."),
    "record_gone": N_("The record no longer exists."),
    "template_gone": N_("The template no longer exists."),
    "rule_gone": N_("The rule no longer exists."),
    "rule_off": N_("The rule has been switched off."),
    "rule_changed": N_("The rule was changed and its waiting messages discarded."),
    "kept": N_("The rule was changed since; a person let this message stay as it was."),
    "replanned": N_("The rule was changed, and this message is no longer part of it."),
    "conditions": N_("The rule’s conditions no longer hold."),
    "passed": N_("Its moment had passed before it was known."),
    "no_hours": N_("Before the appointment there were no working hours left."),
    "closed": N_("It waits for working hours."),
    "resting": N_("It rests for a moment, so that the click can be taken back."),
    "recalled": N_("The click was taken back."),
    "paid": N_("The payment has come in meanwhile."),
    "cancelled": N_("The record was cancelled or closed meanwhile."),
    "status_left": N_("The status has changed again meanwhile."),
    "moved": N_("Its moment has been moved."),
    "superseded": N_("A newer message takes its place."),
    "too_deep": N_("Rules have set each other off three times in a row; it ends here."),
    "unusual": N_("The rule would write to unusually many people; a person decides whether that is right."),
    "limit": N_("This address has had five mails within a day; the next waits until there is room again."),
    "discarded": N_("Discarded by hand."),
    "not_composed": N_("The text could not be composed; please check the template."),
    "file_gone": N_("What was attached has been deleted, 90 days after it was first sent; please write the e‑mail anew."),
    "later": N_("The mail server asks to try again later."),
    "rest": N_("The mail server asks for a pause."),
    "cut": N_("The connection broke before anything was sent."),
    "sender": N_("The mail server refuses our sender; please check the access data."),
    "sender_consent": N_("Google wants consent for its sender once more; when an admin has given it, the message goes out."),
    "sender_off": N_("Its sender is switched off; once that is on again, the message goes out."),
    "sender_gone": N_("Its sender was deleted. If you let it go out, it comes from the company’s own address."),
    "credit": N_("The SMS gateway has no credit left; once there is some, the message goes out."),
    "country": N_("The SMS gateway may not write to this country; an admin can allow it at the sender."),
    "money_cap": N_("The SMS gateway has spent what it may in a day; it goes out tomorrow, or when the limit is raised."),
    "wrong_sender": N_("Its sender cannot send it. If you let it go out, it comes from the company’s own address."),
    "delivered": N_("The network has confirmed that it arrived."),
    "unknown_address": N_("The mail server does not know this address."),
    "full": N_("The mailbox is full."),
    "given_up": N_("The recipient’s mail server could not be reached for days."),
    "refused": N_("The mail server has refused this message."),
    "silent": N_("The mail server fell silent at the last moment; the message may have arrived."),
    "crashed": N_("The worker was interrupted at the last moment; the message may have arrived."),
    "repeating": N_(
        "Nobody knows whether it arrived; after a quarter of an hour it is sent once more, recognisable as the same message."
    ),
    "again": N_("It is sent once more, recognisable as the same message."),
    "by_hand": N_("A person has said when."),
    "settled_by_hand": N_("Taken as sent by a person."),
    "told": N_("They have been told in person."),
    "paused": N_("The reminders of this record are paused."),
    "payments_old": N_("The payments are not entered up to now; it might be paid already."),
    "resumed": N_("The reminders go on."),
    "skipped": N_("This step was left out by a person."),
    "back": N_("A person has taken back that it was left out."),
}

OF_SMS = {  # where an SMS is told otherwise than a mail
    "no_address": N_("There is no telephone number on file."),
    "no_consent": N_("The contact has not agreed to receive SMS."),
    "suppressed": N_("This number is blocked: it does not take SMS, or somebody has blocked it."),
    "limit": N_("This number has had two SMS within a day; the next waits until there is room again."),
    "later": N_("The SMS gateway asks to try again later."),
    "rest": N_("The SMS gateway asks for a pause."),
    "sender": N_("The SMS gateway refuses our account; please check its access data and its credit."),
    "unknown_address": N_("The SMS gateway says that this number does not take SMS."),
    "sender_gone": N_("Its SMS gateway was deleted. If you let it go out, the first takes it that everybody may use."),
    "wrong_sender": N_("It has no SMS gateway. If you let it go out, the first takes it that everybody may use."),
    "given_up": N_("The network could not hand it over; the phone may have been off for days."),
    "full": N_("The network could not hand it over; the phone may have been off for days."),
    "refused": N_("The SMS gateway has refused this message."),
    "silent": N_("The SMS gateway fell silent at the last moment; the message may have arrived."),
}


def said(reason: str, channel: str = "email") -> str:
    """A reason in words for a message of that channel; nothing for none."""
    found = OF_SMS.get(reason) if channel == "sms" else None
    return _(found or REASONS.get(reason, reason)) if reason else ""


@dataclass(frozen=True)
class Later:
    """A message is still wanted, but not before a moment."""

    moment: datetime
    reason: str


@dataclass(frozen=True)
class Hold:
    """A message is still wanted, but waits until somebody, or news, let it go."""

    reason: str


@dataclass(frozen=True)
class End:
    """What becomes of a claimed message instead of being sent: dropped, failed, held, or planned anew for `due_at`."""

    state: str
    reason: str
    due_at: datetime | None = None


class Gone(Exception):
    """The message is no longer ours to send: the lease is over, or sending was stopped."""
