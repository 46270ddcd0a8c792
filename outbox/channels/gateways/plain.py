"""Any gateway that takes an SMS over HTTP: address, method, headers and body as its own manual says."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

from outbox.channels.contract import Result
from outbox.channels.gateways import answers
from outbox.channels.gateways.contract import Call, Request, Sms, Told
from outbox.channels.web import Reply

PLACES = re.compile(r"\{(to|text|from|id|key)\}")
FORMATS = {"json": "application/json", "form": "application/x-www-form-urlencoded", "none": ""}


@dataclass(frozen=True)
class Plan:
    """How it is asked. `format`: json, form or none (all is said in the address); `headers` a line each.

    {to}, {text}, {from}, {id} and {key} stand for values anywhere. Taken is what comes with one of the `statuses`, and, with
    a `path` such as "messages.0.status", where that place of the answer holds one of the `values`.
    """

    url: str
    method: str = "POST"
    format: str = "json"
    headers: str = ""
    body: str = ""
    statuses: tuple[int, ...] = (200, 201, 202)
    path: str = ""
    values: tuple[str, ...] = ()
    key: str = field(default="", repr=False)


class Plain:
    """A gateway of which only its plan is known."""

    def __init__(self, plan: Plan):
        self.plan = plan

    def request(self, sms: Sms) -> Request:
        plan = self.plan
        said = {"to": sms.to, "text": sms.text, "from": sms.sender, "id": sms.id, "key": plan.key}
        headers = dict(line.split(": ", 1) for line in filled(plan.headers, said, _line).splitlines() if ": " in line)
        url = filled(plan.url, said, lambda text: quote(text, safe=""))
        if plan.format == "none":
            return Request(plan.method, url, headers)
        body = filled(plan.body, said, _json if plan.format == "json" else quote_plus)
        headers = {"Content-Type": FORMATS[plan.format], **headers}
        return Request(plan.method, url, headers, {"content": body.encode()})

    def result(self, reply: Reply) -> Result:
        if reply.status not in self.plan.statuses:
            return answers.by_status(reply.status)
        code = f"HTTP {reply.status}"
        if not self.plan.path:
            return Result("sent", code)
        found = at(answers.said(reply), self.plan.path)
        return Result("sent" if found in self.plan.values else "refused", f"{code} {answers.short(found)}".strip())

    def told(self, call: Call) -> Told | None:
        """Nobody has said how such a gateway would report."""
        return None


def filled(text: str, said: Mapping[str, str], escaped: Callable[[str], str]) -> str:
    """Its places filled, each value made harmless for where it stands; what is in a value is never a place itself."""
    return PLACES.sub(lambda place: escaped(said[place[1]]), text)


def at(answer: Any, path: str) -> str:
    """What stands at “messages.0.status” of an answer; nothing where there is no such place."""
    for step in path.split("."):
        if isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        elif isinstance(answer, dict) and step in answer:
            answer = answer[step]
        else:
            return ""
    return json.dumps(answer) if isinstance(answer, bool) else "" if answer is None else str(answer)


def _json(text: str) -> str:
    """Inside a JSON string."""
    return json.dumps(text)[1:-1]


def _line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)
