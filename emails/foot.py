"""What stands under every mail, in both of its parts: why it came, who sent it, where that is written down, how to leave."""

from collections.abc import Callable
from html import escape
from typing import Any

from core.i18n import gettext as _
from core.i18n import pick
from emails import wording

ADDRESS = ("name", "street", "city")

Write = Callable[[str], str]  # Liquid → the word that stands for it


def about(word: Write) -> str:
    """What the mail is about: a record, else the reader's own access."""
    record = word("{% if record.number %}{{ record.kind }} {{ record.number }}{% else %}")
    return record + escape(_("Your access")) + word("{% endif %}")


def html(company: dict[str, Any], word: Write) -> str:
    """As HTML, with its links."""
    anchors = [f'<a href="{escape(url)}">{label}</a>' for label, url in _links(company)]
    reason = escape(_reason("\0")).replace("\0", about(word))
    lines = [reason, escape(_legal(company)).replace("\n", "<br>"), escape(_reach(company)), " · ".join(anchors)]
    said = "".join(f'<p style="margin:0 0 6px">{line}</p>' for line in lines if line)
    url = word("{{ unsubscribe.url }}")
    leave = f'<p style="margin:0"><a href="{url}">{escape(_leave())}</a></p>'
    return said + word("{% if unsubscribe.url %}") + leave + word("{% endif %}")


def plain(company: dict[str, Any], word: Write) -> str:
    """As text, every address on a line of its own."""
    links = [f"{label}:\n{url}" for label, url in _links(company)]
    said = "\n".join(line for line in ("--", _reason(about(word)), _legal(company), _reach(company), *links) if line)
    return said + word("{% if unsubscribe.url %}") + f"\n{_leave()}:\n" + word("{{ unsubscribe.url }}{% endif %}")


def _leave() -> str:
    return _("Unsubscribe from advertising")


def _reason(record: str) -> str:
    return _("Reason for this message: %(record)s.", record=record)


def _legal(company: dict[str, Any]) -> str:
    address = [company.get(name) or "" for name in ADDRESS]
    return str(pick(company.get("footer") or {}) or ", ".join(filter(None, address))).strip()


def _reach(company: dict[str, Any]) -> str:
    return " · ".join(filter(None, (wording.phone(company.get("phone")), company.get("email"))))


def _links(company: dict[str, Any]) -> list[tuple[str, str]]:
    named = [(_("Legal notice"), company.get("imprint_url")), (_("Privacy"), company.get("privacy_url"))]
    return [(label, str(url)) for label, url in named if wording.web_address(url)]
