"""Proofreads a source: whatever is not on the lists of `grammar` and `placeholders` is refused with a sentence."""

import re
from difflib import get_close_matches

from liquid.ast import Node
from liquid.builtin.expressions import LoopExpression, Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.exceptions import BlockNestingError, LiquidError
from liquid.expression import Expression
from liquid.template import BoundTemplate

from core.i18n import gettext as _
from emails import grammar, names, placeholders
from emails.grammar import Wrong

Place = tuple[int, int]  # line and column
LOOP = ("first", "last", "index", "length")  # of forloop
quoted = re.compile(r"'[^']*'|\"[^\"]*\"")


def check(source: str, fields: list[str] | None) -> BoundTemplate:
    """Parse a source and refuse whatever is not on the lists; raises Wrong. `fields`: see `placeholders.known`.

    What comes back knows placeholders by the names of ours.
    """
    _check_tags(source)
    template = _parsed(source)
    for node in template.nodes:
        _check_node(node, source, inside=False)
    _check_paths(template, source, fields)
    said = grammar.own(source)
    return template if said == source else grammar.plain.from_string(said)


def _parsed(source: str) -> BoundTemplate:
    try:
        return grammar.plain.from_string(source)
    except BlockNestingError as error:
        raise Wrong(_("There are too many conditions inside one another.")) from error
    except LiquidError as error:
        index = error.token.start_index if error.token and error.token.source == source else 0
        sentence = _("This cannot be read: “%(excerpt)s”.", excerpt=_excerpt(source, index))
        raise Wrong(sentence, *_place(source, index)) from error


def _check_tags(source: str) -> None:
    """Only tags of ours, each one that opens closed again, no brackets."""
    still_open: list[tuple[str, Place]] = []
    for match in grammar.rules.finditer(source):
        tag, place = _tag(match), _place(source, match.start())
        if tag and tag not in grammar.TAGS:
            raise Wrong(_("“%(tag)s” cannot be used here. There are if, unless and for.", tag=f"{{% {tag} %}}"), *place)
        if match.lastgroup != "content" and "[" in quoted.sub("", match.group()):
            raise Wrong(_("Square brackets cannot be used here."), *place)
        if tag in grammar.OPENING:
            still_open.append((tag, place))
        elif tag.startswith("end") and still_open and still_open[-1][0] == tag.removeprefix("end"):
            still_open.pop()
    if still_open:
        tag, place = still_open[-1]
        begun, end = f"{{% {tag} %}}", f"{{% end{tag} %}}"
        raise Wrong(_("“%(tag)s” is not closed: “%(end)s” is missing.", tag=begun, end=end), *place)


def _tag(match: re.Match[str]) -> str:
    return {"TAG": match["name"], "RAW": "raw", "DOC": "doc"}.get(match.lastgroup or "", "")


def _excerpt(source: str, index: int) -> str:
    start = max(source.rfind("{", 0, index + 1), 0)
    return source[max(start - 1, 0) if source[start - 1:start] == "{" else start:].split("\n")[0][:40]


def _no_filter(name: str) -> str:
    return _("There is no “%(name)s”. After the bar there may be %(names)s.", name=name, names=", ".join(grammar.FILTERS))


def _place(source: str, index: int) -> Place:
    return grammar.place(source, max(index, 0))


def _check_node(node: Node, source: str, inside: bool) -> None:
    for expression in node.expressions():
        _check_expression(expression, source)
    loop = isinstance(node, ForNode)
    if loop and inside:
        raise Wrong(_("A loop cannot stand inside another one."), *_place(source, node.token.start_index))
    if isinstance(node, OutputNode) and (key := _mixed(names.expression(str(node.expression), set()))):
        sentence = _("“%(key)s” stands by itself, without anything behind a bar.", key=key)
        raise Wrong(sentence, *_place(source, node.token.start_index))
    for child in node.children(None):  # type: ignore[arg-type]
        _check_node(child, source, inside or loop)


def _mixed(expression: str) -> str:
    """The placeholder that is more than words and has something around it."""
    rest = expression.replace("record.items.size", "")
    return next((key for key in placeholders.alone() if key != expression and key in rest), "")


def _check_expression(expression: Expression, source: str) -> None:
    place = _place(source, expression.token.start_index)
    if isinstance(expression, RangeLiteral):
        raise Wrong(_("Ranges of numbers cannot be used here."), *place)
    if isinstance(expression, LoopExpression) and _key(expression.iterable) != "record.items":
        raise Wrong(_("A loop can only go over record.items."), *place)
    name = str(expression.identifier) if isinstance(expression, LoopExpression) else ""
    if names.taken(name):
        sentence = _("“%(name)s” is a placeholder; please call the lines of the loop otherwise, such as “item”.", name=name)
        raise Wrong(sentence, *place)
    for child in expression.children():
        _check_expression(child, source)


def _key(expression: Expression) -> str:
    return names.own(".".join(map(str, expression.path))) if isinstance(expression, Path) else ""


def _check_paths(template: BoundTemplate, source: str, fields: list[str] | None) -> None:
    analysis = template.analyze(include_partials=False)
    for name in analysis.filters:
        if name not in grammar.FILTERS:
            raise Wrong(_no_filter(name), *_place(source, analysis.filters[name][0].index))
    outside = {(str(found), found.span.index) for group in analysis.globals.values() for found in group}
    for group in analysis.variables.values():
        for found in group:
            place = _place(source, found.span.index)
            if (str(found), found.span.index) in outside:
                _check_key(str(found), fields, place)
            else:
                _check_local(str(found), place)


def _check_key(key: str, fields: list[str] | None, place: Place) -> None:
    said = names.own(key)
    if placeholders.known(said.removesuffix(".size") if said == "record.items.size" else said, fields):
        return
    every = list(names.every([field for field in fields or [] if field != placeholders.EVENT]))
    near = get_close_matches(key, every, 1, 0.5)
    sentence = _("There is no placeholder “%(key)s”.", key=key)
    raise Wrong(sentence + (" " + _("Did you mean “%(key)s”?", key=near[0]) if near else ""), *place)


def _check_local(key: str, place: Place) -> None:
    name, _dot, rest = key.partition(".")
    allowed = LOOP if name == "forloop" else placeholders.ITEM
    if rest not in allowed and not (name != "forloop" and rest in names.OF_ITEMS):
        said = ", ".join(f"{name}.{part}" for part in allowed)
        raise Wrong(_("“%(key)s” cannot be used here. There are %(names)s.", key=key, names=said), *place)
