"""Today: what needs a person, who is to be called, what goes out, and how the messenger fares."""

from flask import Blueprint, current_app, render_template
from flask_login import current_user

from accounts.access import signed_in
from core import clock
from core.i18n import gettext as _
from outbox import chart, pulse, release, today, unusual, valve
from outbox.models import Message
from outbox.writing import progress
from records.zones import zone_of

bp = Blueprint("today", __name__, template_folder="templates")


@bp.get("/")
@signed_in
def index() -> str:
    figures = today.figures()
    return render_template(
        "outbox/today.html", greeting=greeting(), zone=zone_of(None), figures=figures, health=_health(),
        chart=chart.draw(figures.sent, figures.planned), anything=Message.select().exists(),
        runs=progress.lately(), stopped=bool(valve.stopped()), **_open(),
    )


@bp.get("/today/health")
@signed_in
def look() -> str:
    """The box that is asked for again every 15 seconds."""
    return render_template("outbox/_health.html", health=_health())


def fragment() -> str:
    """The part of the page that changes with each answer a person gives."""
    return render_template("outbox/_open.html", anything=True, **_open())


def _open() -> dict[str, object]:
    return {
        "open": today.stuck(), "tasks": today.tasks(), "calls": today.calls(), "most": today.MOST,
        "awaiting": release.waiting(), "piles": unusual.piles(),
        "further": [line for one in today.further for line in one.lines()],
    }


def _health() -> pulse.Health:
    return pulse.look(mailbox=not current_app.config["STATUSBOTE"].smtp_url)


def greeting() -> str:
    """“Good morning, Mira”, by the hour of the house."""
    hour = clock.now().astimezone(zone_of(None)).hour
    words = _("Good morning") if 4 <= hour < 11 else _("Good day") if 11 <= hour < 18 else _("Good evening")
    first = current_user.name.split()[0] if current_user.name.strip() else ""
    return _("%(greeting)s, %(name)s", greeting=words, name=first) if first else words
