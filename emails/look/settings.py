"""What an admin sets about the look: read from its form, judged, and kept among the settings “company”."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import FileStorage

from accounts.form import Form
from core import i18n, journal, settings
from core.db import transaction
from emails import check, markup, proof
from emails.grammar import Wrong
from emails.layouts import kept
from emails.look import picture, shades
from emails.look.picture import Unfit

LONGEST = 1000  # characters of a signature or of the legal lines
TEXTS = ("footer", "signature")  # one per language
ADDRESSES = ("imprint_url", "privacy_url")


def typed(company: Mapping[str, Any]) -> Form:
    """A form that shows what is kept."""
    kept_texts = {name: company.get(name) or {} for name in TEXTS}
    texts = {f"{name}_{key}": kept_texts[name].get(key, "") for name in TEXTS for key in i18n.LANGUAGES}
    said = {name: company.get(name) or "" for name in (*ADDRESSES, "colour")}
    said["colour"] = said["colour"] or shades.HOUSE
    return Form({**said, **texts, "layout": kept.key_of(None, dict(company))})


def read(form: Form, sent: FileStorage | None, old: Mapping[str, Any]) -> dict[str, Any]:
    """The look as far as the form is right; what is wrong is refused at its field and stays as it was."""
    new = {
        "colour": _colour(form),
        "layout": form.one_of("layout", [key for key, _name in kept.choices()]),
        **{name: form.url(name) for name in ADDRESSES},
        **{name: {language: _text(form, name, language) for language in i18n.LANGUAGES} for name in TEXTS},
        "logo": _logo(form, sent, old.get("logo") or ""),
    }
    wrong = {name.removesuffix("_de").removesuffix("_en") for name in form.errors}
    return {name: value for name, value in new.items() if name not in wrong}


def keep(new: dict[str, Any], actor: str) -> None:
    """Store what differs; the journal says which parts."""
    old = settings.get("company")
    fields = [name for name, value in new.items() if old.get(name) != value]
    if fields:
        with transaction():
            settings.put("company", {**old, **new})
            journal.record("company.changed", None, actor, fields=fields)


def _colour(form: Form) -> str:
    colour = (form.line("take", needed=False) or form.line("colour")).lower()
    fault = shades.fault(colour)
    return form.refuse("colour", fault) if fault else colour


def _text(form: Form, name: str, language: str) -> str:
    field = f"{name}_{language}"
    text = form.text(field, LONGEST)
    if name == "signature":
        try:
            proof.check(text, None)
            markup.read(text)
            if more := check.paths(text).intersection(check.placeholders.alone()):
                raise Wrong(i18n.gettext("“%(key)s” cannot stand in a signature.", key=more.pop()))
        except Wrong as wrong:
            form.refuse(field, check.placed(wrong, "body"))
    return text


def _logo(form: Form, sent: FileStorage | None, old: str) -> str:
    """The picture as a data: address: the one sent, none when it shall go, else the one there is."""
    if form.values.get("no_logo"):
        return ""
    if not sent or not sent.filename:
        return old
    try:
        return picture.recoded(sent.read(picture.LARGEST_SENT + 1))
    except Unfit as unfit:
        form.refuse("logo", str(unfit))
        return old
