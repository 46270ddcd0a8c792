"""Settings: the locations, with their hours, time zones and managers."""

from operator import itemgetter
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only
from core.i18n import gettext as _
from records import asked, hours, locations
from records.models import Location
from records.zones import HOME

bp = Blueprint("locations", __name__, template_folder="templates", url_prefix="/locations")

EMPTY: dict[str, Any] = {"time_zone": HOME, "state": "", "hours": {}}


@bp.get("")
@admin_only
def index() -> str:
    return render_template("records/locations.html", places=asked.locations(), opening=hours.opening)


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
    values, faults = locations.read(given)
    if faults:
        return _form(location, given, faults), 422
    kept = locations.keep(location, values, current_user.actor)
    flash(_("%(name)s is saved.", name=kept.name))
    return redirect(url_for("locations.index"))


def _form(location: Location | None, given: locations.Given, faults: dict[str, str]) -> str:
    return render_template(
        "records/location_form.html", location=location, given=given, faults=faults,
        days=[(day, _(label)) for day, label in hours.DAYS.items()],
        states=[("", _("Outside Germany")), *_states()],
        zones=locations.time_zones(), intervals=hours.INTERVALS,
    )


def _states() -> list[tuple[str, str]]:
    return sorted(((key, _(name)) for key, name in locations.STATES.items()), key=itemgetter(1))


def _location(key: str) -> Location:
    return Location.get_or_none(Location.key == key) or abort(404)
