"""Makes what strangers wrote harmless for one line of a mail: no control characters, no addresses to click on."""

import re
import unicodedata

LONGEST = 120  # characters of a name or of one value in a subject
KEPT = "\u200c\u200d"  # joiners that names in some scripts need

_with_scheme = re.compile(r"(?i)(?:[a-z][a-z0-9+.-]{0,20}:/+|\b(?:mailto|javascript|data):|www\.)\S*")  # wherever it begins
_bare_host = re.compile(r"\S*[\w-]\.[a-z]{2,}\S*")
_dot_inside = re.compile(r"(?<=\w)\.(?=\w{2})")


def line(text: str) -> str:
    """The text on one line, without control, direction or invisible characters."""
    if text.isprintable():
        return _squeezed(text)
    return _squeezed("".join(" " if _breaks(char) else char for char in text if not _hidden(char)))


def lines(text: str, most: int = 200) -> str:
    """The text with its line breaks, each line harmless, never more than one of them empty between two."""
    return re.sub("\n{3,}", "\n\n", "\n".join(line(one) for one in text.splitlines()[:most])).strip("\n")


def without_addresses(text: str) -> str:
    """One line without anything a mail program would make a link of: “evil.com” goes, “Dr.Schmidt” gets a space."""
    text = _bare_host.sub(" ", _with_scheme.sub(" ", line(text)))
    return _squeezed(_dot_inside.sub(". ", text)).replace("=?", "= ?")[:LONGEST]


def _squeezed(text: str) -> str:
    return re.sub(" {2,}", " ", text).strip(" ")


def _breaks(char: str) -> bool:
    return char in "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"


def _hidden(char: str) -> bool:
    return not _breaks(char) and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") and char not in KEPT
