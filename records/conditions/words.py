"""Conditions in words, as they stand after “only if”: “the source is “webshop” and (… or …)”."""

from markupsafe import Markup

from core.i18n import N_
from core.i18n import gettext as _
from records.conditions.fields import FURTHER, Field, Unknown, field
from records.conditions.groups import Condition, Group, leaves
from records.conditions.operators import Operator, operator, reader
from records.contacts import Refused
from records.models import Kind

GONE = "…"
JOINED = {"all": N_(" and "), "any": N_(" or ")}


def clause(group: Group, kind: Kind) -> Markup:
    """A group, each of its conditions in <b>, those of an inner group in brackets; “…” for what cannot be understood."""
    joint = JOINED[group["match"]]
    return Markup(_(joint)).join(_part(one, kind) for one in group["of"] if "of" not in one or leaves(one))


def condition(said: Condition | Group, kind: Kind) -> str:
    """“the source is “webshop””, in plain text; a group as well."""
    if "of" in said:
        return clause(said, kind).striptags()
    try:
        asked, compared = field(str(said.get("field")), kind), operator(str(said.get("operator")))
    except Unknown:
        return GONE
    label, phrase = _words(said["operator"], asked, compared)
    return _(phrase, field=named(said["field"], asked), value=_value(said, asked, compared, kind))


def _part(said: Condition | Group, kind: Kind) -> Markup:
    if "of" not in said:
        return Markup("<b>{}</b>").format(condition(said, kind))
    inner = clause(said, kind)
    return Markup("({})").format(inner) if len(leaves(said)) > 1 else inner


def called(key: str, kind: Kind) -> str:
    """What the field of that key is called; nothing when there is no such field."""
    try:
        return named(key, field(key, kind))
    except Unknown:
        return ""


def named(key: str, asked: Field) -> str:
    """“the source”; of a field that the kind adds “the entry “Serial number””."""
    return _("the entry “%(label)s”", label=asked.label) if key.startswith(FURTHER) else _(asked.label)


def labelled(key: str, asked: Field, compared: Operator) -> str:
    """How an operator is called between this field and its value."""
    label, phrase = _words(key, asked, compared)
    return _(label)


def _words(key: str, asked: Field, compared: Operator) -> tuple[str, str]:
    return (asked.words or {}).get(key, (compared.label, compared.phrase))


def _value(said: Condition, asked: Field, compared: Operator, kind: Kind) -> str:
    kept = str(said.get("value") or "")
    if not compared.wants or not kept.strip(" ,"):
        return GONE
    names = dict(asked.choices(kind)) if asked.choices and asked.sort == "choice" else {}
    try:
        return reader(compared, asked.sort).told(kept, names)
    except (Refused, KeyError):
        return kept
