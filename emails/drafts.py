"""A template while it is being written: read from its form, kept when refused, saved as a new version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core import clock, i18n, journal, settings
from core.db import transaction
from core.i18n import gettext as _
from emails import check, versions
from emails.check import Finding, Texts
from emails.layouts import kept
from emails.models import Template, TemplateVersion
from records.models import Kind

FIELDS = ("subject", "body", "sms")


@dataclass
class Draft:
    """What stands in the form. `texts` has every language, also empty ones; `version` is what the author began with."""

    name: str
    kind: Kind | None
    texts: Texts
    version: int = 0
    layout: str = ""
    advertising: bool = False

    def written(self) -> Texts:
        """The languages in which there is anything; an empty SMS is none."""
        return {
            language: {field: part for field, part in text.items() if field != "sms" or part.strip()}
            for language, text in self.texts.items() if any(part.strip() for part in text.values())
        }

    def faults(self, mail: bool = False) -> list[Finding]:
        """What is refused at save; `mail`: it cannot be for SMS alone."""
        return check.faults(self.name, self.written(), check.kind_fields(self.kind), must(), mail)


def must() -> str:
    """The language no template may lack: the company's."""
    return i18n.nearest(settings.get("company").get("language"))


def blank() -> Draft:
    return Draft("", None, {language: dict.fromkeys(FIELDS, "") for language in i18n.LANGUAGES})


def of(template: Template) -> Draft:
    """A draft of what is stored."""
    texts = {language: {**dict.fromkeys(FIELDS, ""), **template.texts.get(language, {})} for language in i18n.LANGUAGES}
    kind = Kind.get_or_none(Kind.key == template.kind_id)
    return Draft(template.name, kind, texts, template.version, template.layout, template.advertising)


def copy(template: Template) -> Draft:
    """A new draft that says what a template says."""
    draft = of(template)
    return replace(draft, name=_("Copy of %(name)s", name=template.name)[:check.LONGEST_NAME], version=0)


def read(form: Mapping[str, str]) -> Draft:
    """A draft as it was typed."""
    texts = {language: {field: _typed(form, f"{field}.{language}") for field in FIELDS} for language in i18n.LANGUAGES}
    version = form.get("version", "0")
    kind = Kind.get_or_none(Kind.key == form.get("kind", ""))
    number = int(version) if version.isdecimal() and len(version) < 10 else 0
    layout, advertising = _layout(form.get("layout", "")), form.get("advertising") == "1"
    return Draft(form.get("name", ""), kind, texts, number, layout, advertising)


def language(form: Mapping[str, str]) -> str:
    """The language of the tab that is open."""
    asked = form.get("language", "")
    return asked if asked in i18n.LANGUAGES else must()


def _layout(asked: str) -> str:
    """A layout there is, else none: as the company has it."""
    return asked if asked and kept.exists(asked) else ""


def _typed(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").replace("\r\n", "\n")


class Overtaken(ValueError):
    """Somebody else saved in the meantime; the text is the sentence for the author."""


def then(old: TemplateVersion, now: Template | None = None) -> Draft:
    """A draft of what a template said then, to take the place of what it says now."""
    draft = of(Template(**old.content))
    draft.version = now.version if now else old.version
    draft.layout = _layout(draft.layout)
    return draft


def save(draft: Draft, template: Template, actor: str, how: str = "edited") -> None:
    """Store a draft without faults as the next version; raises Overtaken."""
    template.name, template.texts = draft.name.strip(), draft.written()
    template.kind_id, template.layout = draft.kind.key if draft.kind else None, draft.layout
    template.advertising = draft.advertising and not template.system
    with transaction():
        if template.id is None:
            template.version, template.updated_at, how = 1, clock.now(), "created"
            template.save()
        else:
            _update(draft, template)
        versions.keep(template, how, actor)
        journal.record("template.changed", None, actor, template=template.id, version=template.version)


def _update(draft: Draft, template: Template) -> None:
    stored = Template.get_or_none(Template.id == template.id)
    template.version, template.updated_at = draft.version + 1, clock.now()
    new = {name: getattr(template, name) for name in (*versions.SAID, "version", "updated_at")}
    if not Template.update(**new).where(Template.id == template.id, Template.version == draft.version).execute():
        raise Overtaken(
            _("Somebody else has saved this template in the meantime. Open it again in a second window to compare.")
        )
    if stored:
        versions.begin(stored)


def delete(template: Template, actor: str) -> None:
    with transaction():
        versions.begin(template)
        template.delete_instance()
        template.version += 1
        versions.keep(template, "deleted", actor)
        journal.record("template.deleted", None, actor, template=template.id)


def bring_back(old: TemplateVersion, actor: str) -> Template:
    """A deleted template as it was, with its number and its history."""
    template = Template(id=old.template_id, **old.content, version=old.version + 1, updated_at=clock.now())
    with transaction():
        template.save(force_insert=True)
        versions.keep(template, "returned", actor)
        journal.record("template.changed", None, actor, template=template.id, version=template.version)
    return template
