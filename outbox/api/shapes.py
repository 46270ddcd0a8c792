"""What the reading half of the HTTP API may be asked, what it answers, and both in its OpenAPI document."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from outbox.states import STATES
from records.intake.openapi import NUMBER, Part, answered, refused
from records.intake.schema import Moment, Said

SHORTER = "A page may be shorter than its limit; the last one has `next`: null."
NEWEST = "The newest first, in the order in which they were planned. " + SHORTER


class Paged(Said):
    """Which part of a long list; query parameters."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = Field(None, description="What the page before gave as `next`; it is not to be taken apart.")


class Asked(Paged):
    """Which messages of the house; query parameters."""

    state: str | None = Field(None, json_schema_extra={"enum": list(STATES)})
    since: Moment | None = Field(None, description="Only those planned at this moment or later, however they stand now.")


class Whose(BaseModel):
    """The record that a message is about."""

    kind: str = Field(examples=["order"])
    number: str


class MessageTold(BaseModel):
    """A message and how it stands; addresses are not told."""

    id: int
    record: Whose | None
    rule: str | None = Field(description="The rule's name; null for a message without one.")
    template: str
    channel: str = Field(json_schema_extra={"enum": ["email", "sms"]})
    recipient: Literal["customer", "assignee", "manager", "event", "address"]
    state: str = Field(json_schema_extra={"enum": list(STATES)})
    reason: str | None = Field(examples=["no_consent"])
    why: str = Field(description="The reason, and what happens next, in the language of Accept-Language.")
    planned_at: str
    due_at: str
    sent_at: str | None
    message_id: str | None
    attempts: int


class Messages(BaseModel):
    messages: list[MessageTold]
    next: str | None = Field(description="The cursor of the next page; null at the end.")


class StoryLine(BaseModel):
    """One thing that happened or will, in words."""

    at: str
    what: str
    why: str
    tone: str = Field(description="moved, sent, held, failed, dropped, ahead or nothing.")


class RuleTold(BaseModel):
    """What a rule did about the record, or why it did nothing."""

    name: str
    tone: str
    sentence: str


class BiographyTold(BaseModel):
    kind: str
    number: str
    biography: list[StoryLine]
    rules: list[RuleTold]


def _paths(where: dict[str, Any]) -> dict[str, Any]:
    record = [where, NUMBER]
    page, story = answered(NEWEST, "Messages"), answered("The last first; what is to come at the top.", "BiographyTold")
    return {
        "/api/v1/messages": _get("messages", "Messages of the house", _queries(Asked), page, "401 422 503"),
        "/api/v1/{collection}/{number}/messages": _get(
            "record_messages", "Messages about a record", record + _queries(Paged), page, "401 404 422 503"
        ),
        "/api/v1/{collection}/{number}/biography": _get(
            "biography", "What happened to a record: its last 200 entries and 200 messages, and what each rule did",
            record, story, "401 404 422 503",
        ),
    }


def _get(name: str, summary: str, parameters: list[Any], page: dict[str, Any], codes: str) -> dict[str, Any]:
    said = {"operationId": name, "summary": summary, "parameters": parameters}
    return {"get": {**said, "responses": {"200": page, **refused(codes)}}}


def _queries(model: type[BaseModel]) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": said} for name, said in _schema(model).items()]


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """Its fields; what may be left out is left out, for in an address there is no null."""
    fields = model.model_json_schema()["properties"]
    for said in fields.values():
        kinds = [kind for kind in said.pop("anyOf", ()) if kind != {"type": "null"}]
        said.update(*kinds)
        if said.get("default", "") is None:
            del said["default"]
    return fields  # type: ignore[no-any-return]


PART = Part(_paths, (Messages, BiographyTold))
