"""What is wrong with a draft: one sentence per field, said where the field stands."""

from core.i18n import gettext as _
from emails import drafts
from emails.check import kind_fields, text_faults
from emails.models import Template
from outbox.models import Sender
from outbox.senders import senders
from records import contacts, people
from records.models import Kind, Location, Profile
from rules import words
from rules.builder import asking, choosing
from rules.builder.draft import NEW, Draft, written
from rules.triggers import TRIGGERS

LONGEST_DELAY = 365 * 1440  # minutes


def check(draft: Draft) -> bool:
    """Fill in `draft.problems`; True when there are none."""
    fitting = {str(template.id): template for template in templates_for(draft.kind)}
    speaking = {key for key, template in fitting.items() if template.spoken(draft.channel)}
    draft.problems = {
        **_name(draft), **_trigger(draft, speaking), **_delay(draft), **asking.check(draft.conditions, draft.kind),
        **_places(draft), **_profile(draft), **_sender(draft),
    }
    seen: set[str] = set()
    for n, said in enumerate(draft.recipients):
        draft.problems |= _recipient(n, said, seen, draft) | _template(n, said, fitting, draft)
    return not draft.problems


def templates_for(kind: Kind) -> list[Template]:
    """The templates that a rule of this kind may use, by name."""
    fits = (Template.kind_id.is_null()) | (Template.kind_id == kind.key)
    return list(Template.select().where(fits, Template.system.is_null()).order_by(Template.name))


def _name(draft: Draft) -> dict[str, str]:
    try:
        contacts.clean_text(draft.name, "name", 120)
    except contacts.Refused as refusal:
        return {"name": refusal.sentence}
    return {}


def _trigger(draft: Draft, fitting: set[str]) -> dict[str, str]:
    if draft.trigger not in TRIGGERS:
        return {"trigger": _("Please choose what starts the rule.")}
    return choosing.faults(draft.options, draft.trigger, draft.kind, fitting)


def _delay(draft: Draft) -> dict[str, str]:
    if draft.delay is None:
        return {}
    if draft.unit not in words.UNITS:
        return {"delay": _("Please choose minutes, hours or days.")}
    if not draft.delay.isascii() or not draft.delay.isdecimal() or len(draft.delay) > 9 or int(draft.delay) < 1:
        return {"delay": _("A whole number from 1 on belongs here.")}
    if int(draft.delay) * words.UNITS[draft.unit] > LONGEST_DELAY:
        return {"delay": _("At most 365 days are possible.")}
    return {}


def _places(draft: Draft) -> dict[str, str]:
    if draft.places is None:
        return {}
    known = {str(location.id) for location in Location.select(Location.id)}
    if not draft.places:
        return {"places": _("Tick at least one location, or take this part out.")}
    return {} if known.issuperset(draft.places) else {"places": _("There is no such location.")}


def _profile(draft: Draft) -> dict[str, str]:
    if draft.profile is None or Profile.select().where(Profile.key == draft.profile).exists():
        return {}
    return {"profile": _("Please choose a profile, or take this part out.")}


def _sender(draft: Draft) -> dict[str, str]:
    if not draft.sender:
        if draft.channel == "sms" and draft.on:
            return {"sender": _("An SMS goes out through a gateway: please choose one, or leave the rule off.")}
        return {}
    if draft.sender.isdecimal() and sends(int(draft.sender), draft.channel):
        return {}
    return {"sender": _("Please choose a sender.")}


def sends(key: int, channel: str) -> bool:
    """Whether there is such a sender, and messages of the channel go out through it."""
    sender = Sender.get_or_none(Sender.id == key)
    return sender is not None and senders.sends(sender, channel)


def _recipient(n: int, said: dict[str, str], seen: set[str], draft: Draft) -> dict[str, str]:
    key = said["who"]
    if key == "address":
        clean = contacts.clean_phone if draft.channel == "sms" else contacts.clean_email
        try:
            said["address"] = key = clean(said["address"]) or ""
        except contacts.Refused as refusal:
            return {f"who-{n}": refusal.sentence}
        if not key:
            missing = _("A telephone number is missing.") if draft.channel == "sms" else _("An e‑mail address is missing.")
            return {f"who-{n}": missing}
    elif key not in people.ROLES or (key == "event" and draft.trigger != "event"):
        return {f"who-{n}": _("Please choose who hears about it.")}
    if key.casefold() in seen:
        return {f"who-{n}": _("This recipient is already named above.")}
    seen.add(key.casefold())
    return {}


def _template(n: int, said: dict[str, str], fitting: dict[str, Template], draft: Draft) -> dict[str, str]:
    if said["template"] != NEW:
        sentence = unfit(fitting.get(said["template"]), draft.channel)
        return {f"template-{n}": sentence} if sentence else {}
    text = {part: said[part] for part in written(draft)}
    missing = {"subject": _("A subject is missing."), "body": _("The text is missing."), "sms": _("The text is missing.")}
    found = {part: missing[part] for part in text if not text[part]}
    found |= {finding.field: finding.sentence for finding in text_faults(text, drafts.must(), kind_fields(draft.kind))}
    if contacts.CONTROL.search(text.get("subject", "")):
        found["subject"] = _("Control characters are not allowed here.")
    return {f"{part}-{n}": sentence for part, sentence in found.items()}


def unfit(template: Template | None, channel: str) -> str:
    """Why a rule of that channel cannot send a template; nothing when it can."""
    if template is None:
        return _("Please choose a template.")
    if template.spoken(channel):
        return ""
    if channel == "sms":
        return _("“%(name)s” has no SMS yet: write one there, or choose another template.", name=template.name)
    return _("“%(name)s” has no e‑mail yet: write one there, or choose another template.", name=template.name)
