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
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """How light a colour is, 0 (black) to 1 (white)."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(colour: str) -> tuple[float, float, float]:
    """Its red, green and blue light, 0 to 1 each, without the curve that screens expect."""
    red, green, blue = (_straight(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return red, green, blue


def _straight(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
