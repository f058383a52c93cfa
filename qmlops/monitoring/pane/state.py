"""The state at the end of the circuit: on each wire, across its cuts, and in its outcomes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

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


class State(Sheet):
    TITLE = "State"

    def sources(self, track: Track, project: Project) -> object:
        return track.seen, track.config, track.name

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        seen = track.seen
        if seen is None:
            return _unseen(track, size)
        head = [_head(seen, size.width)]
        if size.width < _WIDE:
            blocks = head, _metrics(track, seen, size.width), _wires(seen, size.width), _outcomes(seen, size.width)
            return [line for block in blocks for line in block]
        left = size.width * 3 // 5
        width, rest = left - _GAP, size.width - left
        wires = [*_wires(seen, width), Content(""), *discs(_vectors(seen), width)]
        return [
            *head,
            Content(""),
            *beside(wires, [*_metrics(track, seen, rest), Content(""), *_outcomes(seen, rest)], left),
        ]


def _unseen(track: Track, size: Size) -> list[Content]:
    """Where states cannot be looked at, a person may want to pay for estimates."""
    if track.device is not None and track.device.hardware:
        told = "No state was looked at: a machine gives only shots."
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
    return Content.assemble(
        (which, MUTED), f"{seen.shots:,} shots" + (f" ±{reach:.2f}" if math.isfinite(reach) else "")
    )


def _metrics(track: Track, seen: StateSeen, width: int) -> list[Content]:
    """Purity, entanglement and what else was asked for, each with its course over the steps."""
    names = [name for name in _NAMES if name in seen.metrics]
    names += [name for name in seen.metrics if name not in _NAMES and not name.startswith("entropy_")]
    rows: list[list[Cell]] = []
    for name in names:
        value, interval = number(seen.metrics[name]), _interval(seen, name)
        told = f"{interval[0]:.3f} to {interval[1]:.3f}" if interval and width >= _BLOCK else ""
        figure = (f"{value:.3f}" if name in _NAMES else f"{value:.3g}") if math.isfinite(value) else NONE
        series = track.series[name].values[-_COURSE:].tolist() if name in track.series else []
        room = min(max(width - 22 - len(told), 6), _LONGEST_BAR)
        rows.append(
            [(_NAMES.get(name, name.replace("_", " ")), MUTED), figure, (told, MUTED), (spark(series, room), ACCENT)]
        )
    return grid(rows, "<><<", gap=1)


def _vectors(seen: StateSeen) -> list[Vector]:
    rows = [[number(value) for value in row] if isinstance(row, Sequence) else [] for row in seen.bloch]
    return [(x, y, z) for x, y, z, *_ in ([*row, math.nan, math.nan, math.nan] for row in rows)]


def _wires(seen: StateSeen, width: int) -> list[Content]:
    """A row a wire: its Bloch vector, how long that is, and the entropy of the cut below the wire."""
    vectors = _vectors(seen)
    cuts = [number(seen.metrics.get(f"entropy_{wire + 1}")) for wire in range(len(vectors))]
    scale = max(math.ceil(max(filter(math.isfinite, cuts), default=1.0) - 1e-9), 1)
    reach = (width - 43 - len(str(len(vectors)))) // 8 if width >= _MIDDLE else 0
    cut = f"cut, of {scale} {'bit' if scale == 1 else 'bits'}" if reach > 4 else "cut, bits" if reach else "bits"
    head = ["", "x", "y", "z", "length", cut if any(map(math.isfinite, cuts)) else ""]
    rows: list[list[Cell]] = [[(word, MUTED) for word in head]]
    for wire, (vector, entropy) in enumerate(zip(vectors, cuts, strict=True)):
        entries = [_entry(seen, f"{axis}{wire}", value, reach) for axis, value in zip("xyz", vector, strict=True)]
        length = math.hypot(*vector)
        told = f"{length:.2f}" if math.isfinite(length) else NONE
        rows.append([(f"q{wire}", MUTED), *entries, told, _cut(entropy, scale, 2 * reach + 1 if reach else 4)])
    return grid(rows, "<>>>><", gap=2 if reach else 1)


def _entry(seen: StateSeen, name: str, value: float, reach: int) -> Cell:
    """A Bloch entry: its figure, and where there is room a bar, or its interval where it has one."""
    if not reach:
        return signed(value)
    half = _reach(seen, name, value)
    told = f" ±{half:.2f}" if math.isfinite(half) else ""
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


def _reach(seen: StateSeen, name: str, value: float) -> float:
    """The farther end of an interval from the value; nan where there is none."""
    interval = _interval(seen, name)
    return max(interval[1] - value, value - interval[0]) if interval else math.nan
