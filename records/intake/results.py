"""What the HTTP API answers to what it is told, for its OpenAPI document."""

from typing import Literal

from pydantic import BaseModel, Field


class Done(BaseModel):
    """What became of a state."""

    kind: str = Field(examples=["order"])
    number: str
    status: str
    changes: list[str] = Field(examples=[["status_changed"]])


class Fault(BaseModel):
    field: str = Field(examples=["contact.email"])
    detail: str


class ProblemDocument(BaseModel):
    """RFC 9457; `field` is the dotted path of the first wrong field."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    field: str | None = None
    errors: list[Fault] | None = None


class Result(BaseModel):
    """What became of one record of a batch."""

    number: str | None
    code: int = Field(examples=[200])
    kind: str | None = None
    status: str | None = None
    changes: list[str] | None = None
    problem: ProblemDocument | None = None


class Results(BaseModel):
    results: list[Result]
