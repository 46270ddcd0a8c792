"""Two texts as one: the words that are gone in <del>, those that came in <ins>, each with a label for those who hear it."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from core.i18n import gettext as _

WORD = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\s+|[\w.-]*\w|.", re.DOTALL)
NEAR = 1  # lines shown before and after each change
SKIPPED = "…"


def lines(before: str, after: str) -> Markup:
    """A text of several lines: what changed word by word, with a line around it; the rest is left out."""
    old, new = before.split("\n"), after.split("\n")
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    shown: list[Markup] = []
    for number, (what, start, end, place, stop) in enumerate(steps):
        if what == "equal":
            shown += [escape(line) for line in _around(new[place:stop], number == 0, number == len(steps) - 1)]
        else:
            shown.append(words("\n".join(old[start:end]), "\n".join(new[place:stop])))
    return Markup("\n").join(shown)


def words(before: str, after: str) -> Markup:
    """The words of both in their order; where hardly any stayed, the old text whole and then the new one."""
    old, new = WORD.findall(before), WORD.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.4:
        return Markup("\n" if "\n" in before + after else " ").join(filter(None, (_gone(before), _came(after))))
    return Markup().join(_marked(matcher, old, new))


def _marked(matcher: SequenceMatcher[str], old: list[str], new: list[str]) -> Iterator[Markup]:
    for what, start, end, place, stop in matcher.get_opcodes():
        if what == "equal":
            yield escape("".join(new[place:stop]))
        else:
            yield _gone("".join(old[start:end])) + _came("".join(new[place:stop]))


def _around(same: list[str], first: bool, last: bool) -> list[str]:
    """Of lines that stayed: the nearest to what changed before and after them."""
    begin, end = (0 if first else NEAR), (0 if last else NEAR)
    if len(same) <= begin + end + 1:
        return same
    return [*same[:begin], SKIPPED, *(same[-end:] if end else [])]


def _gone(text: str) -> Markup:
    return _mark("del", _("removed:"), text)


def _came(text: str) -> Markup:
    return _mark("ins", _("added:"), text)


def _mark(tag: str, label: str, text: str) -> Markup:
    mark = Markup('<{tag}><span class="sr">{label} </span>{text}</{tag}>')
    return mark.format(tag=Markup(tag), label=label, text=text) if text else Markup()
