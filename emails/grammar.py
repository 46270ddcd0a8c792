"""The part of Liquid that templates may use: placeholders, if, unless and for over the items."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from liquid import Environment, FalsyStrictUndefined
from liquid.builtin import content, illegal
from liquid.builtin.filters.misc import default
from liquid.builtin.filters.string import capitalize, downcase, strip, truncate, upcase
from liquid.builtin.tags import for_tag, if_tag, unless_tag
from liquid.lex import compile_liquid_rules

from emails import names, runtime

OPENING = ("if", "unless", "for")
TAGS = (*OPENING, "elsif", "else", "endif", "endunless", "endfor")
FILTERS = {
    "capitalize": capitalize, "default": default, "downcase": downcase,
    "strip": strip, "truncate": truncate, "upcase": upcase,
}

LOOP_OVER = re.compile(r"\{%-?\s*for\s+(\w+)\s+in\b")

rules = compile_liquid_rules()


class Wrong(ValueError):
    """What is wrong with a template: a sentence for its author, and line and column (from 1) when they are known."""

    def __init__(self, sentence: str, line: int | None = None, column: int | None = None):
        super().__init__(sentence)
        self.line = line
        self.column = column


class Grammar(Environment):
    """Liquid without anything that could compute much, write much or reach out."""

    block_nesting_limit = 6
    context_depth_limit = 8
    loop_iteration_limit = 10_000
    local_namespace_limit = 10_000
    template_class = runtime.Filled

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in (content.Literal, runtime.Output, illegal.Illegal, if_tag.IfTag, unless_tag.UnlessTag, for_tag.ForTag):
            self.add_tag(tag)
        for name, function in FILTERS.items():
            self.add_filter(name, function)


plain = Grammar(undefined=FalsyStrictUndefined)
escaping = Grammar(undefined=FalsyStrictUndefined, autoescape=True)


@dataclass(frozen=True)
class Statement:
    """One `{{ … }}` or `{% … %}`: its Liquid without dashes, its tag's name ("" for an output), the bare path it prints."""

    liquid: str
    tag: str
    path: str
    place: tuple[int, int]  # line and column, from 1


def parts(source: str) -> Iterator[str | Statement]:
    """Plain text and statements in turn, of a source that `proof.check` accepted, with placeholders under our names."""
    for match, written in zip(rules.finditer(own(source)), rules.finditer(source), strict=True):
        where = place(source, written.start())
        if match.lastgroup == "TAG":
            tag, expression = match["name"], match["expr"]
            yield Statement(f"{{% {tag} {expression} %}}", tag, "", where)
        elif match.lastgroup == "output":
            yield Statement(f"{{{{ {match['stmt']} }}}}", "", _printed(match["stmt"]), where)
        else:
            yield match.group()


def place(source: str, index: int) -> tuple[int, int]:
    """Line and column of what stands there, both from 1."""
    return source.count("\n", 0, index) + 1, index - source.rfind("\n", 0, index)


def own(source: str) -> str:
    """The source with every placeholder under the name of ours; no line is moved."""
    lines, written, end = set(LOOP_OVER.findall(source)), [], 0
    for match in rules.finditer(source):
        group = {"TAG": "expr", "output": "stmt"}.get(match.lastgroup or "")
        if group:
            start, stop = match.span(group)
            written += [source[end:start], names.expression(source[start:stop], lines)]
            end = stop
    return "".join(written) + source[end:]


def _printed(expression: str) -> str:
    return expression if re.fullmatch(r"[a-z_]+(\.\w+)*", expression) else ""
