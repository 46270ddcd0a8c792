"""The trial run beside the builder: begun with what the form says, watched, and read."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only
from core.i18n import gettext as _
from core.web import wants_fragment
from records import kinds
from rules.builder import checks, draft, saving
from rules.builder.draft import Draft
from rules.job_views import POLL_ENDS
from rules.job_views import words as progress
from rules.models import Job, Rule
from rules.replay import shown, work

Answer = str | Response | tuple[str, int]
UNASKED = ("name", "template-", "subject-", "body-", "sms", "sender")  # what a trial run can do without

bp = Blueprint("replay", __name__, template_folder="../templates", url_prefix="/rules/replay")


@bp.post("")
@admin_only
def begin() -> Answer:
    """Replay the draft that the builder's form describes; `self` is the rule that it would change."""
    known = {kind.key: kind for kind in kinds.everyone()}
    filled = draft.read(request.form, known.get(request.form.get("kind", ""), next(iter(known.values()))))
    if not _is_complete(filled):
        said = _("Before the trial run, please complete the rule:")
        page = "rules/_refused.html" if wants_fragment() else "rules/refused.html"
        return render_template(page, said=said, problems=sorted(set(filled.problems.values()))), 422
    rule = Rule.get_or_none(Rule.id == request.args.get("self", type=int))
    job = work.begin(saving.fill(Rule(id=rule.id if rule else None), filled), current_user.actor)
    return redirect(url_for("replay.show", key=job.id), 303)


@bp.get("/<int:key>")
@admin_only
def show(key: int) -> Answer:
    """How far it has come, then what came of it."""
    job = Job.get_or_none(Job.id == key, Job.work == work.SORT) or abort(404)
    finished = job.state == "done"
    words = shown.words_of(job) if finished else progress(job)
    if not wants_fragment():
        return render_template("rules/replay.html", finished=finished, **words)
    if finished:
        return render_template("rules/_replay.html", **words), POLL_ENDS
    return render_template("rules/_job.html", **words), 200 if job.open else POLL_ENDS


def _is_complete(filled: Draft) -> bool:
    """Whether the rule says enough to be replayed: who hears when; names and texts may come later."""
    checks.check(filled)
    filled.problems = {place: said for place, said in filled.problems.items() if not place.startswith(UNASKED)}
    return not filled.problems
