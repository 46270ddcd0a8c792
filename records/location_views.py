"""Settings: the locations, with their hours, time zones and managers."""

from datetime import UTC, date, datetime, time
from operator import itemgetter
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only
from core import clock, i18n
from core.i18n import gettext as _
from records import asked, closures, hours, locations, openings
from records.models import Location
from records.zones import HOME, zone_of

bp = Blueprint("locations", __name__, template_folder="templates", url_prefix="/locations")

EMPTY: dict[str, Any] = {**dict.fromkeys(locations.FIELDS, ""), "time_zone": HOME, "hours": {}, "closures": []}
NOON = time(12)
ASIDE = ("more", "remove", "look")  # buttons and changes that save nothing


@bp.get("")
@admin_only
def index() -> str:
    return render_template("records/locations.html", places=asked.locations(), opening=hours.opening, now=_now, ahead=_ahead)


@bp.get("/new")
@admin_only
def new() -> str:
    return _form(None, EMPTY, {})


@bp.post("/new")
@admin_only
def create() -> str | Response | tuple[str, int]:
    return _keep(None)


@bp.get("/<key>")
@admin_only
def edit(key: str) -> str:
    location = _location(key)
    return _form(location, locations.shown(location), {})


@bp.post("/<key>")
@admin_only
def save(key: str) -> str | Response | tuple[str, int]:
    return _keep(_location(key))


def _keep(location: Location | None) -> str | Response | tuple[str, int]:
    given = locations.typed(request.form)
    if any(name in request.form for name in ASIDE):
        return _form(location, given, {})
    values, faults = locations.read(given)
    if faults:
        return _form(location, given, faults), 422
    kept = locations.keep(location, values, current_user.actor)
    flash(_("%(name)s is saved.", name=kept.name))
    return redirect(url_for("locations.index"))


def _form(location: Location | None, given: locations.Given, faults: dict[str, str]) -> str:
    draft = locations.draft(locations.read(given)[0])
    return render_template(
        "records/location_form.html", location=location, given=given, faults=faults, ahead=_ahead(draft),
        days=[(day, _(label)) for day, label in hours.DAYS.items()],
        states=[("", _("Outside Germany")), *_states()],
        zones=locations.time_zones(), intervals=hours.INTERVALS,
    )


def _now(place: Location) -> str:
    """Today's hours there, or what closes it."""
    today = _today(place)
    name = openings.days_off(place, today)
    if name:
        return _("Closed today: %(name)s", name=name)
    spans = place.hours.get(list(hours.DAYS)[today.weekday()])
    return _("Today %(hours)s", hours=hours.said(spans)) if spans else _("Closed today")


def _ahead(place: Location, count: int = 5) -> list[tuple[str, str]]:
    """The next days off, each with its name."""
    return [(_period(off.first, off.last), off.name) for off in closures.ahead(place, _today(place), count)]


def _period(first: date, last: date) -> str:
    """“Fr, 25. Dez. 2026”, “24. Dez. 2026 – 1. Jan. 2027”."""
    noons = [datetime.combine(day, NOON, UTC) for day in (first, last)]
    days = [i18n.date(noon, UTC, "d. MMM y") for noon in noons]
    return " – ".join(days) if first < last else f"{i18n.date(noons[0], UTC, 'EEE').rstrip('.')}, {days[0]}"


def _today(place: Location) -> date:
    return clock.now().astimezone(zone_of(place)).date()


def _states() -> list[tuple[str, str]]:
    return sorted(((key, _(name)) for key, name in locations.STATES.items()), key=itemgetter(1))


def _location(key: str) -> Location:
    return Location.get_or_none(Location.key == key) or abort(404)
