"""Keeps settings of status pages: each change is a version, a line in the journal, and a reason to make pages anew."""

from datetime import timedelta
from typing import Any

from peewee import IntegrityError

from core import clock, journal
from core.db import transaction
from core.i18n import gettext as _
from pages.settings import current
from pages.settings.models import PageSetting, PageSettingVersion
from pages.settings.sheet import Content

RECALL = timedelta(hours=1)  # so long a change can be taken back with one click; later, in the history


class Overtaken(ValueError):
    """Somebody else saved in the meantime; the text is the sentence for the admin."""


def setting(kind: str, status: str) -> PageSetting:
    """The row of a kind and status, or one that says nothing yet."""
    found = PageSetting.get_or_none(PageSetting.kind_id == kind, PageSetting.status == status)
    return found or PageSetting(kind_id=kind, status=status, content={}, version=0)


def save(kind: str, status: str, content: Content, version: int, actor: str, how: str = "edited") -> bool:
    """Set what differs for a kind or one of its statuses; False where that is set already. Raises Overtaken.

    `version` is the one the author began with.
    """
    try:
        with transaction():
            row = setting(kind, status)
            if row.version == version and row.content == content:
                return False
            _write(row, content, version)
            PageSettingVersion.create(
                kind_id=kind, status=status, version=version + 1, at=clock.now(), actor=actor, how=how, content=content
            )
            journal.record("page.set", None, actor, kind=kind, status=status, version=version + 1)
            current.touch()
    except IntegrityError as error:  # both began with nothing
        raise _overtaken() from error
    return True


def history(kind: str, status: str, before: int, most: int) -> list[PageSettingVersion]:
    """The last versions below a number, the latest first."""
    mine = _mine(kind, status) & (PageSettingVersion.version < before)
    return list(PageSettingVersion.select().where(mine).order_by(PageSettingVersion.version.desc()).limit(most))


def just_changed(kind: str, status: str, actor: str) -> int | None:
    """The number of the version that actor has made of a setting just now; None when there is nothing to take back."""
    last = kept(kind, status, setting(kind, status).version)
    return last.version if last and last.actor == actor and clock.now() - last.at < RECALL else None


def kept(kind: str, status: str, version: int) -> PageSettingVersion | None:
    """One version."""
    return PageSettingVersion.get_or_none(_mine(kind, status) & (PageSettingVersion.version == version))


def _mine(kind: str, status: str) -> Any:
    return (PageSettingVersion.kind_id == kind) & (PageSettingVersion.status == status)


def _write(row: PageSetting, content: Content, version: int) -> None:
    """The row as the version after that one."""
    new = {"content": content, "updated_at": clock.now(), "renewing": 0, "version": version + 1}
    if row.id is None and version == 0:
        PageSetting.create(kind_id=row.kind_id, status=row.status, **new)
    elif not PageSetting.update(**new).where(PageSetting.id == row.id, PageSetting.version == version).execute():
        raise _overtaken()


def _overtaken() -> Overtaken:
    return Overtaken(
        _("Somebody else has changed these settings in the meantime. Open them again in a second window to compare.")
    )
