"""The state at the end of the circuit: on each wire, across its cuts, and in its outcomes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from textual.content import Content
from textual.geometry import Size

from qmlops.core.sight import StateSeen
from qmlops.monitoring.figure import NONE, bar, needle, number, signed, spark
from qmlops.monitoring.pane.base import ACCENT, FAINT, MUTED, Sheet, empty
from qmlops.monitoring.pane.disc import discs
from qmlops.monitoring.pane.grid import Cell, beside, grid

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track

Vector = tuple[float, float, float]
_WIDE, _MIDDLE, _BLOCK = 110, 66, 46
"""Columns from which blocks stand beside each other, numbers have bars, and metrics their intervals."""
_LONGEST_BAR, _COURSE, _GAP = 40, 400, 3
_NAMES = {"purity": "purity", "meyer_wallach": "Meyer-Wallach"}
_OF_CUTS = ("entropy_", "purity_")


class State(Sheet):
    TITLE = "State"

    def sources(self, track: Track, project: Project) -> object:
        return track.seen, track.config, track.name

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        seen = track.seen
        if seen is None:
            return _unseen(track, size)
        head = [_head(seen, size.width)]
        first = [name for name in _NAMES if name in seen.metrics]
        others = [name for name in seen.metrics if name not in _NAMES and not name.startswith(_OF_CUTS)]
        if size.width < _WIDE:
            wires, outcomes = _wires(seen, size.width), _outcomes(seen, size.width)
            above, below = (_metrics(track, seen, names, size.width) for names in (first, others))
            return [*head, *above, *wires, *outcomes, *below]
        left = size.width * 3 // 5
        width, rest = left - _GAP, size.width - left
        wires = [*_wires(seen, width), Content(""), *discs(_vectors(seen), width)]
        figures = [*_metrics(track, seen, [*first, *others], rest), Content(""), *_outcomes(seen, rest)]
        return [*head, Content(""), *beside(wires, figures, left)]


def _unseen(track: Track, size: Size) -> list[Content]:
    """Where states cannot be looked at, a person may want to pay for estimates."""
    sampled = track.config.get("shots") is not None or (track.device is not None and track.device.hardware)
    if sampled:
        told = "No state was looked at: there are only shots."
        return empty(told, "monitor.shadows=300 estimates it from as many random bases", size)
    return empty("No state was looked at yet.", "monitor.share=0.02 looks at it now and then", size)


def _head(seen: StateSeen, width: int) -> Content:
    """Which state it is, and how well it is known."""
    which = f"step {seen.step} · row {seen.point} · "
    if not seen.shots:
        return Content.assemble((which, MUTED), "exact")
    if width >= _MIDDLE:
        return Content.assemble((which, MUTED), f"from {seen.shots:,} shots · 95 % intervals")
    named = [
        (f"{axis}{wire}", value)
        for wire, row in enumerate(_vectors(seen))
        for axis, value in zip("xyz", row, strict=True)
    ]
    reach = max(filter(math.isfinite, (_reach(seen, name, value) for name, value in named)), default=math.nan)
    return Content.assemble((which, MUTED), f"{seen.shots:,} shots{_half(reach)}")


def _metrics(track: Track, seen: StateSeen, names: Sequence[str], width: int) -> list[Content]:
    """Numbers of the whole state, each with its course over the steps."""
    rows: list[list[Cell]] = []
    for name in names:
        value, interval = number(seen.metrics[name]), _interval(seen, name)
        told = f"{interval[0]:.3f} to {interval[1]:.3f}" if interval and width >= _BLOCK else ""
        figure = (f"{value:.3f}" if name in _NAMES else f"{value:.3g}") if math.isfinite(value) else NONE
        course = track.series[name].values[-_COURSE:] if name in track.series else np.empty(0)
        # What the figure does not show, such as the rounding of a purity of 1, is no course.
        series = (course.round(4) if name in _NAMES else course).tolist()
        room = min(max(width - 22 - len(told), 6), _LONGEST_BAR)
        rows.append(
            [
                (_NAMES.get(name, name.replace("_", " ")), MUTED),
                figure,
                (told, MUTED),
                (spark(series, room) if len(series) > 1 else "", ACCENT),
            ]
        )
    return grid(rows, "<><<", gap=1)


def _vectors(seen: StateSeen) -> list[Vector]:
    rows = [[number(value) for value in row] if isinstance(row, Sequence) else [] for row in seen.bloch]
    return [(x, y, z) for x, y, z, *_ in ([*row, math.nan, math.nan, math.nan] for row in rows)]


def _wires(seen: StateSeen, width: int) -> list[Content]:
    """A row a wire: its Bloch vector, how long that is, and the cut between it and the next one."""
    vectors = _vectors(seen)
    reach = (width - 43 - len(str(len(vectors)))) // 8 if width >= _MIDDLE else 0
    named, cuts = _cuts(seen, len(vectors), reach)
    rows: list[list[Cell]] = [[(word, MUTED) for word in ["", "x", "y", "z", "length", named]]]
    for wire, (vector, cut) in enumerate(zip(vectors, cuts, strict=True)):
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
    half = _reach(seen, name, value) if reach else math.nan
    if not math.isfinite(value):
        return NONE
    return [(f"{value:.2f}", ""), (_half(half), MUTED)]


def _entry(seen: StateSeen, name: str, value: float, reach: int) -> Cell:
    """A Bloch entry: its figure, and where there is room a bar, or its interval where it has one."""
    if not reach:
        return signed(value)
    half = _reach(seen, name, value)
    told = _half(half)
    reach -= (len(told) + 1) // 2
    before, full, after = needle(value, reach) if reach > 0 else ("", "", "")
    return [(before, FAINT), (full, ACCENT), (after, FAINT), (f" {signed(value)}", ""), (told, MUTED)]


def _cut(entropy: float, scale: int, width: int) -> Cell:
    if not math.isfinite(entropy):
        return ""
    full, rest = bar(entropy / scale, width)
    return [(full, ACCENT), (rest, FAINT), (f" {entropy:.2f}", "")]


def _outcomes(seen: StateSeen, width: int) -> list[Content]:
    """The likeliest outcomes, and what is left for all others."""
    found = [(name, number(share)) for name, share in seen.probabilities.items()]
    if not found:
        return []
    rest = 1 - sum(share for _, share in found if math.isfinite(share))
    label = max(len(name) for name, _ in found) + 2
    room = min(max(width - label - 9, 4), _LONGEST_BAR)
    shown = sorted(found, key=lambda item: -item[1] if math.isfinite(item[1]) else 1.0)
    rows = [_share(f"|{name}⟩", share, room) for name, share in shown]
    return grid([*rows, _share("others", max(rest, 0.0), room)] if rest > 5e-4 else rows, "<<>", gap=1)


def _share(label: str, share: float, room: int) -> list[Cell]:
    full, empty_part = bar(share, room)
    told = f"{share:.3f}" if math.isfinite(share) else NONE
    return [(label, MUTED), [(full, ACCENT), (empty_part, FAINT)], told]


def _interval(seen: StateSeen, name: str) -> tuple[float, float] | None:
    found = seen.intervals.get(name)
    if not isinstance(found, Sequence) or len(found) != 2:
        return None
    low, high = number(found[0]), number(found[1])
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def _half(reach: float) -> str:
    """` ±0.05`, rounded up, so that the interval is not said to be narrower than it is; nothing where there is none."""
    return f" ±{math.ceil(100 * reach - 1e-9) / 100:.2f}" if math.isfinite(reach) else ""


def _reach(seen: StateSeen, name: str, value: float) -> float:
    """The farther end of an interval from the value; nan where there is none."""
    interval = _interval(seen, name)
    return max(interval[1] - value, value - interval[0]) if interval else math.nan
