"""What goes along with a letter by a tick: the status page as a file (M1), and the bank details with their code (F1, F5)."""

import re

from emails import check, grammar

PAGE, PAY = "{{ page.file }}", "{{ payment.qr }}"
# What stands there only where the page can be attached; asking for that would attach it.
_spoken = re.compile(r"\{%-?\s*if page\.file\s*-?%\}((?!\{%-?\s*(?:if|unless|for)).)*?\{%-?\s*endif\s*-?%\}", re.S)
_named = re.compile(r"^\{\{-?\s*page\.file\s*-?\}\}$")


def parted(body: str) -> tuple[str, bool]:
    """A text without the lines that attach the status page, and whether there was one."""
    lines = body.split("\n")
    kept = [line for line in lines if not _named.match(grammar.own(line).strip())]
    found = len(kept) < len(lines)
    return (re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip() if found else body), found


def joined(body: str, page: bool, pay: bool) -> str:
    """The text with what is ticked behind it, unless it says so itself; what speaks of a file left out goes too."""
    if not page and _spoken.search(grammar.own(body)):
        body = re.sub(r"\n{3,}", "\n\n", _spoken.sub("", grammar.own(body))).strip()
    named = check.paths(grammar.own(body)) if page or pay else set()
    added = [PAY] * (pay and "payment.qr" not in named) + [PAGE] * (page and "page.file" not in named)
    return "\n\n".join([body, *added])


def pays(body: str) -> bool:
    """Whether a text shows the bank details where it pleases."""
    return "payment.qr" in check.paths(grammar.own(body))
