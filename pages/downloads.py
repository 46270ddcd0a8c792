"""What a page's links load beside it: a document, or its appointment for one's own calendar.

A page lies on disk and is the same for everybody who may read it, so its links name no address but the page's own with a
question mark: whoever may see the page at an address may load them there, and nobody else.
"""

import re
from collections.abc import Mapping

from flask import make_response, send_file
from werkzeug.wrappers import Response

from core import settings
from pages import answers, appointment, documents, files
from records.load import load

CALENDAR = "calendar"
ALONE = "default-src 'none'; frame-ancestors 'none'; sandbox"
LINK = re.compile(r'<a(?P<button> class="button(?: main)?")? href="\?[^"]*">(?P<words>.*?)</a>', re.DOTALL)


class Missing(Exception):
    """What was asked for is no part of that record's page, or no longer."""


def asked(record_id: int, wishes: Mapping[str, str]) -> Response | None:
    """What is wished for beside the page; None for the page itself. Raises Missing."""
    if CALENDAR in wishes:
        return _alone(_calendar(record_id))
    if documents.QUERY in wishes:
        return _alone(_document(record_id, wishes[documents.QUERY]))
    return None


def without(page: str) -> str:
    """A page as it is kept somewhere else, where its links to what lies beside it would lead nowhere."""
    return LINK.sub(lambda link: "" if link["button"] else link["words"], page)


def _calendar(record_id: int) -> Response:
    record = load([record_id]).get(record_id)
    made = appointment.calendar(record, settings.get("company")) if record else None
    if made is None:
        raise Missing
    response = make_response(made.data)
    response.headers["Content-Type"] = made.type
    response.headers["Content-Disposition"] = f'inline; filename="{appointment.NAME}"'  # telephones open it right away
    return response


def _document(record_id: int, document_id: str) -> Response:
    document = documents.named(record_id, document_id)
    lies = document and files.path(document.file)
    if not document or not lies:
        raise Missing
    response = send_file(
        lies, mimetype=document.type, as_attachment=True, download_name=document.name, etag=False, conditional=False,
    )
    response.headers.pop("Last-Modified", None)
    return response


def _alone(response: Response) -> Response:
    response = answers.sealed(response)
    response.headers["Content-Security-Policy"] = ALONE
    return response
