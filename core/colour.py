"""How well two colours can be told apart, as WCAG 2.2 measures it."""

import re

AA = 4.5  # contrast that text needs
SEEN = 1.5  # contrast below which a patch of colour is lost on its ground

_RGB = re.compile(r"#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    """True for `#rrggbb` in lower case."""
    return _RGB.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white); both `#rrggbb`."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
