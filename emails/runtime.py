"""Liquid's way of filling a template, made quick for what our templates mostly hold: words and plain placeholders."""

from io import StringIO
from typing import Any, TextIO

from liquid import escape
from liquid.builtin import output
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.context import RenderContext
from liquid.exceptions import OutputStreamLimitError
from liquid.expression import Expression
from liquid.template import BoundTemplate
from liquid.token import Token
from liquid.undefined import UNDEFINED

LARGEST = 1_000_000  # characters one part of a message may have


class Sheet(StringIO):
    """Takes what is written, up to a limit."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.room = LARGEST

    def write(self, text: str) -> int:
        self.pieces.append(text)
        self.room -= len(text)
        if self.room < 0:
            raise OutputStreamLimitError("output stream limit reached", token=None)
        return len(text)

    def getvalue(self) -> str:
        return "".join(self.pieces)


class Context(RenderContext):
    """Looks plain paths up directly; whatever is not found so is left to Liquid."""

    __slots__ = ()

    def get(self, path: list[Any], *, token: Token | None, default: object = UNDEFINED) -> object:
        try:
            found = self.scope[path[0]]
            for segment in path[1:]:
                found = found[segment]  # type: ignore[index]
            return found
        except (KeyError, TypeError, IndexError):
            return super().get(path, token=token, default=default)


class Print(output.OutputNode):
    """An output; one that is nothing but a path skips the machinery of filters."""

    __slots__ = ("path",)

    def __init__(self, token: Token, expression: Expression):
        super().__init__(token, expression)
        bare = isinstance(expression, FilteredExpression) and not expression.filters and isinstance(expression.left, Path)
        self.path = expression.left if bare else None  # type: ignore[attr-defined]

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        if self.path is None:
            return super().render_to_output(context, buffer)
        value = context.get(self.path.path, token=self.path.token)
        text = "" if value is None else value if isinstance(value, str) else str(value)
        return buffer.write(escape(text) if context.autoescape else text)


class Output(output.Output):
    node_class = Print


class Filled(BoundTemplate):
    """A compiled template."""

    context_class = Context

    def _get_buffer(self) -> StringIO:
        return Sheet()
