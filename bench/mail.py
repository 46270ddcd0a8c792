"""Measures what one mail costs (filled, put into its envelope, written down) and counts what is compiled for 5,000."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import mjml

from app import open_house
from core import clock, config, settings
from core.db import transaction
from core.rows import insert_many
from emails import compose, mime
from emails.compose import Composed
from emails.models import Template
from outbox.channels.contract import Letter, Result
from outbox.ledger import Dispatch, Ledger
from outbox.models import Message
from pages import links
from records import sample
from records.models import Kind, Record
from records.people import Person

MAILS, CONNECTIONS, OWNER = 5_000, 8, "bench.0:a"
COMPANY = {"name": "Radhaus Lindner", "colour": "#1c5a44", "language": "de", "footer": {"de": "Radhaus Lindner, Berlin"}}


class Counted:
    """A function that knows how often it was called."""

    def __init__(self, call: Any):
        self.call, self.calls = call, 0

    def __call__(self, *given: Any, **named: Any) -> Any:
        self.calls += 1
        return self.call(*given, **named)


def letters(record: Record, template: Template) -> tuple[list[Composed], float]:
    """All the mails, of two versions of a template, and the seconds it took to fill one."""
    made = []
    began = time.process_time()
    for n in range(MAILS):
        if n == MAILS // 2:
            text = template.texts["de"]
            template.texts = {"de": {**text, "body": f"{text['body']}\n\nBis bald."}}
        person = Person("customer", f"Ada Lovelace {n}", "ada@example.org", "de", {}, 1)
        link = links.prepare(1, "customer", "ada@example.org")
        made.append(compose.compose(template, record, person, links.url(link.id), link.expires_at))
    return made, (time.process_time() - began) / MAILS


def envelopes(mails: list[Composed]) -> tuple[list[bytes], float]:
    now, raws = clock.now(), []
    began = time.process_time()
    for n, mail in enumerate(mails):
        raws.append(mime.build(
            mail, to=("Ada Lovelace", "ada@example.org"), sender=("Radhaus", "werkstatt@radhaus.example"),
            message_id=f"<{n}@bench.example>", date=now,
        ))
    return raws, (time.process_time() - began) / MAILS


def written_down(record: int, template: int, raws: list[bytes]) -> float:
    """Seconds for the marks and the results of one mail, over so many connections."""
    now = clock.now()
    times = dict(due_at=now, planned_at=now, expires_at=now + timedelta(days=1), lease_until=now + timedelta(hours=1))
    row = dict(record=record, template=template, recipient="customer", state="sending_pre", owner=OWNER, **times)
    with transaction():
        for start in range(0, MAILS, 500):
            insert_many(Message, [{**row, "occasion": str(n)} for n in range(start, start + 500)])
    dispatches = [_dispatch(message, raws[n]) for n, message in enumerate(Message.select().order_by(Message.id))]
    ledger = Ledger(OWNER, lambda sender, verdicts: None)

    def send(dispatch: Dispatch) -> None:
        ledger.mark(dispatch)
        ledger.settle(dispatch, Result("sent", "250 2.0.0"))

    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as connections:
        list(connections.map(send, dispatches))
    ledger.close()
    took = (time.perf_counter() - began) / MAILS
    if (sent := Message.select().where(Message.state == "sent").count()) != MAILS:
        sys.exit(f"{sent} mails were written down instead of {MAILS}.")
    return took


def _dispatch(message: Message, raw: bytes) -> Dispatch:
    link = links.prepare(message.record_id, "customer", "ada@example.org")
    message.link_id, message.dated_at = link.id, clock.now()
    letter = Letter(f"<{message.id}@bench.example>", "werkstatt@radhaus.example", "ada@example.org", "x", raw)
    return Dispatch(message, letter, link)


def main() -> None:
    open_house(config.read({"STATUSBOTE_DATA": sys.argv[1]}))
    settings.put("company", COMPANY)
    record = sample.record(Kind.get(Kind.key == "order"))
    stored = Record.create(**{name: getattr(record, name) for name in ("number", "status", "occurred_at", "created_at",
                                                                     "updated_at")}, kind="order")
    template = Template.get(Template.system == "status_mail")
    compose.compile_text = texts = Counted(compose.compile_text)  # type: ignore[assignment]
    mjml.mjml2html = layouts = Counted(mjml.mjml2html)
    mails, fill = letters(record, template)
    raws, envelope = envelopes(mails)
    log = written_down(stored.id, template.id, raws)
    figures = {"mail_fill": fill, "mail_mime": envelope, "mail_log": log}
    told = {name: round(seconds * 1_000_000) for name, seconds in figures.items()}
    counted = {"mail_compiled": texts.calls, "mail_mjml": layouts.calls}
    print(json.dumps({**told, "mail_raw": round(1 / sum(figures.values())), **counted}))


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    main()
