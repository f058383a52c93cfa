"""Figures as a person reads them at a glance: of one width where they stand below each other, units said.

Money is `pipeline.plan.quantity.money`; what is not known is its UNKNOWN, and never 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from qmlops.pipeline.plan.quantity import UNKNOWN

MINUS = "\u2212"
NONE = "–"
"""In place of a number that is not known, where there is no room for words."""
_SPARKS = "▁▂▃▄▅▆▇█"
_HANDS = "↑↗→↘↓↙←↖"
_PREFIXES = ((1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"))
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def number(value: object) -> float:
    """What stands in an event where a number is declared; nan for what is none, such as null, a torn list, or
    digits that no float holds.

    JSON lacks nan and infinity, which events have as the strings `nan`, `inf` and `-inf`.
    """
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return math.nan
    return float(value) if value in ("nan", "inf", "-inf") else math.nan


def lasting(seconds: float | None) -> str:
    """`2 h 5 min`: in two units, so that it counts up evenly while one looks; months and years in days."""
    if seconds is None or not math.isfinite(seconds):
        return UNKNOWN
    if 0 < seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    rest = max(int(seconds), 0)
    if rest >= 100 * 86400 or not rest:
        return f"{rest // 86400:,} d" if rest else "0 s"
    sizes = [size for size, _ in _UNITS]
    first = next(place for place, size in enumerate(sizes) if rest >= size)
    parts = []
    for size, unit in _UNITS[first : first + 2]:
        count, rest = divmod(rest, size)
        parts += [f"{count} {unit}"] if count else []
    return " ".join(parts)


def si(value: float, unit: str) -> str:
    """`83.1 µs`: three digits and a prefix from nano to none."""
    if not math.isfinite(value):
        return UNKNOWN
    size, prefix = next((pair for pair in _PREFIXES if abs(value) >= 0.9995 * pair[0]), _PREFIXES[-1])
    scaled = value / size if value else 0.0
    digits = 0 if abs(scaled) >= 99.95 else 1 if abs(scaled) >= 9.995 else 2
    return f"{scaled:.{digits}f} {prefix if value else ''}{unit}"


def percent(share: float) -> str:
    """`0.42 %`: two digits of a small share, one decimal of a large one."""
    if not math.isfinite(share):
        return UNKNOWN
    scaled = 100 * share
    if scaled == 0 or abs(scaled) >= 10:
        return f"{scaled:.1f} %"
    digits = min(max(1 - math.floor(math.log10(abs(scaled))), 1), 6)
    return f"{scaled:.{digits}f} %"


def turn(angle: float) -> str:
    """`+0.37π`: an angle in rad as a multiple of π, above -π and up to π; six characters."""
    if not math.isfinite(angle):
        return f"{'?':>6}"
    rest = math.remainder(angle, 2 * math.pi) / math.pi
    rest = 1.0 if round(rest, 2) == -1 else rest
    text = f"{abs(rest):.2f}π"
    return (" " if text == "0.00π" else "+" if rest > 0 else MINUS) + text


def dial(angle: float) -> str:
    """The hand of a clock for an angle in rad: up is 0, right π/2, down π."""
    return _HANDS[round(angle / (math.pi / 4)) % 8] if math.isfinite(angle) else "?"


def signed(value: float) -> str:
    """`+0.37`, with a minus as wide as a plus; five characters up to 9.99."""
    if not math.isfinite(value):
        return f"{NONE:>5}"
    text = f"{abs(value):.2f}"
    return (" " if not float(text) else "+" if value > 0 else MINUS) + text


def bar(share: float, width: int) -> tuple[str, str]:
    """What is full and what is empty of a bar of `width` cells, to half a cell; told apart without colour.

    A share above 0 is never shown as empty, and one below 1 never as full.
    """
    if not math.isfinite(share) or width < 1:
        return "", "─" * max(width, 0)
    halves = round(2 * width * min(max(share, 0.0), 1.0))
    halves = max(halves, 1) if share > 0 else 0
    halves = min(halves, 2 * width - 1) if share < 1 else halves
    full = "━" * (halves // 2) + "╸" * (halves % 2)
    return full, "─" * (width - len(full))


def needle(value: float, reach: int) -> tuple[str, str, str]:
    """A number in [-1, 1] as a bar from the middle, in `2 * reach + 1` cells: left of the bar, bar, right of it."""
    if not math.isfinite(value):
        return "·" * reach + "?", "", "·" * reach
    halves = round(2 * reach * min(abs(value), 1.0))
    whole, half = divmod(halves, 2)
    rest = "─" * (reach - whole - half)
    if value < 0:
        return rest, "╺" * half + "━" * whole, "│" + "─" * reach
    return "─" * reach + "│", "━" * whole + "╸" * half, rest


def spark(values: Sequence[float], width: int) -> str:
    """All values as a line of bars between their extremes, `width` of them at most.

    More values than there is room for are taken together, each bar the mean of its own; a gap is
    where none of them is finite. Values that are all the same are the lowest bars.
    """
    groups = [_finite(values[len(values) * n // width : len(values) * (n + 1) // width]) for n in range(width)]
    means = [sum(group) / len(group) if group else math.nan for group in groups]
    if len(values) <= width:
        means = [float(value) for value in values]
    known = _finite(means)
    if not known:
        return " " * len(means)
    return "".join(_level(value, min(known), max(known)) for value in means)


def _finite(values: Sequence[float]) -> list[float]:
    return [float(value) for value in values if math.isfinite(value)]


def _level(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return " "
    share = (value - low) / (high - low) if high - low > 1e-9 * max(abs(high), abs(low)) else 0.0
    return _SPARKS[min(max(int(share * len(_SPARKS)), 0), len(_SPARKS) - 1)]
