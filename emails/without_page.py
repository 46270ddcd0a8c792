"""A template for whoever gets no status page: the paragraphs that speak of it are left out (M6)."""

import re

from emails import grammar
from emails.models import Template

PAGE = re.compile(r"\{\{-?\s*(link(\.expires)?|page\.file)\b")
CALLED = re.compile(r"\s*(?:[^\s.!?:]+:\s*)?\{\{-?\s*link(\.expires)?\b[^}]*\}\}")  # “Details: {{ link }}”
BETWEEN = re.compile(r"(\n[ \t]*\n)")


def of(template: Template) -> Template:
    """The same words without link and attached page, never to be saved."""
    return template.saying({
        language: {**text, "body": _body(text.get("body", "")), "sms": _sms(text.get("sms", ""))}
        for language, text in template.texts.items()
    })


def _sms(source: str) -> str:
    return CALLED.sub("", grammar.own(source)).strip()


def _body(source: str) -> str:
    blocks = BETWEEN.split(source)[::2]
    return "\n\n".join(block for block in blocks if not _goes(grammar.own(block)))


def _goes(block: str) -> bool:
    """Whether a paragraph speaks of the page; one that opens a condition and leaves it open has to stay."""
    return bool(PAGE.search(block)) and len(re.findall(r"\{%-?\s*(?:if|unless|for)\b", block)) == len(
        re.findall(r"\{%-?\s*end", block)
    )
