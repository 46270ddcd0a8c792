"""What may be said of a record, as the HTTP API writes it down; the OpenAPI document is made from it."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from core import clock
from core.i18n import N_

# Line breaks, invisible and direction-changing characters have no place in a line that ends up in a subject or an SMS.
LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$"
TEXT = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*")
RFC3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})")
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
SLACK = timedelta(days=1)  # how far another system's clock may run ahead of ours


def _moment(value: Any) -> datetime:
    if not isinstance(value, str) or not RFC3339.fullmatch(value):
        raise PydanticCustomError("moment", N_("A time is written with its zone, such as \"2026-11-20T10:00:00+01:00\"."))
    try:
        moment = datetime.fromisoformat(value.upper())
    except ValueError:
        raise PydanticCustomError("moment", N_("There is no such day or time.")) from None
    if not EARLIEST <= moment < LATEST:
        raise PydanticCustomError("moment", N_("A time must lie between 1970 and 2200."))
    return moment


def _past(value: Any) -> datetime:
    """What claims to come from the future would make everything true now look outdated."""
    moment = _moment(value)
    if moment > clock.now() + SLACK:
        raise PydanticCustomError("moment", N_("This cannot have happened yet."))
    return moment


def scalar(value: Any, longest: int = 2000) -> Any:
    """A text, a number, true, false or null; raises PydanticCustomError for anything else."""
    if isinstance(value, (dict, list)):
        raise PydanticCustomError("scalar", N_("A text, a number, true or false is expected here."))
    if isinstance(value, str) and len(value) > longest:
        raise PydanticCustomError("string_too_long", "", {"max_length": longest})
    if isinstance(value, str) and not TEXT.fullmatch(value):
        raise PydanticCustomError("scalar", N_("Control characters are not allowed here."))
    if isinstance(value, (int, float)) and not abs(value) < 1e15:
        raise PydanticCustomError("scalar", N_("A number of at most 15 digits is expected here."))
    return value


TIME = {"type": "string", "format": "date-time", "examples": ["2026-11-20T10:00:00+01:00"]}
SCALAR = {
    "type": ["string", "number", "boolean", "null"],
    "maxLength": 2000, "exclusiveMaximum": 1e15, "exclusiveMinimum": -1e15,
}

Line = Annotated[str, Field(pattern=LINE, max_length=200)]
Number = Annotated[str, Field(pattern=LINE, min_length=1, max_length=64, examples=["1001"])]
Amount = Annotated[str, Field(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,2})?$", examples=["129.90"])]
Moment = Annotated[datetime, PlainValidator(_moment), WithJsonSchema(TIME)]
Past = Annotated[datetime, PlainValidator(_past), WithJsonSchema(TIME)]
Scalar = Annotated[Any, BeforeValidator(scalar), WithJsonSchema(SCALAR)]
Name = Annotated[str, Field(pattern=LINE, min_length=1, max_length=64)]


class Said(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class Consent(Said):
    """What a person agreed to; what is left out stays as it was."""

    email: bool | None = None
    sms: bool | None = None
    advertising: bool | None = Field(
        None, description="To advertising, to which requests for feedback belong; without it neither goes out. Once "
        "somebody unsubscribed, or it was withdrawn elsewhere, true counts only with a later `advertising_at`.",
    )
    advertising_text: Annotated[str, Field(pattern=LINE, max_length=500)] | None = Field(
        None, description="What they agreed to, word for word; kept as proof.",
    )
    advertising_at: Past | None = Field(None, description="When they agreed; now when left out.")


class Person(Said):
    """Somebody who can be written to."""

    name: Line | None = Field(None, examples=["Ada Lovelace"])
    email: Line | None = Field(None, examples=["ada@example.org"])
    phone: Line | None = Field(None, examples=["+493023125678"])
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$", max_length=35)] | None = None
    consent: Consent | None = None
    postcode: Annotated[str, Field(pattern=LINE, max_length=12)] | None = Field(
        None, examples=["10999"], description="Asked for before a status page, where links of the kind are set to that.",
    )


class Item(Said):
    """One line of an order; the price is that of one piece, negative for a credit and whatever else is taken off."""

    name: Annotated[str, Field(pattern=LINE, max_length=500)]
    quantity: Annotated[float, Field(ge=0, le=1_000_000)] = 1
    price: Amount | None = None
    delivered: Annotated[float, Field(ge=0, le=1_000_000)] | None = Field(
        None, description="How many of them have been delivered; left out where deliveries are not followed."
    )


class Tracking(Said):
    carrier: Line | None = Field(None, examples=["DHL"])
    number: Line | None = Field(None, examples=["00340434161094042557"])


class State(Said):
    """What is true of a record now; what is left out stays as it was, and what happened is derived from the difference."""

    status: Line | None = Field(None, examples=["ready"])
    contact: Person | None = None
    assignee: Person | None = None
    location: Line | None = Field(None, description="The key of a location.", examples=["berlin"])
    profile: Line | None = None
    source: Line | None = Field(None, examples=["webshop"])
    placed_at: Moment | None = None
    scheduled_at: Moment | None = None
    due_at: Moment | None = None
    paid_at: Moment | None = None
    total: Amount | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"])] = "EUR"
    items: Annotated[list[Item], Field(max_length=500)] = Field(default_factory=list)
    tracking: Tracking | None = None
    fields: Annotated[dict[Name, Scalar], Field(max_length=100, json_schema_extra={"additionalProperties": False})] = Field(
        default_factory=dict, description="Whatever else is known of it, by name."
    )
    occurred_at: Past | None = Field(
        None, description="When this became true. An older state than the stored one is recorded, never announced."
    )

    def state(self) -> dict[str, Any]:
        """As `records.change.apply` wants it: only what was said, amounts as Decimal."""
        said = self.model_dump(exclude_unset=True, exclude={"number"})
        if said.get("total") is not None:
            said["total"] = Decimal(said["total"])
        for item in said.get("items", ()):
            item["quantity"] = _plain(item.get("quantity", 1))
            if item.get("delivered") is not None:
                item["delivered"] = _plain(item["delivered"])
        return {key: value for key, value in said.items() if value is not None or key in CLEARABLE}


def _plain(quantity: float) -> float:
    return int(quantity) if quantity == int(quantity) else quantity


CLEARABLE = {"contact", "assignee", "location", "placed_at", "scheduled_at", "due_at", "paid_at", "total", "tracking"}


class Row(State):
    """One record of a batch."""

    number: Number


class Batch(Said):
    """Up to a thousand records of one collection."""

    records: Annotated[list[Row], Field(min_length=1, max_length=1000)]
