"""What may be reported of a record: an event by its name, as the HTTP API writes it down."""

import re
from functools import partial
from typing import Annotated, Any

from flask import Request
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from core.i18n import N_
from core.i18n import gettext as _
from records.intake.problems import Problem
from records.intake.schema import SCALAR, Name, Person, Said, scalar

LONGEST = 10_000  # characters of one value, room enough for what somebody writes in a contact form
MOST = 50
WORD = "[A-Za-z_][A-Za-z0-9_]{0,63}"
KEY = "Idempotency-Key"
ONE_WORD = "[!-~]{1,200}"


def _words(value: Any) -> Any:
    """Templates speak of the values by these names."""
    for name in value if isinstance(value, dict) else ():
        if not re.fullmatch(WORD, name):
            raise PydanticCustomError("word", N_("Names consist of letters, digits and underscores, at most 64 of them."))
    return value


DETAIL = SCALAR | {"maxLength": LONGEST}
DETAILS = {"additionalProperties": False, "patternProperties": {f"^{WORD}$": DETAIL}}
Detail = Annotated[Any, BeforeValidator(partial(scalar, longest=LONGEST)), WithJsonSchema(DETAIL)]
Details = Annotated[dict[str, Detail], Field(max_length=MOST, json_schema_extra=DETAILS), BeforeValidator(_words)]


class Report(Said):
    """Something that happened to a record without changing what is true of it."""

    event: Name = Field(description="The key of one of the kind's events.", examples=["message_received"])
    data: Details = Field(default_factory=dict, description="Whatever templates may say as {{ event.<name> }}.")
    to: Person | None = Field(None, description="Somebody else whom the event is for, with their consent.")


class Reported(Said):
    """What was written down; the same again for the same report under the same key."""

    kind: str = Field(examples=["conversation"])
    number: str
    event: str = Field(examples=["message_received"])
    id: int
    at: str = Field(examples=["2026-11-20T10:00:00+00:00"])


def key_of(request: Request) -> str | None:
    """The key that makes a repeated report harmless; raises Problem for one that is none."""
    key = request.headers.get(KEY)
    if key is not None and not re.fullmatch(ONE_WORD, key):
        raise Problem.at(KEY, _("A key consists of up to 200 letters, digits and signs, without spaces."))
    return key
