"""The builder: a rule as a sentence with blanks, and beside it what it says and the mail it sends."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only, signed_in
from core.i18n import gettext as _
from core.i18n import moment
from core.web import wants_fragment
from emails.preview import document
from outbox.senders import senders
from records import kinds
from records.models import Kind
from records.zones import zone_of
from rules import words
from rules.builder import checks, draft, form, preview, question, saving
from rules.builder.draft import Draft
from rules.builder.question import Question
from rules.feed import rows as feed
from rules.feed import views
from rules.lint.house import House
from rules.models import Rule

Answer = str | Response | tuple[str, int]

FRAMED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"

bp = Blueprint("rule", __name__, template_folder="../templates", url_prefix="/rules")


@bp.get("/new")
@admin_only
def new() -> Answer:
    """An empty rule; `as=reminder` begins with one before an appointment."""
    trigger = "before" if request.args.get("as") == "reminder" else "created"
    return _page(draft.blank(_kind(request.args.get("kind")), trigger), None)


@bp.post("/new")
@admin_only
def create() -> Answer:
    return _answer(None)


@bp.get("/<int:key>")
@signed_in
def show(key: int) -> Answer:
    """The builder for those who may change the rule, its words for everybody else."""
    rule = _rule(key)
    if not current_user.is_admin:
        return render_template("rules/show.html", row=feed.row(rule, words.names(), House()), kind=rule.kind)
    return _page(draft.of(rule), rule)


@bp.post("/<int:key>")
@admin_only
def change(key: int) -> Answer:
    return _answer(_rule(key))


@bp.get("/<int:key>/delete")
@admin_only
def delete(key: int) -> Answer:
    return views.ask_to_delete([_rule(key)])


@bp.post("/preview")
@admin_only
def side() -> str:
    """What stands beside the form, for what the form says now."""
    filled = draft.read(request.form, _kind(request.form.get("kind")))
    beside = preview.words(filled, request.form, request.form.get("self", type=int))
    return render_template("rules/_side.html", oob=True, reach=form.reached(filled), **beside)


@bp.get("/mail")
@admin_only
def mail() -> Response:
    """The HTML of the mail that the side describes, for its frame: no script, no outside world."""
    try:
        mail = preview.sample({**request.args, "channel": "email"}).mail
    except preview.Incomplete:
        abort(404)
    response = Response(document(mail) if mail else "", mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def _answer(rule: Rule | None) -> Answer:
    """Save, or only give the form the shape that its words ask for."""
    filled = draft.read(request.form, _kind(request.form.get("kind")))
    if "save" not in request.form:
        form.fit_sender(filled)
        return _reshaped(draft.reshape(filled, request.form), rule)
    if not checks.check(filled) or not _may_use(filled, rule):
        return _page(filled, rule), 422
    if rule and request.form.get("seen") not in (None, str(rule.version)):
        filled.problems["seen"] = _(
            "Somebody has changed this rule meanwhile. Look at its history, then save again to keep yours."
        )
        return _page(filled, rule, overtaken=True), 422
    asked = question.ask(filled, rule, request.form)
    if asked:
        return _page(filled, rule, asked=asked)
    saved, job = saving.save(filled, rule, current_user.actor, request.form.get("waiting", ""))
    flash(_said(saved))
    return redirect(url_for("jobs.show", key=job.id) if job else url_for("rules.index", kind=saved.kind_id))


def _may_use(filled: Draft, rule: Rule | None) -> bool:
    """Whether the sender is one for whoever saves, or the one that the rule has had."""
    usual = str(rule.sender_id or "") if rule else ""
    if filled.sender in {"", usual, *(str(row.id) for row in senders.usable(current_user.id, filled.channel))}:
        return True
    filled.problems["sender"] = _("Please choose a sender.")
    return False


def _said(saved: Rule) -> str:
    """That it is saved, and from when it applies."""
    if not saved.on:
        return _("Saved. “%(name)s” is switched off.", name=saved.name)
    since = _("It applies from now on.")
    if saved.since and saved.since < saved.updated_at:
        since = _("It applies as before, since %(moment)s.", moment=moment(saved.since, zone_of(None)))
    return _("Saved. “%(name)s” is switched on.", name=saved.name) + " " + since


def _reshaped(filled: Draft, rule: Rule | None) -> Answer:
    focus = form.focus(filled, request.form.get("add", ""), request.form.get("drop", ""))
    if not wants_fragment():
        return _page(filled, rule, focus)
    words = form.words(filled, rule, focus)
    response = Response(render_template("rules/_builder.html", seen=_seen(rule), **words), mimetype="text/html")
    response.headers["HX-Trigger-After-Settle"] = "reshaped"
    return response


def _page(
    filled: Draft, rule: Rule | None, focus: str = "", asked: Question | None = None, overtaken: bool = False
) -> str:
    beside = preview.words(filled, request.form, rule.id if rule else None)
    seen = rule.version if rule and overtaken else _seen(rule)
    return render_template("rules/builder.html", question=asked, seen=seen, **form.words(filled, rule, focus), **beside)


def _seen(rule: Rule | None) -> str | int:
    """The version that whoever fills in the form has begun with."""
    return request.form.get("seen") or (rule.version if rule else 0)


def _kind(key: str | None) -> Kind:
    everyone = {kind.key: kind for kind in kinds.everyone()}
    return everyone.get(key or next(iter(everyone))) or abort(404)


def _rule(key: int) -> Rule:
    return Rule.get_or_none(Rule.id == key) or abort(404)
