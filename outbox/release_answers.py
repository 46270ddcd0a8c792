"""The two questions about marked messages, each listing exactly what it is about, and what a person answered."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import signed_in
from core.i18n import gettext as _
from core.i18n import ngettext
from outbox import offers, release, valve
from outbox.release import Outcome
from outbox.release_views import ids_of

Answer = str | Response

bp = Blueprint("release_answer", __name__, template_folder="templates", url_prefix="/outbox/release")


@bp.get("/send")
@signed_in
def ask_to_send() -> Answer:
    """Exactly what would go to whom; nothing is changed yet."""
    return _question("outbox/release_send.html", written=True)


@bp.post("/send")
@signed_in
def send() -> Response:
    """Release those of the shown that still are what was shown."""
    seals = _seals()
    there = offers.look(offers.named(seals), written=True)
    changed = [offer.id for offer in there if not offer.missed and (offer.why or offer.seal != seals[offer.id])]
    outcome = release.release(seals.keys() - set(changed), current_user.actor)
    _say(ngettext("%(n)s message is released.", "%(n)s messages are released.", outcome.done), outcome, len(changed))
    return redirect(url_for("release.index", id=changed), 303)


@bp.get("/discard")
@signed_in
def ask_to_discard() -> Answer:
    """What would not go out at all."""
    return _question("outbox/release_discard.html", written=False)


@bp.post("/discard")
@signed_in
def discard() -> Response:
    outcome = release.discard(ids_of(request.form), current_user.actor)
    _say(ngettext("%(n)s message is discarded.", "%(n)s messages are discarded.", outcome.done), outcome)
    return redirect(url_for("release.index"), 303)


def _question(template: str, written: bool) -> Answer:
    """A page about those of the marked messages that still await release."""
    ids = ids_of(request.args)
    found = offers.look(offers.named(ids), written)
    if not found:
        flash(_("Mark at least one message first."), "error")
        return redirect(url_for("release.index"))
    going, staying = [offer for offer in found if not offer.why], [offer for offer in found if offer.why]
    late, stopped = len(ids) - len(found), bool(valve.stopped())
    return render_template(template, found=found, going=going, staying=staying, late=late, stopped=stopped)


def _seals() -> dict[int, str]:
    """What the question showed: the seals of the offers by their ids."""
    pairs = [text.partition(":")[::2] for text in request.form.getlist("shown")[: offers.MOST]]
    return {int(id): seal for id, seal in pairs if id.isascii() and id.isdecimal() and len(id) < 18}


def _say(done: str, outcome: Outcome, changed: int = 0) -> None:
    """What was done, and what could not be done any more."""
    if outcome.done:
        flash(done)
    remarks = [
        (outcome.late, ngettext(
            "%(n)s message had been settled meanwhile, by somebody else or by newer news.",
            "%(n)s messages had been settled meanwhile, by somebody else or by newer news.", outcome.late)),
        (outcome.missed, ngettext(
            "%(n)s message was past its time and has been dropped.",
            "%(n)s messages were past their time and have been dropped.", outcome.missed)),
        (changed, ngettext(
            "%(n)s message has changed since you saw it and stays here; please look at it again.",
            "%(n)s messages have changed since you saw them and stay here; please look at them again.", changed)),
    ]
    if said := [sentence for n, sentence in remarks if n]:
        flash(" ".join(said), "error")
