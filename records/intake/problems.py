"""What goes wrong is told as a problem document (RFC 9457) that names the field."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from flask import Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.i18n import N_
from core.i18n import gettext as _

MEDIA_TYPE = "application/problem+json"
MOST = 20  # faults told of one body; who sends more has another trouble

#: What pydantic found, in our words. Values in %(…)s come from its own context.
FAULTS = {
    "missing": N_("This is needed."),
    "extra_forbidden": N_("There is no field of this name."),
    "string_type": N_("A text is expected here."),
    "string_too_short": N_("At least %(min_length)s characters are needed here."),
    "string_too_long": N_("At most %(max_length)s characters are allowed here."),
    "string_pattern_mismatch": N_("Control characters are not allowed here."),
    "bool_type": N_("true or false is expected here."),
    "int_type": N_("A whole number is expected here."),
    "float_type": N_("A number is expected here."),
    "finite_number": N_("A finite number is expected here."),
    "greater_than_equal": N_("At least %(ge)g is expected here."),
    "less_than_equal": N_("At most %(le)g is expected here."),
    "list_type": N_("A list is expected here."),
    "too_long": N_("At most %(max_length)s are allowed here."),
    "too_short": N_("At least %(min_length)s is needed here."),
    "dict_type": N_("An object is expected here."),
    "model_type": N_("An object is expected here."),
    "model_attributes_type": N_("An object is expected here."),
}
#: Where a form is asked for, the form is shown.
FORMS = {
    "total": N_("An amount is a text with at most two decimals, such as \"129.90\"."),
    "price": N_("An amount is a text with at most two decimals, such as \"129.90\"."),
    "currency": N_("A currency is three capital letters, such as \"EUR\"."),
    "language": N_("A language is a tag such as \"de\" or \"en-GB\"."),
}


class Problem(Exception):
    """Ends a request with this answer; `faults` are (field, sentence), the field a dotted path."""

    def __init__(self, status: int, sentence: str, faults: Iterable[tuple[str, str]] = (), **headers: str):
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.faults = list(faults)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @classmethod
    def at(cls, field: str, sentence: str, status: int = 422) -> "Problem":
        """One field is wrong."""
        return cls(status, sentence, [(field, sentence)])

    def document(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.sentence,
        }
        if self.faults:
            said["field"] = self.faults[0][0]
            said["errors"] = [{"field": field, "detail": sentence} for field, sentence in self.faults]
        return said

    def answer(self) -> Response:
        return Response(json.dumps(self.document()), self.status, self.headers, mimetype=MEDIA_TYPE)


def invalid(error: ValidationError) -> Problem:
    """What pydantic found wrong with a body."""
    found = error.errors(include_url=False, include_input=False)[:MOST]
    if found[0]["type"] == "json_invalid":
        return Problem(400, _("The body is not valid JSON: %(why)s.", why=found[0]["ctx"]["error"]))
    faults = [(_path(fault), _sentence(fault)) for fault in found]
    return Problem(422, faults[0][1], faults)


def _path(fault: ErrorDetails) -> str:
    """Where it is; a wrong name of a field is told like the field."""
    return ".".join(str(step) for step in fault["loc"] if step != "[key]") or "body"


def _sentence(fault: ErrorDetails) -> str:
    kind, place = fault["type"], str(fault["loc"][-1]) if fault["loc"] else ""
    if place in FORMS and kind in ("string_type", "string_pattern_mismatch"):
        return _(FORMS[place])
    if kind in FAULTS:
        return _(FAULTS[kind]) % fault.get("ctx", {})
    said = fault["msg"]
    return _(said)
