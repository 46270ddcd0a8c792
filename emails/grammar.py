"""The part of Liquid that templates may use: placeholders, if, unless and for over the items; parsed and checked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from liquid import Environment, FalsyStrictUndefined
from liquid.ast import Node
from liquid.builtin import content, illegal, output
from liquid.builtin.expressions import LoopExpression, Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.filters.misc import default
from liquid.builtin.filters.string import capitalize, downcase, strip, truncate, upcase
from liquid.builtin.tags import for_tag, if_tag, unless_tag
from liquid.exceptions import BlockNestingError, LiquidError
from liquid.expression import Expression
from liquid.lex import compile_liquid_rules
from liquid.template import BoundTemplate

from core.i18n import gettext as _
from emails import placeholders, runtime

OPENING = ("if", "unless", "for")
TAGS = (*OPENING, "elsif", "else", "endif", "endunless", "endfor")
FILTERS = {
    "capitalize": capitalize, "default": default, "downcase": downcase, "strip": strip, "truncate": truncate, "upcase": upcase,
}
LOOP = ("first", "last", "index", "length")

rules = compile_liquid_rules()
quoted = re.compile(r"'[^']*'|\"[^\"]*\"")


class Wrong(ValueError):
    """What is wrong with a template: a sentence for its author, and the line (from 1) when it is known."""

    def __init__(self, sentence: str, line: int | None = None):
        super().__init__(sentence)
        self.line = line


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
    line: int


def parts(source: str) -> Iterator[str | Statement]:
    """Plain text and statements in turn, of a source that `check` accepted."""
    for match in rules.finditer(source):
        line = source.count("\n", 0, match.start()) + 1
        if match.lastgroup == "TAG":
            tag, expression = match["name"], match["expr"]
            yield Statement(f"{{% {tag} {expression} %}}", tag, "", line)
        elif match.lastgroup == "output":
            yield Statement(f"{{{{ {match['stmt']} }}}}", "", _printed(match["stmt"]), line)
        else:
            yield match.group()


def _printed(expression: str) -> str:
    return expression if re.fullmatch(r"[a-z_]+(\.\w+)*", expression) else ""


def check(source: str, fields: list[str] | None) -> BoundTemplate:
    """Parse a source and refuse whatever is not on the lists; raises Wrong. `fields`: see `placeholders.known`."""
    _check_tags(source)
    try:
        template = plain.from_string(source)
    except BlockNestingError as error:
        raise Wrong(_("There are too many conditions inside one another.")) from error
    except LiquidError as error:
        index = error.token.start_index if error.token and error.token.source == source else 0
        raise Wrong(_("This cannot be read: “%(excerpt)s”.", excerpt=_excerpt(source, index)), _line(source, index)) from error
    for node in template.nodes:
        _check_node(node, source, inside=False)
    _check_paths(template, source, fields)
    return template


def _check_tags(source: str) -> None:
    """Only tags of ours, each one that opens closed again, no brackets."""
    still_open: list[tuple[str, int]] = []
    for match in rules.finditer(source):
        tag, line = _tag(match), _line(source, match.start())
        if tag and tag not in TAGS:
            raise Wrong(_("“%(tag)s” cannot be used here. There are if, unless and for.", tag=f"{{% {tag} %}}"), line)
        if match.lastgroup != "content" and "[" in quoted.sub("", match.group()):
            raise Wrong(_("Square brackets cannot be used here."), line)
        if tag in OPENING:
            still_open.append((tag, line))
        elif tag.startswith("end") and still_open and still_open[-1][0] == tag.removeprefix("end"):
            still_open.pop()
    if still_open:
        tag, line = still_open[-1]
        raise Wrong(_("“%(tag)s” is not closed: “%(end)s” is missing.", tag=f"{{% {tag} %}}", end=f"{{% end{tag} %}}"), line)


def _tag(match: re.Match[str]) -> str:
    return {"TAG": match["name"], "RAW": "raw", "DOC": "doc"}.get(match.lastgroup or "", "")


def _excerpt(source: str, index: int) -> str:
    start = max(source.rfind("{", 0, index + 1), 0)
    return source[max(start - 1, 0) if source[start - 1:start] == "{" else start:].split("\n")[0][:40]


def _no_filter(name: str) -> str:
    return _("There is no “%(name)s”. After the bar there may be %(names)s.", name=name, names=", ".join(FILTERS))


def _line(source: str, index: int) -> int:
    return source.count("\n", 0, max(index, 0)) + 1


def _check_node(node: Node, source: str, inside: bool) -> None:
    for expression in node.expressions():
        _check_expression(expression, source)
    loop = isinstance(node, for_tag.ForNode)
    if loop and inside:
        raise Wrong(_("A loop cannot stand inside another one."), _line(source, node.token.start_index))
    if isinstance(node, output.OutputNode) and _mixes_items(str(node.expression)):
        raise Wrong(_("“record.items” stands by itself, without anything behind a bar."), _line(source, node.token.start_index))
    for child in node.children(None):  # type: ignore[arg-type]
        _check_node(child, source, inside or loop)


def _mixes_items(expression: str) -> bool:
    return expression != "record.items" and "record.items" in expression.replace("record.items.size", "")


def _check_expression(expression: Expression, source: str) -> None:
    line = _line(source, expression.token.start_index)
    if isinstance(expression, RangeLiteral):
        raise Wrong(_("Ranges of numbers cannot be used here."), line)
    if isinstance(expression, LoopExpression) and _key(expression.iterable) != "record.items":
        raise Wrong(_("A loop can only go over record.items."), line)
    for child in expression.children():
        _check_expression(child, source)


def _key(expression: Expression) -> str:
    return ".".join(map(str, expression.path)) if isinstance(expression, Path) else ""


def _check_paths(template: BoundTemplate, source: str, fields: list[str] | None) -> None:
    analysis = template.analyze(include_partials=False)
    for name in analysis.filters:
        if name not in FILTERS:
            raise Wrong(_no_filter(name), _line(source, analysis.filters[name][0].index))
    outside = {(str(found), found.span.index) for group in analysis.globals.values() for found in group}
    for group in analysis.variables.values():
        for found in group:
            line = _line(source, found.span.index)
            if (str(found), found.span.index) in outside:
                _check_key(str(found), fields, line)
            else:
                _check_local(str(found), line)


def _check_key(key: str, fields: list[str] | None, line: int) -> None:
    if placeholders.known(key.removesuffix(".size") if key == "record.items.size" else key, fields):
        return
    near = get_close_matches(key, [*placeholders.PLACEHOLDERS, *(placeholders.FIELD + field for field in fields or [])], 1, 0.5)
    sentence = _("There is no placeholder “%(key)s”.", key=key)
    raise Wrong(sentence + (" " + _("Did you mean “%(key)s”?", key=near[0]) if near else ""), line)


def _check_local(key: str, line: int) -> None:
    name, _dot, rest = key.partition(".")
    allowed = LOOP if name == "forloop" else placeholders.ITEM
    if rest not in allowed:
        raise Wrong(_("“%(key)s” cannot be used here. There are %(names)s.", key=key, names=", ".join(f"{name}.{part}" for part in allowed)), line)
