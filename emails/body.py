"""Writes the tree as rows of a layout: text with its styles inline, a lone link as a button, the items as a table."""

from collections.abc import Callable
from html import escape

from core.i18n import gettext as _
from emails import transfer
from emails.enclosed import PAYMENT
from emails.layouts.frame import Frame, filled
from emails.tree import Branches, Element, Part, Value

Write = Callable[[str], str]  # Liquid → the word that stands for it

STYLES = {
    "p": "margin:0 0 16px",
    "h1": "margin:0 0 18px;font-size:26px;line-height:32px;font-weight:700;letter-spacing:-0.3px",
    "h2": "margin:12px 0 10px;font-size:19px;line-height:26px;font-weight:700",
    "h3": "margin:8px 0 6px;font-size:16px;line-height:24px;font-weight:700",
    "ul": "margin:0 0 16px;padding:0 0 0 20px",
    "ol": "margin:0 0 16px;padding:0 0 0 24px",
    "li": "margin:0 0 6px;padding:0 0 0 4px",
    "blockquote": "margin:0 0 16px;padding:0 0 1px 16px;border-left:3px solid #d5d8d5;color:#5b606b",
    "code": "padding:1px 5px;border-radius:4px;background-color:#eceeec;font:14px ui-monospace,Consolas,monospace",
}
CELL = "padding:11px 0;border-bottom:1px solid #e3e5e3;vertical-align:top"
SMALLER = {"h4": "h3", "h5": "h3", "h6": "h3"}
VOID = ("br", "hr")


def write(parts: list[Part], word: Write, accent: str, frame: Frame) -> str:
    """The rows of a column."""
    written, text = [], ""
    for part in parts:
        own = _row(part, word, accent, frame)
        if own is None:
            text += html(part, word, accent)
            continue
        if text.strip():
            written.append(filled(frame.text, {"inner": text}))
        written.append(own)
        text = ""
    return "".join(written) + (filled(frame.text, {"inner": text}) if text.strip() else "")


def html(part: Part, word: Write, accent: str) -> str:
    """HTML inside a text."""
    if isinstance(part, str):
        return escape(part)
    if isinstance(part, Value):
        return _url(part, word, accent) if part.sort == "url" else word(part.statement.liquid)
    if isinstance(part, Branches):
        bodies = ["".join(html(child, word, accent) for child in body) for body in part.bodies]
        return _branches(part, bodies, word)
    if part.tag in VOID:
        return "<br>" if part.tag == "br" else ""
    inner = "".join(html(child, word, accent) for child in part.children)
    if part.tag == "a":
        return _anchor(part.href, inner, word, accent)
    tag = SMALLER.get(part.tag, part.tag)
    return f'<{tag} style="{STYLES[tag]}">{inner}</{tag}>' if tag in STYLES else f"<{tag}>{inner}</{tag}>"


def _row(part: Part, word: Write, accent: str, frame: Frame) -> str | None:
    """A row of its own for what is more than text."""
    if isinstance(part, Branches):
        return _branches(part, [write(body, word, accent, frame) for body in part.bodies], word)
    if not isinstance(part, Element):
        return None
    if part.tag == "hr":
        return filled(frame.rule, {})
    only = part.children[0] if part.tag == "p" and len(part.children) == 1 else None
    if isinstance(only, Element) and only.tag == "a":
        return _button(only.href, "".join(html(child, word, accent) for child in only.children), word, frame)
    if isinstance(only, Value) and only.sort == "url":
        return _button(only, escape(_("See the status")), word, frame)
    if isinstance(only, Value) and only.sort == "file":
        return word(only.statement.liquid)
    if isinstance(only, Value) and only.sort in TABLES:
        condition, rows = TABLES[only.sort](word)
        return word(_if(condition)) + filled(frame.table, {"inner": rows}) + word("{% endif %}")
    return None


def _branches(part: Branches, bodies: list[str], word: Write) -> str:
    return "".join(word(statement.liquid) + body for statement, body in zip(part.statements, [*bodies, ""], strict=True))


def _button(href: str | Value | None, label: str, word: Write, frame: Frame) -> str:
    """A button; without an address there is none."""
    if not isinstance(href, Value):
        return filled(frame.button, {"href": escape(str(href)), "label": label})
    button = filled(frame.button, {"href": word(href.statement.liquid), "label": label})
    return word(_if(href.statement.path)) + button + word("{% endif %}")


def _anchor(href: str | Value | None, label: str, word: Write, accent: str) -> str:
    """A link; without an address only its words."""
    style = f"color:{accent};text-decoration:underline"
    if not isinstance(href, Value):
        return f'<a href="{escape(str(href))}" style="{style}">{label}</a>'
    given = _if(href.statement.path)
    begin = word(f'{given}<a href="{href.statement.liquid}" style="{style}">{{% endif %}}')
    return begin + label + word(given + "</a>{% endif %}")


def _url(part: Value, word: Write, accent: str) -> str:
    return _anchor(part, word(part.statement.liquid), word, accent)


def _if(path: str) -> str:
    return f"{{% if {path} %}}"


def _items(word: Write) -> tuple[str, str]:
    """The lines of an order, with their total."""
    more = "{% if item.quantity != '1' %}<br><span class=\"soft\" style=\"font-size:13px;color:#5b606b\">" \
           "{{ item.quantity }} ×{% if item.price %} {{ item.price }}{% endif %}</span>{% endif %}"
    price = f'<td align="right" style="{CELL};padding-left:16px;white-space:nowrap">{{{{ item.total }}}}</td>'
    rows = f'{{% for item in record.items %}}<tr><td style="{CELL}">{{{{ item.name }}}}{more}</td>{price}</tr>{{% endfor %}}'
    last = "padding:13px 0 0;font-weight:700"
    total = f'{{% if record.total %}}<tr><td style="{last}">{escape(_("Total"))}</td>' \
            f'<td align="right" style="{last};white-space:nowrap">{{{{ record.total }}}}</td></tr>{{% endif %}}'
    return "record.items", word(rows + total)


def _payment(word: Write) -> tuple[str, str]:
    """What to pay, to whom and with which words, and the code that says the same to a banking app."""
    label = '<span class="soft" style="font-size:14px;color:#5b606b">{label}</span>'
    lines = transfer.lines(
        f'<tr><td style="{CELL};white-space:nowrap">{label}</td>'
        f'<td align="right" style="{CELL};padding-left:12px">{{value}}</td></tr>'
    )
    named, caption = _("Code for banking apps"), _("Scan it with your banking app: the transfer is filled in.")
    picture = f'<tr><td colspan="2" style="padding:20px 0 0"><img src="cid:{PAYMENT}" width="180" height="180" ' \
              f'alt="{escape(named)}" style="display:block;background-color:#ffffff">' \
              f'<p class="soft" style="margin:8px 0 0;font-size:13px;color:#5b606b">{escape(caption)}</p></td></tr>'
    return "payment.qr", word(lines) + picture


TABLES = {"items": _items, "qr": _payment}  # by sort: what must be there, and the rows
