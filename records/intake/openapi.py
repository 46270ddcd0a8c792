"""The OpenAPI 3.1 document of the HTTP API, made from the very models that check it."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from records.intake.problems import MEDIA_TYPE
from records.intake.reports import KEY as REPORT_KEY
from records.intake.reports import ONE_WORD, Report, Reported
from records.intake.results import Done, ProblemDocument, Results
from records.intake.schema import Batch, State

REASONS = {
    "400": "Not JSON, nested too deeply, or a field stands there twice.",
    "401": "The API key is missing or unknown, or the signature is wrong.",
    "404": "There is no such collection, record or shop.",
    "409": "Another event was reported under this key before.",
    "413": "The body is larger than 256 KB.",
    "415": "The body is not JSON.",
    "422": "A field is wrong; the problem names it. Nothing was stored.",
    "503": "Nothing can be stored at the moment; try again soon.",
}
KEY = "Made by `statusbote apikey create`, shown once."
SILENT = {
    "name": "silent", "in": "query", "schema": {"type": "string", "enum": ["0", "1"]},
    "description": "1 saves without any message.",
}
NUMBER = {
    "name": "number", "in": "path", "required": True, "example": "1001",
    "schema": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": r"^[^/\x00-\x1f\x7f-\x9f]+$"},
}
ONCE = {
    "name": REPORT_KEY, "in": "header", "schema": {"type": "string", "pattern": f"^{ONE_WORD}$"},
    "description": "Makes a repeated report harmless, for 90 days.",
}
SOURCE = {"name": "source", "in": "path", "required": True, "schema": {"type": "string"}, "example": "webshop"}


class Part(NamedTuple):
    """What another room adds: its paths, made with the parameter that names a collection, and the models they speak of."""

    paths: Callable[[dict[str, Any]], dict[str, Any]]
    models: tuple[type[BaseModel], ...]


parts: list[Part] = []  # what modules beside this room put in


def document(collections: list[str]) -> dict[str, Any]:
    """The document of a house with these collections."""
    where = {"name": "collection", "in": "path", "required": True, "schema": {"type": "string", "enum": collections}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Statusbote", "version": "1",
            "description": "Say what is true of a record; what happened is derived from the difference.",
        },
        "security": [{"key": []}],
        "paths": _paths(where) | {path: said for part in parts for path, said in part.paths(where).items()},
        "components": {
            "schemas": _schemas(tuple(model for part in parts for model in part.models)),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": KEY}},
        },
    }


def _paths(where: dict[str, Any]) -> dict[str, Any]:
    changed = {"200": answered("The record was known.", "Done"), "201": answered("The record is new.", "Done")}
    return {
        "/api/v1/{collection}/{number}": {
            "parameters": [where, NUMBER],
            "put": {
                "operationId": "put", "summary": "Say what is true of a record", "parameters": [SILENT],
                "requestBody": body("State"),
                "responses": {**changed, **refused("400 401 404 413 415 422 503")},
            },
            "get": {
                "operationId": "get", "summary": "Ask what is true of a record",
                "responses": {
                    "200": {"description": "The record.", "content": {"application/json": {"schema": {"type": "object"}}}},
                    **refused("401 404 503"),
                },
            },
        },
        "/api/v1/{collection}/{number}/events": _reports(where),
        "/api/v1/{collection}": {
            "parameters": [where],
            "post": {
                "operationId": "put_many", "summary": "The same for up to 1,000 at once", "parameters": [SILENT],
                "requestBody": body("Batch"),
                "responses": {
                    "207": answered("One result per record, in the same order.", "Results"),
                    **refused("400 401 404 413 415 422 503"),
                },
            },
        },
        "/hooks/{source}": {
            "parameters": [SOURCE],
            "post": {
                "operationId": "hear", "summary": "The webhook of a connected shop, signed by it", "security": [],
                "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {**changed, **refused("400 401 404 413 422 503")},
            },
        },
    }


def _reports(where: dict[str, Any]) -> dict[str, Any]:
    return {
        "parameters": [where, NUMBER],
        "post": {
            "operationId": "report", "summary": "Report what happened to a record, by name",
            "parameters": [SILENT, ONCE], "requestBody": body("Report"),
            "responses": {
                "201": answered("It is written down.", "Reported"), **refused("400 401 404 409 413 415 422 503"),
            },
        },
    }


@cache
def _schemas(more: tuple[type[BaseModel], ...]) -> dict[str, Any]:
    models = [(model, "validation") for model in (State, Batch, Done, Results, Report, Reported, ProblemDocument, *more)]
    return models_json_schema(models, ref_template="#/components/schemas/{model}")[1]["$defs"]  # type: ignore[arg-type]


def _schema(name: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/schemas/{name}"}}


def answered(description: str, name: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": _schema(name)}}


def body(name: str) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": _schema(name)}}


def refused(codes: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: _schema("ProblemDocument")}
    return {code: {"description": REASONS[code], "content": content} for code in codes.split()}
