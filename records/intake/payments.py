"""The HTTP API hears up to when payments are entered, and says what is known of that."""

from typing import Any

from flask import Response, request
from pydantic import BaseModel, Field

from records import payments
from records.intake import answers, openapi
from records.intake.body import read, understand
from records.intake.callers import caller
from records.intake.doors import door
from records.intake.schema import Past, Said

PATH = "/api/v1/payments_as_of"


class PaymentsAsOf(Said):
    """All payments up to this moment are entered."""

    as_of: Past


class PaymentsKnown(BaseModel):
    """`as_of` is null as long as nobody has told of payments; while `waiting`, reminders of payments are held back."""

    as_of: str | None
    waiting: bool = Field(description="Whether that is older than this house allows.")


def _paths(where: dict[str, Any]) -> dict[str, Any]:
    known = {"200": openapi.answered("How it stands now.", "PaymentsKnown")}
    return {
        PATH: {
            "get": {
                "operationId": "payments_known", "summary": "Ask up to when payments are entered",
                "responses": {**known, **openapi.refused("401 503")},
            },
            "put": {
                "operationId": "payments_told", "summary": "Say up to when payments are entered",
                "requestBody": openapi.body("PaymentsAsOf"),
                "responses": {**known, **openapi.refused("400 401 413 415 422 503")},
            },
        },
    }


openapi.parts.append(openapi.Part(_paths, (PaymentsAsOf, PaymentsKnown)))
bp = door("payments_api", "/api/v1/payments_as_of")


@bp.get("")
def known() -> Response:
    caller(request)
    return _known()


@bp.put("")
def told() -> Response:
    actor = caller(request)
    payments.tell(understand(PaymentsAsOf, read(request)).as_of, actor)
    return _known()


def _known() -> Response:
    stand = payments.stand()
    as_of = stand.as_of.isoformat(timespec="seconds") if stand.as_of else None
    return answers.told({"as_of": as_of, "waiting": stand.old})
