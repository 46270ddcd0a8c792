"""What is wrong with the texts that a rule sends: placeholders, languages, advertising."""

import re
from collections.abc import Iterator
from functools import lru_cache

from core import i18n
from core.i18n import gettext as _
from emails import check
from emails.models import Template
from records import conditions
from rules.lint.house import House
from rules.models import Rule, templates_of

ADVERTISING = re.compile(
    r"\bbewert(e|en|et|ung|ungen)\b|rezension|feedback|weiterempf|gutschein|rabatt|newsletter|\breviews?\b|"
    r"\brat(e|ing) (us|your|our)\b|recommend us|voucher|discount", re.IGNORECASE,
)
AGREED = re.compile("werb|einwillig|newsletter|bewertung|feedback|advert|marketing|consent", re.IGNORECASE)
OUTSIDE = ("customer", "event")  # people who must have agreed to advertising


def unreadable(rule: Rule, house: House) -> Iterator[str]:
    """Texts that name what records of this kind do not have."""
    fields = tuple(check.kind_fields(rule.kind) or ())
    for template in _templates(rule, house):
        if template.id and (wrong := _wrong(_texts(template), fields, i18n.current())):
            yield _("The template “%(name)s” does not fit: %(sentence)s", name=template.name, sentence=wrong)


def _templates(rule: Rule, house: House) -> list[Template]:
    keys = sorted(templates_of(rule.recipients, rule.options))
    return [house.templates[key] for key in keys if key in house.templates]


def _texts(template: Template) -> tuple[tuple[str, str, str], ...]:
    return tuple((language, text["subject"], text["body"]) for language, text in template.texts.items() if text)


@lru_cache(maxsize=1024)
def _wrong(texts: tuple[tuple[str, str, str], ...], fields: tuple[str, ...], speaking: str) -> str:
    """The first thing that is wrong with a template's texts, in the language of whoever reads it; or nothing."""
    for language, subject, body in texts:
        found = check.text_faults({"subject": subject, "body": body}, language, list(fields))
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
        for language in sorted(house.languages(rule.kind_id) & i18n.LANGUAGES.keys() - template.texts.keys()):
            said = {"name": template.name, "language": i18n.LANGUAGES[language]}
            yield _("The template “%(name)s” has no text in this language: %(language)s.", **said)


def advertising(rule: Rule, house: House) -> Iterator[str]:
    for template in [] if _asks_for_consent(rule) else _outside(rule, house):
        if any(ADVERTISING.search(text) for _language, *texts in _texts(template) for text in texts):
            yield _(
                "The template “%(name)s” advertises or asks for a rating. In Germany both count as advertising: they need a "
                "consent of their own, as a condition of this rule, and a word on how to unsubscribe.", name=template.name,
            )


def _asks_for_consent(rule: Rule) -> bool:
    """Whether a condition asks about a further field that sounds like a consent to advertising."""
    asked = {said.get("field", "") for said in conditions.leaves(rule.conditions)}
    labels = {f"fields.{own['key']}": f"{own['key']} {i18n.pick(own['labels'])}" for own in rule.kind.fields}
    return any(AGREED.search(labels.get(key, "")) for key in asked)
