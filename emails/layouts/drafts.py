"""A layout while it is being written: kept when refused, saved as a new version together with what it was compiled to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core import clock, journal, settings
from core.db import transaction
from core.i18n import gettext as _
from emails import check
from emails.drafts import Overtaken
from emails.grammar import Wrong
from emails.layouts import judging, kept
from emails.layouts.frame import Frame
from emails.layouts.models import Layout, LayoutVersion
from emails.models import Template

LONGEST_NAME = 60  # characters


@dataclass
class Draft:
    """What stands in the form; `version` is what the author began with."""

    name: str
    source: str
    version: int = 0

    def faults(self) -> tuple[dict[str, str], Frame | None]:
        """A sentence by field, and the frame when the source is right."""
        found, frame = {}, None
        if not self.name.strip():
            found["name"] = _("Please give the layout a name.")
        elif len(self.name) > LONGEST_NAME:
            found["name"] = _("Please use at most %(n)s characters.", n=LONGEST_NAME)
        try:
            frame = judging.judged(self.source)
        except Wrong as wrong:
            found["source"] = check.placed(wrong, "body")
        return found, frame


def like(key: str) -> Draft:
    """A new draft that begins as a copy: of one of ours, or of an admin's."""
    own = Layout.get_or_none(Layout.id == int(key)) if key.isdecimal() else None
    name, source = (own.name, own.source) if own else (kept.named(key), kept.source(key))
    return Draft(_("Copy of %(name)s", name=name)[:LONGEST_NAME], source)


def read(form: Mapping[str, str]) -> Draft:
    """A draft as it was typed."""
    version = form.get("version", "0")
    number = int(version) if version.isdecimal() and len(version) < 10 else 0
    return Draft(form.get("name", ""), form.get("source", "").replace("\r\n", "\n"), number)


def save(draft: Draft, frame: Frame, layout: Layout, actor: str, how: str = "edited") -> None:
    """Store a draft without faults as the next version; raises Overtaken."""
    new = {"name": draft.name.strip(), "source": draft.source, "version": draft.version + 1, "updated_at": clock.now()}
    for name, value in new.items():
        setattr(layout, name, value)
    with transaction():
        if layout.id is None:
            layout.version, how = 1, "created"
            layout.save()
        elif not Layout.update(**new).where(Layout.id == layout.id, Layout.version == draft.version).execute():
            raise Overtaken(_("Somebody else has saved this layout in the meantime. Open it again in a second window."))
        kept.put(layout, frame)
        LayoutVersion.create(
            layout_id=layout.id, version=layout.version, at=layout.updated_at, actor=actor, how=how, name=layout.name,
            source=layout.source,
        )
        journal.record("layout.changed", None, actor, layout=layout.id, version=layout.version)


def delete(layout: Layout, actor: str) -> None:
    """A layout and its versions."""
    with transaction():
        LayoutVersion.delete().where(LayoutVersion.layout_id == layout.id).execute()
        kept.drop(layout)
        layout.delete_instance()
        journal.record("layout.deleted", None, actor, layout=layout.id)


def users(layout: Layout, also: Callable[[], str]) -> list[str]:
    """Who wears a layout: templates by name, and what `also` calls the company when it does."""
    key = str(layout.id)
    names = [row.name for row in Template.select(Template.name).where(Template.layout == key).order_by(Template.name)]
    return names + ([also()] if settings.get("company").get("layout") == key else [])
