"""What differs between two versions of a template: its name, whom it serves, and each language's subject and body."""

from typing import Any

from markupsafe import escape

from core import compared, i18n
from core.i18n import gettext as _
from emails.layouts import kept
from emails.models import TemplateVersion
from records import kinds
from records.history import Difference


def between(old: TemplateVersion | None, new: TemplateVersion) -> list[Difference]:
    """The parts that differ; all of them where there is nothing older."""
    before, after = old.content if old else {}, new.content
    told = [(_("Name"), before.get("name", ""), after["name"]), (_("For"), _kind(before), _kind(after))]
    told.append((_("Layout"), _layout(before), _layout(after)))
    told.append((_("Advertising"), _marked(before), _marked(after)))
    found = [Difference(label, compared.words(was, now) if old else escape(now)) for label, was, now in told if was != now]
    for language, named in i18n.LANGUAGES.items():
        for field, label in (("subject", _("Subject")), ("body", _("Text")), ("sms", _("SMS"))):
            was, now = _text(before, language, field), _text(after, language, field)
            if was != now:
                found.append(Difference(f"{named}: {label}", compared.lines(was, now) if old else escape(now)))
    return found


def _text(content: dict[str, Any], language: str, field: str) -> str:
    return str(content.get("texts", {}).get(language, {}).get(field, ""))


def _layout(content: dict[str, Any]) -> str:
    if not content:
        return ""
    key = content.get("layout")
    return kept.named(key) if key else _("the company’s")


def _marked(content: dict[str, Any]) -> str:
    return _("yes") if content.get("advertising") else _("no")


def _kind(content: dict[str, Any]) -> str:
    if not content:
        return ""
    key = content["kind_id"]
    return next((kind.label("many") for kind in kinds.everyone() if kind.key == key), key or "") or _("every kind of record")
