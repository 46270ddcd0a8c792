"""Any SMS gateway that takes an SMS over HTTP, described by an admin from its manual."""

import json
import re
from typing import Any

from accounts.form import Form
from core.i18n import N_
from core.i18n import gettext as _
from outbox.channels.gateways.plain import FORMATS, filled
from outbox.models import Sender
from outbox.senders import sms_trial
from outbox.senders.contract import Type
from outbox.senders.types import sms

METHODS = {name: name for name in ("POST", "GET", "PUT")}
SHAPES = {"json": N_("JSON"), "form": N_("form fields"), "none": N_("nothing, all is in the address")}
START = {
    "method": "POST", "format": "json", "statuses": "200, 201, 202",
    "body": '{"to": "{to}", "from": "{from}", "text": "{text}", "reference": "{id}"}',
    "headers": "Authorization: Bearer {key}",
}
SAMPLE = dict.fromkeys(("to", "text", "from", "id", "key"), "x")
LONGEST = 5000  # characters of a body or of all headers


def read(form: Form, sender: Sender) -> dict[str, Any]:
    form.one_of("format", FORMATS)
    settings = {
        "url": _address(form),
        "method": form.one_of("method", METHODS),
        "format": form.values.get("format", ""),
        "headers": _headers(form),
        "body": _body(form),
        "statuses": _statuses(form),
        "path": form.line("path", 200, needed=False),
        "values": [value.strip() for value in form.line("accepted", 400, needed=False).split(",") if value.strip()],
    }
    if settings["path"] and not settings["values"]:
        form.refuse("accepted", _("Please say what stands there when the SMS was taken."))
    everywhere = f"{settings['url']} {settings['body'] if settings['format'] != 'none' else ''}"
    if not all(place in everywhere for place in ("{to}", "{text}")):
        name = "url" if settings["format"] == "none" else "body"
        form.refuse(name, _("{to} and {text} must stand here, or the gateway learns neither number nor text."))
    return sms.columns(form, settings)


def typed(sender: Sender) -> dict[str, str]:
    own = {name: sender.settings.get(name, "") for name in ("url", "method", "format", "headers", "body", "path")}
    lists = {"statuses": "statuses", "accepted": "values"}
    joined = {name: ", ".join(str(one) for one in sender.settings.get(key, ())) for name, key in lists.items()}
    return {**sms.typed(sender), **own, **joined}


def _address(form: Form) -> str:
    url = form.line("url", 1000)
    if url and not re.match(r"https?://[A-Za-z0-9.:\[\]-]+(/|\?|$)", url):
        form.refuse("url", _("This is not an address of the web, such as https://sms.example.org/send."))
    return url


def _headers(form: Form) -> str:
    lines = [line.strip() for line in form.values.get("headers", "")[:LONGEST].splitlines() if line.strip()]
    if not all(re.fullmatch(r"[A-Za-z0-9-]+: ?[\x20-\x7e]+", line) for line in lines):
        form.refuse("headers", _("Please write one header in each line, such as Authorization: Bearer {key}."))
    return "\n".join(line if ": " in line else line.replace(":", ": ", 1) for line in lines)


def _body(form: Form) -> str:
    body = form.values.get("body", "")[:LONGEST].replace("\r\n", "\n").strip()
    if form.values.get("format") == "json":
        try:
            json.loads(filled(body, SAMPLE, str))
        except ValueError:
            form.refuse("body", _("This is not JSON; {to} and the like stand between quotation marks."))
    return body


def _statuses(form: Form) -> list[int]:
    found = [int(text) for text in re.findall(r"[0-9]+", form.line("statuses", 60))]
    if not found or not all(200 <= status < 300 for status in found):
        form.refuse("statuses", _("Please give HTTP statuses from 200 to 299, such as 200, 202."))
    return found


TYPE = Type(
    N_("Another gateway over HTTP"), N_("For whoever has its manual: address, fields and what it answers."), "sms", read,
    typed, sms.open_, sms_trial.run, start={**sms.START, **START},
    choices={**sms.CURRENCIES, "method": METHODS, "format": SHAPES}, secrets=("key",),
)
