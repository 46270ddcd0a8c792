"""A firm's colour, made legible: variants of it that keep WCAG's AA contrast on light and on dark ground.

Lightness is moved in OKLCH (Björn Ottosson, 2020), where hue and strength stay what they are.
"""

import re
from functools import cache
from math import cbrt, hypot

from core.colour import AA, contrast, linear, luminance

AIRY = 7.0  # what a coloured sign on dark ground needs to look as light as it does on white
LIGHT = {"paper": "#f7f7f4", "sheet": "#ffffff"}
DARK = {"paper": "#121514", "sheet": "#1b1f1d"}
HOUSE = "#1c5a44"

Triple = tuple[float, float, float]


@cache
def variables(colour: str) -> str:
    """The custom properties of a style sheet for a firm of that colour; anything but `#rrggbb` means the house's own.

    --firm: text, lines and signs · --fill, --on-fill: buttons and what is written on them · --wash: a tinted ground.
    """
    colour = colour.lower() if re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else HOUSE
    light, dark = _scheme(colour, LIGHT, AA), _scheme(colour, DARK, AIRY)
    light["fill"] = colour if contrast(colour, LIGHT["paper"]) > 1.2 else light["firm"]
    dark["fill"] = dark["firm"]
    return f":root{{{_css(light)}}}@media(prefers-color-scheme:dark){{:root{{{_css(dark)}}}}}"


def legible(colour: str, grounds: list[str], least: float) -> str:
    """The nearest colour with at least this contrast on all those grounds: darker on light ones, lighter on dark ones."""
    lightness, a, b = _oklab(colour)
    step = -0.01 if luminance(grounds[0]) > 0.18 else 0.01
    for _ in range(100):
        if min(contrast(colour, ground) for ground in grounds) >= least:
            break
        lightness = min(1.0, max(0.0, lightness + step))
        fade = 1 if step < 0 else min(1.0, (1 - lightness) * 4)  # very light colours have little room for strength
        colour = _hex((lightness, a * fade, b * fade))
    return colour


def tint(colour: str, lightness: float) -> str:
    """A breath of that colour, as light as asked for (0 to 1)."""
    _lightness, a, b = _oklab(colour)
    strength = max(hypot(a, b), 0.0001)
    share = min(0.018, strength) / strength
    return _hex((lightness, a * share, b * share))


def _scheme(colour: str, ground: dict[str, str], least: float) -> dict[str, str]:
    first = legible(colour, list(ground.values()), least)
    wash = tint(colour, 0.955 if least == AA else 0.27)
    return {"firm": legible(first, [*ground.values(), wash], least), "wash": wash, **ground}


def _css(scheme: dict[str, str]) -> str:
    on = "#ffffff" if contrast(scheme["fill"], "#ffffff") >= AA else "#000000"  # one of the two always reaches AA
    return ";".join(f"--{name}:{value}" for name, value in {**scheme, "on-fill": on}.items())


def _oklab(colour: str) -> Triple:
    red, green, blue = linear(colour)
    long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _hex(lab: Triple) -> str:
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    rgb = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(min(1.0, max(0.0, part)))):02x}" for part in rgb)


def _gamma(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
