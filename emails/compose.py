"""Composes a message: a template's text, compiled once, filled with one record for one person."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any

from liquid.exceptions import LiquidError
from liquid.template import BoundTemplate

from core import i18n, settings
from emails import grammar, harmless, letter, logo, markup, plain, proof, values
from emails.enclosed import LARGEST, PAYMENT, File, Picture
from emails.layouts import kept
from emails.layouts.frame import Frame
from emails.letter import Read
from emails.logo import CONTENT_ID, Logo
from emails.models import Template
from emails.scene import Scene
from pages import unsubscribe
from records.models import Record
from records.people import Person

SHELF = 256  # compiled texts kept
LONGEST_SUBJECT = 250  # characters


class Unusable(ValueError):
    """A template that cannot be filled; its text is the sentence for staff."""


@dataclass(frozen=True)
class Composed:
    """One message, ready to be put into an envelope, with the pictures its HTML shows and the files attached.

    `unsubscribe`: where its reader ends advertising, for the header of such a mail.
    """

    subject: str
    html: str
    text: str
    language: str
    pictures: tuple[Picture, ...] = ()
    files: tuple[File, ...] = ()
    unsubscribe: str = ""


@dataclass(frozen=True)
class Compiled:
    """A text in one language and in the company's clothes, waiting for values."""

    subject: BoundTemplate
    html: BoundTemplate
    text: BoundTemplate
    logo: Logo | None


_shelf: OrderedDict[tuple[Any, ...], Compiled] = OrderedDict()
_lock = Lock()


def compose(
    template: Template, record: Record, person: Person | None, link_url: str | None, link_expires: datetime | None = None,
    event: Mapping[str, Any] | None = None, leave: str | None = None,
) -> Composed:
    """The message for that person; raises Unusable. `link_url` None leaves links to the page out; `event`: see Scene.

    `leave`: where they unsubscribe from advertising, "" for people who need not; None where it is only looked at.
    """
    company = settings.get("company")
    language = spoken(template.spoken("email"), person.language if person else None, company)
    compiled = _compiled(template.texts[language], language, company, template.layout)
    scene = Scene(record, person, company, link_url, link_expires, event or {}, way_out(template, leave))
    composed = fill(compiled, scene, language)
    return replace(composed, unsubscribe=leave) if template.advertising and leave else composed


def subject(template: Template, record: Record, person: Person | None) -> str:
    """What its subject alone would say; raises Unusable."""
    company = settings.get("company")
    language = spoken(template.spoken("email"), person.language if person else None, company)
    compiled = _compiled(template.texts[language], language, company, template.layout)
    with i18n.speaking(language):
        try:
            said = values.of(Scene(record, person, company), {}, harmless.without_addresses)
            return _one_line(compiled.subject.render(said))
        except LiquidError as error:
            raise Unusable(str(error.message)) from error


def way_out(template: Template, leave: str | None) -> str | None:
    """What the placeholder for unsubscribing says, see `compose`."""
    if not template.advertising:
        return None
    return unsubscribe.hidden() if leave is None else leave or None


def spoken(texts: dict[str, Any], wanted: str | None, company: dict[str, Any]) -> str:
    """The reader's language, else the company's, else the first the template speaks."""
    for language in (i18n.nearest(wanted), company.get("language") or "de", *texts):
        if language in texts:
            return language
    raise Unusable(i18n.gettext("This template has no text."))


def compile_text(
    text: dict[str, str], language: str, company: dict[str, Any], fields: list[str] | None = None, layout: str | Frame = "",
) -> Compiled:
    """Make subject, HTML and text part of one language's text; raises grammar.Wrong. `layout`: or see `kept.key_of`."""
    with i18n.speaking(language):
        subject, read = proof.check(text["subject"], fields), _read(text, language, company, fields)
        frame = layout if isinstance(layout, Frame) else kept.frame_of(kept.key_of(layout, company))
        html = grammar.escaping.from_string(letter.write(read, company, language, frame))
        words = grammar.plain.from_string(plain.write([*read.body, *read.signature], read.source, company))
        return Compiled(subject, html, words, logo.read(company.get("logo") or ""))


def _read(text: dict[str, str], language: str, company: dict[str, Any], fields: list[str] | None) -> Read:
    body, signature = text["body"], (company.get("signature") or {}).get(language) or ""
    for source in (body, signature):
        proof.check(source, fields)
    return Read(text["subject"], markup.read(body), markup.read(signature), "\0".join((text["subject"], body, signature)))


def fill(compiled: Compiled, scene: Scene, language: str) -> Composed:
    """Put a record's values in; raises Unusable."""
    said: dict[str, Any] = {}
    with i18n.speaking(language):
        try:
            subject = compiled.subject.render(values.of(scene, said, harmless.without_addresses))
            shown = values.of(scene, said)
            html, text = compiled.html.render(shown), compiled.text.render(shown)
        except LiquidError as error:
            raise Unusable(str(error.message)) from error
    pictures = tuple(_pictures(html, compiled.logo, said))
    return Composed(_one_line(subject), html, plain.tidy(text), language, pictures, _files(said))


def _files(said: dict[str, Any]) -> tuple[File, ...]:
    """Whatever was asked for and is a file; raises Unusable."""
    files = tuple(value for value in said.values() if isinstance(value, File))
    if sum(len(file.data) for file in files) > LARGEST:
        raise Unusable(i18n.gettext("What is attached is too large: at most %(n)s MB go along.", n=LARGEST >> 20))
    return files


def _pictures(html: str, logo: Logo | None, said: dict[str, Any]) -> Iterator[Picture]:
    """What the HTML shows; `said` is what was asked for on the way."""
    if logo:
        yield Picture(CONTENT_ID, logo.subtype, logo.data)
    if said.get("payment.qr") and f'"cid:{PAYMENT}"' in html:
        yield Picture(PAYMENT, "png", said["payment.qr"].picture)


def _one_line(subject: str) -> str:
    return harmless.line(subject.replace("\u00a0", " ")).replace("=?", "= ?")[:LONGEST_SUBJECT].strip()


def _compiled(text: dict[str, str], language: str, company: dict[str, Any], layout: str) -> Compiled:
    worn = kept.mark(kept.key_of(layout, company))
    look = tuple(value if isinstance(value, str) else repr(value) for value in company.values())
    key = (text["subject"], text["body"], language, worn, look)  # not its id: a deleted template's may come again
    with _lock:
        if key in _shelf:
            _shelf.move_to_end(key)
            return _shelf[key]
    try:
        compiled = compile_text(text, language, company, None, layout)
    except grammar.Wrong as error:
        raise Unusable(str(error)) from error
    with _lock:
        _shelf[key] = compiled
        while len(_shelf) > SHELF:
            _shelf.popitem(last=False)
    return compiled
