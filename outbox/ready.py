"""For whatever watches over us: one address for the process, one for everything it needs."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, jsonify
from peewee import SQL
from werkzeug.wrappers import Response

from core import clock
from core.queue import queue
from outbox.models import Message, Worker
from outbox.pulse import ASLEEP

OVERDUE = timedelta(minutes=10)

bp = Blueprint("ready", __name__)


@bp.get("/healthz")
def process() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def everything() -> tuple[Response, int]:
    """Database, queue, worker and outbox: 200 when all are well, else 503; says what is not."""
    found = {"database": True, "queue": _queue(), **_worker()}
    well = bool(found["queue"] and found["worker"] and found["overdue_seconds"] < OVERDUE.total_seconds())
    return jsonify(status="ready" if well else "not ready", **found), 200 if well else 503


def _queue() -> bool:
    try:
        return bool(queue.storage.queue_size() >= 0)
    except Exception:
        return False


def _worker() -> dict[str, Any]:
    now = clock.now()
    beat = Worker.select(Worker.beat_at).order_by(Worker.beat_at.desc()).limit(1).scalar()
    due = Message.select(Message.due_at).where(Message.state == SQL("'planned'")).order_by(Message.due_at).limit(1).scalar()
    overdue = round((now - due).total_seconds()) if due else 0
    return {"worker": bool(beat and now - beat < ASLEEP), "overdue_seconds": max(0, overdue)}
