"""The wires of a state in a table: Bloch vectors with their intervals, and the cuts between the wires."""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual.content import Content

from qmlops.core.sight import StateSeen
from qmlops.monitoring.figure import NONE, bar, needle, number, signed
from qmlops.monitoring.pane.base import ACCENT, FAINT, MUTED
from qmlops.monitoring.pane.grid import Cell, grid

Vector = tuple[float, float, float]
MIDDLE = 60
"""Columns from which numbers have bars or intervals."""
_FIGURES, _BARS = 43, 8
"""Columns that a row takes beside its bars and the number of its wire; bars, each of two halves."""


def vectors(seen: StateSeen) -> list[Vector]:
    """The Bloch vectors, nan for what is missing of one."""
    rows = [[number(value) for value in row] if isinstance(row, Sequence) else [] for row in seen.bloch]
    return [(x, y, z) for x, y, z, *_ in ([*row, math.nan, math.nan, math.nan] for row in rows)]


def wires(seen: StateSeen, width: int) -> list[Content]:
    """A row a wire: its Bloch vector, how long that is, and the cut between it and the next one."""
    found = vectors(seen)
    reach = (width - _FIGURES - len(str(len(found)))) // _BARS if width >= MIDDLE else 0
    named, cuts = _cuts(seen, len(found), reach)
    rows: list[list[Cell]] = [[(word, MUTED) for word in ["", "x", "y", "z", "length", named]]]
    for wire, (vector, cut) in enumerate(zip(found, cuts, strict=True)):
        entries = [_entry(seen, f"{axis}{wire}", value, reach) for axis, value in zip("xyz", vector, strict=True)]
        length = math.hypot(*vector)
        rows.append([(f"q{wire}", MUTED), *entries, f"{length:.2f}" if math.isfinite(length) else NONE, cut])
    return grid(rows, "<>>>><", gap=2 if reach else 1)


def _cuts(seen: StateSeen, wires: int, reach: int) -> tuple[str, list[Cell]]:
    """Head and cells of the cuts: their entropies, or where only shots exist the purities of what is above them."""
    entropies = [number(seen.metrics.get(f"entropy_{wire + 1}")) for wire in range(wires)]
    known = [entropy for entropy in entropies if math.isfinite(entropy)]
    if known:
        scale = max(math.ceil(max(known) - 1e-9), 1)
        head = f"cut, of {scale} {'bit' if scale == 1 else 'bits'}" if reach > 4 else "cut, bits" if reach else "bits"
        return head, [_cut(entropy, scale, 2 * reach + 1 if reach else 4) for entropy in entropies]
    names = [f"purity_{wire + 1}" for wire in range(wires)]
    found = [_estimated(seen, name, reach) if name in seen.metrics else "" for name in names]
    return ("cut purity" if reach else "purity") if any(found) else "", found


def _estimated(seen: StateSeen, name: str, reach: int) -> Cell:
    value = number(seen.metrics[name])
    if not math.isfinite(value):
        return NONE
    return [(f"{value:.2f}", ""), (half(reach_of(seen, name, value)) if reach else "", MUTED)]


def _entry(seen: StateSeen, name: str, value: float, reach: int) -> Cell:
    """A Bloch entry: its figure, and where there is room a bar, or its interval where it has one."""
    if not reach:
        return signed(value)
    told = half(reach_of(seen, name, value))
    reach -= (len(told) + 1) // 2
    before, full, after = needle(value, reach) if reach > 0 else ("", "", "")
    return [(before, FAINT), (full, ACCENT), (after, FAINT), (f" {signed(value)}", ""), (told, MUTED)]


def _cut(entropy: float, scale: int, width: int) -> Cell:
    if not math.isfinite(entropy):
        return ""
    full, rest = bar(entropy / scale, width)
    return [(full, ACCENT), (rest, FAINT), (f" {entropy:.2f}", "")]


def interval(seen: StateSeen, name: str) -> tuple[float, float] | None:
    """Of a metric, or of a Bloch entry such as `x0`; None where it has none."""
    found = seen.intervals.get(name)
    if not isinstance(found, Sequence) or len(found) != 2:
        return None
    low, high = number(found[0]), number(found[1])
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def half(reach: float) -> str:
    """` ±0.05`, rounded up, so that the interval is not said to be narrower than it is; nothing where there is none."""
    return f" ±{math.ceil(100 * reach - 1e-9) / 100:.2f}" if math.isfinite(reach) else ""


def reach_of(seen: StateSeen, name: str, value: float) -> float:
    """The farther end of an interval from the value; nan where there is none."""
    found = interval(seen, name)
    return max(found[1] - value, value - found[0]) if found else math.nan
