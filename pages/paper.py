"""What every page for a customer is printed on: the templates, compiled once, and the style sheet in a firm's colour."""

import base64
import hashlib
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from core import i18n
from pages import colour

ROOM = Path(__file__).parent
TEMPLATES = [folder / "templates" for folder in (ROOM, ROOM / "blocks", ROOM / "replies")]
STYLE = Path(__file__).parent.parent / "static" / "status.css"


@cache
def _templates() -> Environment:
    """An environment of its own: pages are also printed where there is no request."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True, auto_reload=False,
        undefined=StrictUndefined, extensions=["jinja2.ext.i18n"],
    )
    templates.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=False)  # type: ignore[attr-defined]
    drawn = cache(templates.get_template("pages/_icons.html").module.icon)  # type: ignore[attr-defined]
    templates.globals.update(language=i18n.current, languages=i18n.LANGUAGES, icon=drawn)
    return templates


def render(name: str, /, **values: Any) -> Markup:
    """The template of that name, in the language being spoken."""
    template = _template(name)  # its own render() would gather the globals anew each time, which takes longer than the rest
    context = template.new_context({**template.environment.globals, **values}, shared=True)
    return Markup("".join(template.root_render_func(context)))


@cache
def _template(name: str) -> Template:
    return _templates().get_template(f"pages/{name}")


@lru_cache(64)
def style(firm_colour: str) -> tuple[str, str]:
    """The style sheet for a firm of that colour, and its hash as a CSP names it."""
    css = colour.variables(firm_colour) + _tight(STYLE.read_text(encoding="utf-8"))
    return css, "sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


def _tight(css: str) -> str:
    """Without comments and needless spaces; our own sheet has neither in its strings."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,>]) ?", r"\1", css).replace(";}", "}").replace(": ", ":").strip()
