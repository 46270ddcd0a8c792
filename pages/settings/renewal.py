"""Makes pages anew after their settings have changed: those that somebody can still open, in the background."""

from datetime import timedelta
from typing import Any

from core import clock, rows
from core.db import transaction
from core.settings import FRESH
from pages import publish
from pages.links import LIVE
from pages.models import Link
from pages.settings import current
from pages.settings.models import PageSetting
from records.models import Record

PIECE = 50  # pages in one go
MOST = 1000  # in one sweep, so that others have their turn


def renew() -> None:
    """Go on with whatever was set anew; a crash in between repeats no more than a piece."""
    settled = clock.now() - timedelta(seconds=2 * FRESH)  # by then no process prints as it was set before
    waiting = list(PageSetting.select().where(PageSetting.renewing.is_null(False), PageSetting.updated_at <= settled))
    if waiting:
        current.forget()
    for setting in waiting:
        _renew(setting)


def awaited(kind: str, status: str) -> int:
    """How many pages a change of that setting concerns."""
    return int(_open(kind, status, 0).count())


def _renew(setting: PageSetting) -> None:
    upto: int | None = setting.renewing
    for _piece in range(0, MOST, PIECE):
        ids = [id for id, in rows.tuples(_open(setting.kind_id, setting.status, upto or 0).limit(PIECE))]
        publish.republish(ids)
        upto = ids[-1] if len(ids) == PIECE else None
        unchanged = (PageSetting.id == setting.id) & (PageSetting.version == setting.version)
        with transaction():
            goes_on = PageSetting.update(renewing=upto).where(unchanged).execute()
        if upto is None or not goes_on:
            break


def _open(kind: str, status: str, after: int) -> Any:
    """Records whose pages follow that setting, to which there is a link somebody can still use."""
    linked = Link.select(Link.record).where(Link.state.in_(LIVE))
    found = Record.select(Record.id).where(Record.kind == kind, Record.id > after, Record.id.in_(linked)).order_by(Record.id)
    return found.where(Record.status == status) if status else found
