"""The bars of a day: how many messages went and go out per hour, as plain numbers for an SVG."""

from dataclasses import dataclass

WIDTH, GROUND, TOP = 258.0, 108.0, 8.0  # of the bars, in the drawing’s own units; the scale stands at their right


@dataclass(frozen=True)
class Bar:
    """One rectangle; `look` is "" for what was sent and "plan" for what is to come."""

    look: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Bars, the hours written under them as (x, hour), and the count at half and full height."""

    bars: list[Bar]
    hours: list[tuple[float, int]]
    half: int
    full: int


def draw(sent: list[int], planned: list[int]) -> Chart:
    """A chart from the first busy hour (at most 7) to the last (at least 19)."""
    busy = [hour for hour in range(24) if sent[hour] or planned[hour]]
    first, last = min([7, *busy]), max([18, *busy])
    full = round_up(max(s + p for s, p in zip(sent, planned, strict=True)))
    step, scale = WIDTH / (last - first + 1), (GROUND - TOP) / full
    bars = []
    for hour in range(first, last + 1):
        x, high = (hour - first) * step + 2, sent[hour] * scale
        if sent[hour]:
            bars.append(_bar("", x, 0, high, step - 6))
        if planned[hour]:
            bars.append(_bar("plan", x + 0.5, high, planned[hour] * scale, step - 7))
    shown = [hour for hour in range(first, last + 1) if hour % (6 if last - first > 14 else 3) == 0]
    return Chart(bars, [(round((hour - first) * step + 2, 1), hour) for hour in shown], full // 2, full)


def _bar(look: str, x: float, above: float, height: float, width: float) -> Bar:
    return Bar(look, round(x, 1), round(GROUND - above - height, 1), round(width, 1), round(max(1.0, height), 1))


def round_up(most: int) -> int:
    """The next of 4, 10, 20, 40, 100 … so that half of it is a whole number."""
    size = 1
    while True:
        for nice in (4, 10, 20):
            if most <= nice * size:
                return nice * size
        size *= 10
