"""Payments: up to when they are entered, how old that may be, and whose reminders are paused."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import admin_only, signed_in
from core import clock
from core.i18n import gettext as _
from core.web import wants_fragment
from outbox import today, today_views
from records import actors, amounts, payments
from records.contacts import Refused
from records.load import load
from records.zones import utc_of, zone_of
from rules.ladder import waiting
from rules.ladder.models import Pause

MOST = 200  # pauses shown

bp = Blueprint("payments", __name__, template_folder="templates", url_prefix="/payments")


@bp.get("")
@signed_in
def index() -> str:
    return _page()


@bp.post("/told")
@signed_in
def tell() -> Any:
    """Payments are entered up to now, or up to the end of the day in the form."""
    try:
        payments.tell(_moment(amounts.day(request.form.get("day", ""), "day")), current_user.actor)
    except Refused:
        return _page({"day": _("Please choose a day that is not after today.")}), 422
    said = _("Noted. Reminders that waited for it go out now.")
    if wants_fragment() and request.form.get("back") == "today":
        return today_views.fragment() + render_template("outbox/_said.html", said=said, tone="", tasks=today.open_tasks())
    flash(said)
    return redirect(url_for("today.index" if request.form.get("back") == "today" else "payments.index"))


@bp.post("/settings")
@admin_only
def choose() -> Any:
    """How old payments may be, and how long reminders wait when a customer says that it is paid."""
    errors = {name: sentence for name in ("days", "pause") if (sentence := _fault(request.form.get(name, "")))}
    if errors:
        return _page(errors), 422
    payments.choose(int(request.form["days"]), int(request.form["pause"]), current_user.actor)
    flash(_("Saved."))
    return redirect(url_for("payments.index"))


def _moment(day: date | None) -> datetime:
    """The end of a day of the house, today's not before it is over."""
    now, zone = clock.now(), zone_of(None)
    if day is None or day == now.astimezone(zone).date():
        return now
    return utc_of(day + timedelta(days=1), time(), zone)


def _fault(text: str) -> str:
    good = text.isascii() and text.isdecimal() and len(text) < 4 and int(text) <= payments.MOST
    return "" if good else _("A whole number from 0 to %(most)s belongs here.", most=payments.MOST)


def _page(errors: dict[str, str] | None = None) -> str:
    stand = payments.stand()
    lasting = list(Pause.select().where(Pause.ended_at.is_null()).order_by(Pause.since.desc()).limit(MOST))
    records = load({pause.record_id for pause in lasting})
    return render_template(
        "rules/ladder/payments.html", stand=stand, errors=errors or {}, typed=request.form, held=waiting.count(),
        by=actors.names([stand.by]).get(stand.by, "") if stand.by else "", zone=zone_of(None), now=clock.now(),
        names=actors.names(pause.actor for pause in lasting),
        pauses=[(pause, records[pause.record_id]) for pause in lasting if pause.record_id in records],
    )
