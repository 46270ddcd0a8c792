"""What is wrong with the texts that a rule sends: placeholders, languages, advertising."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from core import i18n
from core.i18n import gettext as _
from emails import advertising as adverts
from emails import check, sms, sms_hints
from emails.models import Template
from records.people import label
from rules.lint.house import House
from rules.models import Rule, templates_of

Texts = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # language, and the parts of its text with their names

OUTSIDE = ("customer", "event")  # people who must have agreed to advertising


def unreadable(rule: Rule, house: House) -> Iterator[str]:
    """Texts that say nothing on the rule's channel, or name what records of this kind do not have."""
    fields = tuple(check.kind_fields(rule.kind) or ())
    for template in _templates(rule, house):
        if not template.spoken(rule.channel) and rule.channel == "sms":
            yield _("The template “%(name)s” has no SMS, and this rule writes by SMS.", name=template.name)
        elif template.texts and not template.spoken(rule.channel):
            yield _("The template “%(name)s” has no e‑mail, and this rule writes by e‑mail.", name=template.name)
        if template.id and (wrong := _wrong(_texts(template, rule.channel), fields, i18n.current())):
            yield _("The template “%(name)s” does not fit: %(sentence)s", name=template.name, sentence=wrong)


def _templates(rule: Rule, house: House) -> list[Template]:
    keys = sorted(templates_of(rule.recipients, rule.options))
    return [house.templates[key] for key in keys if key in house.templates]


def _texts(template: Template, channel: str) -> Texts:
    """What a template says on a channel."""
    spoken = template.spoken(channel) or (template.texts if channel == "email" else {})
    parts = check.PARTS[channel]
    return tuple((key, tuple((part, text.get(part, "")) for part in parts)) for key, text in spoken.items() if text)


@lru_cache(maxsize=1024)
def _wrong(texts: Texts, fields: tuple[str, ...], speaking: str) -> str:
    """The first thing that is wrong with a template's texts, in the language of whoever reads it; or nothing."""
    for language, parts in texts:
        found = check.text_faults(dict(parts), language, list(fields))
        if found:
            return found[0].sentence
    return "" if texts else _("It has no text.")


def _outside(rule: Rule, house: House) -> list[Template]:
    """The templates that go to people outside the business."""
    theirs = [said for said in rule.recipients if said["who"] in OUTSIDE]
    keys = templates_of(theirs, rule.options) if theirs else set()
    return [house.templates[key] for key in sorted(keys) if key in house.templates]


def foreign(rule: Rule, house: House) -> Iterator[str]:
    """Languages of readers that a template does not speak."""
    for template in _outside(rule, house):
        for language in sorted(house.languages(rule.kind_id) & i18n.LANGUAGES.keys() - _spoken(template, rule).keys()):
            said = {"name": template.name, "language": i18n.LANGUAGES[language]}
            if rule.channel == "sms":
                yield _("The template “%(name)s” has no SMS in this language: %(language)s.", **said)
            else:
                yield _("The template “%(name)s” has no text in this language: %(language)s.", **said)


def _spoken(template: Template, rule: Rule) -> dict[str, Any]:
    """What it says on the rule's channel; where it says nothing there at all, `unreadable` has told so."""
    return template.spoken(rule.channel) or dict.fromkeys(i18n.LANGUAGES, {})


def costly(rule: Rule, house: House) -> Iterator[str]:
    """What makes an SMS cost double, or more."""
    for template in _templates(rule, house) if rule.channel == "sms" else ():
        for language, ((_part, source),) in _texts(template, "sms"):
            characters, parts = _takes(source, i18n.current())
            named = {"name": template.name, "language": i18n.LANGUAGES[language]}
            if characters:
                yield _(
                    "%(characters)s in the template “%(name)s” (%(language)s) may make an SMS cost double: only 70 instead "
                    "of 160 characters fit.", characters=characters, **named,
                )
            elif parts > 1:
                yield _(
                    "The SMS of the template “%(name)s” (%(language)s) takes %(n)s parts at least, and each is paid for.",
                    n=parts, **named,
                )


@lru_cache(maxsize=1024)
def _takes(source: str, speaking: str) -> tuple[str, int]:
    """The characters that cost double, and the parts that its fixed words take."""
    return sms_hints.dear(source), sms.count(sms_hints.literal(source)).segments


def advertising(rule: Rule, house: House) -> Iterator[str]:
    """Advertising that is not marked so, and what is but does not say how to unsubscribe."""
    for template in _outside(rule, house):
        texts = [text for _language, parts in _texts(template, rule.channel) for _part, text in parts]
        if not template.advertising and adverts.suspected(texts):
            yield _(
                "The template “%(name)s” advertises or asks for a rating. In Germany both count as advertising: please mark "
                "it so, then it goes only to those who agreed, and says how to unsubscribe.", name=template.name,
            )
        elif template.advertising and rule.channel == "sms" and not all(map(adverts.can_leave, texts)):
            yield _("The SMS of the template “%(name)s” does not say how to unsubscribe.", name=template.name)
        if template.advertising and "event" in {said["who"] for said in rule.recipients}:
            yield _("Nobody agreed to advertising for %(role)s, so they do not get it.", role=label("event"))
