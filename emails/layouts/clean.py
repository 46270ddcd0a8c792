"""Looks at what MJML made of a layout: nothing in it runs, loads or hides."""

import re
from dataclasses import fields
from html.parser import HTMLParser

from emails.layouts.frame import Frame
from emails.layouts.shape import ADDRESS, HTML, STYLE, Fault

MADE = HTML | {"html", "head", "body", "title", "style", "noscript", "xml", "o:officedocumentsettings", "o:allowpng",
               "o:pixelsperinch"}
LOADING = re.compile(r"on\w*|src\w*|poster|data|action|background")
ONLY_FOR_OUTLOOK = re.compile(r"\[if [\w\s|!]+\]>(.*)<!\[endif\]", re.DOTALL)
OPENS_AND_CLOSES = ("[if !mso]><!", "<![endif]")
META = ("ie=edge", "text/html; charset=utf-8")


def check(frame: Frame) -> None:
    """Raises Fault."""
    for part in fields(frame):
        pieces = getattr(frame, part.name)
        reader = _Reader()
        reader.feed("".join("#" if index % 2 else piece for index, piece in enumerate(pieces)))
        reader.close()


class _Reader(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in MADE:
            raise Fault("unsafe", f"<{tag}>")
        for name, value in attrs:
            said = (value or "").strip()
            wrong = LOADING.fullmatch(name) or STYLE.search(said) or (name == "href" and not ADDRESS.fullmatch(said))
            if wrong or (tag == "meta" and name == "content" and ("http-equiv" in dict(attrs)) and said.lower() not in META):
                raise Fault("unsafe", name)

    def handle_data(self, data: str) -> None:
        if self.cdata_elem and (bad := STYLE.search(data)):
            raise Fault("unsafe", bad[0])

    def handle_comment(self, data: str) -> None:
        if data in OPENS_AND_CLOSES:
            return
        hidden = ONLY_FOR_OUTLOOK.fullmatch(data)
        if not hidden or "<!--" in hidden[1]:
            raise Fault("unsafe", "<!--")
        inner = _Reader()
        inner.feed(hidden[1])
        inner.close()

    def handle_pi(self, data: str) -> None:
        raise Fault("unsafe", "<?")

    def unknown_decl(self, data: str) -> None:
        raise Fault("unsafe", "<![")
