"""Where a mail service tells what came back: JSON of ours or the report itself, at an address only it knows."""

from typing import Any

from flask import Response, request

from core.i18n import gettext as _
from outbox.afterwards import account, bounces, report
from records.intake import answers
from records.intake.body import parse
from records.intake.doors import door
from records.intake.problems import Problem

MOST = 1000  # reports of one call

bp = door("bounce_hook", "/hooks/bounces")


@bp.post("/<token>")
def hear(token: str) -> Response:
    """How many of the reports were about mails of ours; the others change nothing."""
    if not account.opens(token):
        raise Problem(401, _("There is no mail service connected here."))
    raw = request.get_data(cache=False)
    if request.mimetype == "application/json":
        return answers.told({"heard": sum(bounces.hear(found) for found in _listed(parse(raw)))})
    found = report.of_mail(raw)
    return answers.told({"heard": int(bounces.hear(found)) if found else 0})


def _listed(said: Any) -> list[report.Report]:
    """One report, a list of them, or {"bounces": […]}; raises Problem naming the field that does not fit."""
    given = said.get("bounces", said) if isinstance(said, dict) else said
    given = [given] if isinstance(given, dict) else given
    if not isinstance(given, list) or len(given) > MOST or not all(isinstance(one, dict) for one in given):
        raise Problem.at("bounces", _("A report or a list of at most %(n)s is expected here.", n=MOST))
    found = []
    for number, one in enumerate(given):
        try:
            found.append(report.of_json(one))
        except ValueError as error:
            raise Problem.at(f"bounces.{number}.{error}", _("This is missing or not as it should be.")) from None
    return found
