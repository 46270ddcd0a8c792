"""Keeps every template as it stood after each change, so that the change can be seen and undone."""

from typing import Any

from peewee import JOIN, fn

from core import clock
from emails.models import Template, TemplateVersion

SAID = ("name", "kind_id", "layout", "advertising", "texts")  # what a version keeps of its template
FOUND = "found"  # a template as it stood before anything of it was kept


def begin(old: Template) -> None:
    """In the caller's transaction: keep a template as it stood before a change if it never was kept."""
    if not TemplateVersion.select().where(TemplateVersion.template_id == old.id).exists():
        found(old).save(force_insert=True)


def keep(template: Template, how: str, actor: str) -> None:
    """In the caller's transaction: keep a template as it stands."""
    _version(template, how, actor, at=clock.now()).save(force_insert=True)


def found(template: Template) -> TemplateVersion:
    """A template that has never been kept, as the only version of itself, unsaved."""
    return _version(template, FOUND, "", at=template.updated_at)


def history(template_id: int, before: int, most: int) -> list[TemplateVersion]:
    """The last versions of a template below a number, the latest first."""
    mine = (TemplateVersion.template_id == template_id) & (TemplateVersion.version < before)
    return list(TemplateVersion.select().where(mine).order_by(TemplateVersion.version.desc()).limit(most))


def deleted(most: int) -> list[TemplateVersion]:
    """The last templates that were deleted, the latest first, each as it stood then."""
    newest = TemplateVersion.select(fn.MAX(TemplateVersion.id)).group_by(TemplateVersion.template_id)
    gone = (
        TemplateVersion.select()
        .join(Template, JOIN.LEFT_OUTER, on=(Template.id == TemplateVersion.template_id))
        .where(Template.id.is_null(), TemplateVersion.id.in_(newest))
        .order_by(TemplateVersion.id.desc()).limit(most)
    )
    return list(gone)


def same(kept: TemplateVersion, template: Template) -> bool:
    """Whether a version says what the template says now."""
    return {"layout": "", "advertising": False, **kept.content} == _content(template)


def _version(template: Template, how: str, actor: str, **more: Any) -> TemplateVersion:
    content = _content(template)
    return TemplateVersion(
        template_id=template.id, version=template.version, actor=actor, how=how, content=content, **more
    )


def _content(template: Template) -> dict[str, Any]:
    return {name: getattr(template, name) for name in SAID}
