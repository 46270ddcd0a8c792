"""The gate for JSON: what a body must be before anybody acts on what it says."""

import json
from typing import Any, TypeVar

from flask import Request
from pydantic import BaseModel, ValidationError

from core.i18n import gettext as _
from records.intake.problems import Problem, invalid

Model = TypeVar("Model", bound=BaseModel)


def read(request: Request) -> bytes:
    """The raw bytes of a JSON body; raises Problem for another type. Too large a one is refused by Flask."""
    if request.mimetype != "application/json":
        raise Problem(415, _("The body must be JSON, with Content-Type: application/json."))
    return request.get_data(cache=False)


def parse(raw: bytes) -> Any:
    """The JSON in `raw`; raises Problem for what is malformed, too deep, or says the same thing twice."""
    try:
        return json.loads(raw, object_pairs_hook=_once, parse_constant=_finite)
    except RecursionError:
        raise Problem(400, _("The body is nested too deeply.")) from None
    except ValueError as error:
        raise Problem(400, _("The body is not valid JSON: %(why)s.", why=error)) from None


def understand(model: type[Model], raw: bytes) -> Model:
    """The body as that model; raises Problem naming every field that does not fit.

    Pydantic reads the bytes itself: in what `json` has made of them, a text and a number can no longer be told
    from a time. But it takes the last of two equal keys, so `parse` looks first.
    """
    said = parse(raw)
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        if torn := _torn(said):
            raise Problem.at(torn, _("This text holds half a character (a lone surrogate)."), 400) from None
        raise invalid(error) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers would believe different ones of two equal keys."""
    said = dict(pairs)
    if len(said) < len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Problem.at(twice, _("This field stands there twice."), 400)
    return said


def _finite(constant: str) -> None:
    raise Problem(400, _("The body is not valid JSON: %(why)s.", why=constant))


def _torn(said: Any, path: str = "") -> str | None:
    """The path of the first text that cannot be written as UTF-8."""
    if isinstance(said, str):
        return (path or "body") if any("\ud800" <= letter <= "\udfff" for letter in said) else None
    inner = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    places = ((f"{path}.{key}".strip("."), value) for key, value in inner)
    return next(filter(None, (_torn(value, place) for place, value in places)), None)
