"""What a draft would look like as a mail: for a chosen record, else for an example."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core import i18n, settings
from core.i18n import gettext as _
from emails import bubble, check, compose, grammar, names, placeholders, samples, values
from emails.check import Finding
from emails.compose import Composed, Unusable
from emails.drafts import Draft
from emails.grammar import Wrong
from records.load import load
from records.models import Kind, Record

RECENT = 15  # records to choose from
DEVICES = ("phone", "desktop")


@dataclass(frozen=True)
class Chip:
    """A placeholder to put in, with what it would say; `about` explains it where its label is not enough."""

    code: str
    label: str
    sample: str
    about: str = ""

    @property
    def words(self) -> str:
        """All of it in one line."""
        sample = _("for example %(sample)s", sample=self.sample) if self.sample else ""
        return " · ".join(filter(None, (self.code, self.about, sample)))


def shown(draft: Draft, language: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """What stands beside the text: the mail, or why there is none, and hints. `asked` names record and device."""
    records = _recent(draft.kind)
    chosen = asked.get("record") or (str(records[0].id) if records else "")
    record = next((record for record in records if str(record.id) == chosen), None)
    found = check.text_faults(draft.texts[language], language, check.kind_fields(draft.kind))
    mail, bubbles = None, bubble.all_of(draft, record)
    if _is_mail(draft, language) and all(fault.field == "sms" for fault in found):
        mail, more = _mail(draft, language, record)
        found += more
    if language in bubbles and bubbles[language].trouble:
        found.append(Finding(bubbles[language].trouble, "sms", language))
    device = asked.get("device", "")
    hints = check.hints(draft.written(), draft.advertising) if mail or language in bubbles else []
    return {
        "bubbles": bubbles, "language_shown": language,
        "records": records, "record": record, "mail": mail, "troubles": found, "hints": hints,
        "device": device if device in DEVICES else DEVICES[0], "sender": settings.get("company").get("name", ""),
    }


def _is_mail(draft: Draft, language: str) -> bool:
    """Whether there is a mail to show: always, unless there is nothing but an SMS."""
    text = draft.texts[language]
    return bool(text["subject"].strip() or text["body"].strip() or not text["sms"].strip())


def letter(draft: Draft, language: str, asked: Mapping[str, str]) -> str | None:
    """The HTML of the mail with its pictures inside, None when there is none."""
    mail = shown(draft, language, asked)["mail"]
    return document(mail) if mail else None


def document(mail: Composed) -> str:
    """A mail's HTML for a frame: its pictures as data: addresses in place of their content ids."""
    html = mail.html
    for picture in mail.pictures:
        html = html.replace(f'"cid:{picture.name}"', f'"{picture.url}"')
    return html


def chips(kind: Kind | None, language: str) -> list[tuple[str, list[Chip]]]:
    """Every placeholder by group, each with an example in that language."""
    kind = kind or samples.any_kind()
    with i18n.speaking(language):
        scene = samples.scene(samples.record(kind), settings.get("company"), language, advertising=True)
        filled = values.of(scene, {})
        said = {key: _said(filled, key) for key in placeholders.PLACEHOLDERS}
    groups: dict[str, list[Chip]] = {}
    for key, one in placeholders.PLACEHOLDERS.items():
        chip = Chip(_code(key), _(one.label), said[key], _(one.about) if one.about else "")
        groups.setdefault(_(placeholders.GROUPS[one.group]), []).append(chip)
    about = placeholders.GROUPS["record"]
    for field in kind.fields:
        groups[_(about)].append(Chip(_code(placeholders.FIELD + field["key"]), i18n.pick(field["labels"]), ""))
    for key, label in samples.told(kind).items():
        groups.setdefault(_("Event"), []).append(Chip(_code(placeholders.EVENT + key), label, ""))
    return list(groups.items())


def _code(key: str) -> str:
    return f"{{{{ {names.shown(key)} }}}}"


def subject(source: str) -> list[tuple[str, bool]]:
    """A subject in words: text, and the names of its placeholders marked True; conditions are left out."""
    pieces: list[tuple[str, bool]] = []
    for piece in grammar.parts(source):
        if isinstance(piece, str):
            pieces.append((piece, False))
        elif not piece.tag:
            pieces.append((_name(piece.liquid.strip("{} ").split("|")[0].strip()), True))
    return pieces


def _name(key: str) -> str:
    return _(placeholders.PLACEHOLDERS[key].label) if key in placeholders.PLACEHOLDERS else key.rpartition(".")[2]


def _said(filled: dict[str, Any], key: str) -> str:
    first, _dot, rest = key.partition(".")
    value = filled[first][rest] if rest else filled[first].__liquid__()
    return ", ".join(item["name"] for item in value) if isinstance(value, list) else str(value or "")


def _mail(draft: Draft, language: str, record: Record | None) -> tuple[Composed | None, list[Finding]]:
    company = settings.get("company")
    with i18n.speaking(language):
        record = record or samples.record(draft.kind or samples.any_kind())
        scene = samples.scene(record, company, language, draft.advertising)
    try:
        fields = check.kind_fields(draft.kind)
        compiled = compose.compile_text(draft.texts[language], language, company, fields, draft.layout)
        return compose.fill(compiled, scene, language), []
    except (Wrong, Unusable) as error:
        return None, [Finding(str(error), language=language)]


def _recent(kind: Kind | None) -> list[Record]:
    """The newest records, of the kind when there is one."""
    newest = Record.select(Record.id).order_by(Record.updated_at.desc()).limit(RECENT)
    records = load([record.id for record in (newest.where(Record.kind == kind) if kind else newest)])
    return sorted(records.values(), key=lambda record: record.updated_at, reverse=True)
