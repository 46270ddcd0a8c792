"""What rules have to say on a record's page: what a status would set in motion, and why each rule did what it did."""

from flask import Blueprint, abort, render_template, request
from flask_login import current_user

from accounts.access import signed_in
from core.web import wants_fragment
from records.load import load
from records.models import Record
from rules.record import explain, foresight

bp = Blueprint("rules_record", __name__, template_folder="../templates", url_prefix="/rules/record")


@bp.get("/<int:key>/status")
@signed_in
def effect(key: int) -> str:
    """Who would hear of a status before it is set (X4)."""
    record = _record(key)
    status = record.kind.status(request.args.get("status", "")) or abort(404)
    words = dict(record=record, status=status, outlook=foresight.of_status(key, status["key"], current_user.actor))
    return render_template("rules/_outlook.html" if wants_fragment() else "rules/outlook.html", **words)


@bp.get("/<int:key>/why")
@signed_in
def why(key: int) -> str:
    """What every rule of its kind did about a record, and why not (X1)."""
    words = dict(record=_record(key), verdicts=explain.verdicts(key))
    return render_template("rules/_verdicts.html" if wants_fragment() else "rules/verdicts.html", **words)


def _record(key: int) -> Record:
    return load([key]).get(key) or abort(404)
