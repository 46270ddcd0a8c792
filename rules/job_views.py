"""How far long work has come, for whoever waits for it, and the button that ends it."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only, signed_in
from core.i18n import gettext as _
from core.i18n import number
from core.web import wants_fragment
from rules import jobs
from rules.models import Job

Answer = str | Response | tuple[str, int]
POLL_ENDS = 286  # htmx stops asking

bp = Blueprint("jobs", __name__, template_folder="templates", url_prefix="/rules/jobs")


@bp.get("/<int:key>")
@signed_in
def show(key: int) -> Answer:
    """The progress of a job, as a part of a page that asks again each second, or as a page of its own."""
    job = Job.get_or_none(Job.id == key) or abort(404)
    work = jobs.WORKS.get(job.work)
    if work and work.page:
        return redirect(url_for(work.page, key=key))
    if wants_fragment():
        return render_template("rules/_job.html", **words(job)), 200 if job.open else POLL_ENDS
    return render_template("rules/job.html", **words(job))


@bp.post("/<int:key>/cancel")
@admin_only
def cancel(key: int) -> Answer:
    """End a job where it stands."""
    jobs.cancel(Job.get_or_none(Job.id == key) or abort(404), current_user.actor)
    return redirect(url_for("jobs.show", key=key), 303)


def words(job: Job) -> dict[str, object]:
    """What the fragment shows: its address is the one that was asked for, wherever a work has a page of its own."""
    work = jobs.WORKS.get(job.work)
    return {"job": job, "title": _(work.label) if work else job.work, "stands": stands(job), "address": request.path}


def stands(job: Job) -> str:
    """“1,200 of 50,000”, and how it ended."""
    far = {"done": number(job.done), "total": number(max(job.total, job.done))}
    if job.state == "waiting":
        return _("Begins as soon as a worker has a hand free.")
    if job.state == "cancelled" and not job.done:
        return _("Cancelled before it had begun.")
    if job.state == "failed" and not job.done:
        return _("Stopped by an error right at the beginning.")
    if job.state == "done":
        return _("Finished: %(done)s of %(total)s.", **far)
    if job.state == "cancelled":
        return _("Cancelled after %(done)s of %(total)s. What was done until then stays as it is.", **far)
    if job.state == "failed":
        return _("Stopped by an error after %(done)s of %(total)s. What was done until then stays as it is.", **far)
    return _("%(done)s of %(total)s", **far) if job.total else _("Begun …")
