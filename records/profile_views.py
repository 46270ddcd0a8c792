"""Settings: the communication profiles, their order, and what would be left behind without one."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only
from core.i18n import gettext as _
from records import profiles
from records.contacts import Refused
from records.models import Profile

Answer = str | Response | tuple[str, int]

bp = Blueprint("profiles", __name__, template_folder="templates", url_prefix="/profiles")
bp.add_app_template_global(profiles.label, "profile_label")


@bp.get("")
@admin_only
def index() -> str:
    """All profiles, and texts that records carry although no profile has them."""
    everyone, carried = profiles.everyone(), profiles.carried()
    known = {profile.key for profile in everyone}
    return render_template(
        "records/profiles.html", profiles=everyone, carried=carried, users={key: profiles.users(key) for key in known},
        strange=sorted((key, count) for key, count in carried.items() if key not in known),
    )


@bp.get("/new")
@admin_only
def new() -> str:
    """The form; `key` fills in a text that records carry already."""
    key = request.args.get("key", "")[:200]
    return _form(None, {"name": key, "key": key, "about": ""}, {})


@bp.post("/new")
@admin_only
def create() -> Answer:
    given = request.form.to_dict()
    try:
        profile = profiles.create(given, current_user.actor)
    except Refused as refusal:
        return _form(None, given, {refusal.field: refusal.sentence}), 422
    return _back(_("%(name)s is saved.", name=profile.name))


@bp.get("/<key>")
@admin_only
def edit(key: str) -> str:
    profile = _profile(key)
    return _form(profile, {"name": profile.name, "about": profile.about}, {})


@bp.post("/<key>")
@admin_only
def save(key: str) -> Answer:
    profile, given = _profile(key), request.form.to_dict()
    try:
        profiles.change(profile, given, current_user.actor)
    except Refused as refusal:
        return _form(profile, given, {refusal.field: refusal.sentence}), 422
    return _back(_("%(name)s is saved.", name=_profile(key).name))


@bp.post("/<key>/move")
@admin_only
def move(key: str) -> Response:
    profiles.move(_profile(key), -1 if request.form.get("to") == "up" else 1, current_user.actor)
    return redirect(url_for("profiles.index"), 303)


@bp.get("/<key>/delete")
@admin_only
def ask_to_delete(key: str) -> str:
    """What keeps the key as a text, before the profile goes."""
    count = profiles.carried().get(key, 0)
    return render_template("records/profile_delete.html", profile=_profile(key), count=count, users=profiles.users(key))


@bp.post("/<key>/delete")
@admin_only
def delete(key: str) -> Response:
    profile = _profile(key)
    profiles.delete(profile, current_user.actor)
    return _back(_("%(name)s is deleted.", name=profile.name))


def _back(said: str) -> Response:
    flash(said)
    return redirect(url_for("profiles.index"), 303)


def _form(profile: Profile | None, given: dict[str, Any], faults: dict[str, str]) -> str:
    return render_template("records/profile_form.html", profile=profile, given=given, faults=faults)


def _profile(key: str) -> Profile:
    return Profile.get_or_none(Profile.key == key) or abort(404)
