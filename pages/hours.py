"""Opening hours as people say them: equal neighbouring days together, full hours without their zeros."""

from functools import lru_cache
from itertools import groupby

from core import i18n
from core.i18n import gettext as _

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Spans = tuple[tuple[str, str], ...]


def said(hours: dict[str, list[list[str]]]) -> list[tuple[str, str]]:
    """[("Mo bis Fr", "9 bis 13 und 14 bis 18:30 Uhr"), ("Sonntag", "geschlossen")]; empty when no hours are known."""
    week = tuple(tuple((start, end) for start, end in hours.get(day, [])) for day in DAYS)
    return _said(week, i18n.current()) if any(week) else []


@lru_cache(256)
def _said(week: tuple[Spans, ...], language: str) -> list[tuple[str, str]]:
    groups = groupby(range(7), key=lambda day: week[day])
    return [(_days(list(days)), _spans(spans)) for spans, days in groups]


def _days(days: list[int]) -> str:
    if len(days) == 1:
        return i18n.locale(i18n.current()).days["stand-alone"]["wide"][days[0]]
    names = i18n.locale(i18n.current()).days["stand-alone"]["short" if i18n.current() == "de" else "abbreviated"]
    ends = {"first": names[days[0]].rstrip("."), "last": names[days[-1]].rstrip(".")}
    return _together(_("%(first)s and %(last)s", **ends) if len(days) == 2 else _("%(first)s to %(last)s", **ends))


def _spans(spans: Spans) -> str:
    if not spans:
        return _("closed")
    said = [_together(_("%(first)s to %(last)s", first=_hour(start), last=_hour(end))) for start, end in spans]
    times = _("%(first)s and %(last)s", first=", ".join(said[:-1]), last=said[-1]) if said[1:] else said[0]
    return _("%(hours)s", hours=times)


def _together(text: str) -> str:
    return text.replace(" ", "\u00a0")


def _hour(text: str) -> str:
    hour, minute = text.split(":")
    return str(int(hour)) if minute == "00" and i18n.current() == "de" else f"{int(hour)}:{minute}"
