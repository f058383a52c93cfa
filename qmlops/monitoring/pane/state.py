"""The state at the end of the circuit: on each wire, across its cuts, and in its outcomes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from textual.content import Content
from textual.geometry import Size

from qmlops.core.sight import StateSeen
from qmlops.monitoring.figure import NONE, bar, number, spark
from qmlops.monitoring.pane.base import ACCENT, FAINT, MUTED, Sheet, empty
from qmlops.monitoring.pane.disc import discs
from qmlops.monitoring.pane.grid import Cell, beside, grid
from qmlops.monitoring.pane.wires import MIDDLE, half, interval, reach_of, vectors, wires

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track

_WIDE, _BLOCK = 110, 46
"""Columns from which blocks stand beside each other, and from which metrics have their intervals."""
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
            above, below = (_metrics(track, seen, names, size.width) for names in (first, others))
            return [*head, *above, *wires(seen, size.width), *_outcomes(seen, size.width), *below]
        left = size.width * 3 // 5
        width, rest = left - _GAP, size.width - left
        vectored = [*wires(seen, width), Content(""), *discs(vectors(seen), width)]
        figures = [*_metrics(track, seen, [*first, *others], rest), Content(""), *_outcomes(seen, rest)]
        return [*head, Content(""), *beside(vectored, figures, left)]


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
    if width >= MIDDLE:
        return Content.assemble((which, MUTED), f"from {seen.shots:,} shots · 95 % intervals")
    named = [
        (f"{axis}{wire}", value)
        for wire, row in enumerate(vectors(seen))
        for axis, value in zip("xyz", row, strict=True)
    ]
    reach = max(filter(math.isfinite, (reach_of(seen, name, value) for name, value in named)), default=math.nan)
    return Content.assemble((which, MUTED), f"{seen.shots:,} shots{half(reach)}")


def _metrics(track: Track, seen: StateSeen, names: Sequence[str], width: int) -> list[Content]:
    """Numbers of the whole state, each with its course over the steps."""
    rows: list[list[Cell]] = []
    for name in names:
        value, bounds = number(seen.metrics[name]), interval(seen, name)
        told = f"{bounds[0]:.3f} to {bounds[1]:.3f}" if bounds and width >= _BLOCK else ""
        figure = (f"{value:.3f}" if name in _NAMES else f"{value:.3g}") if math.isfinite(value) else NONE
        course = track.series[name].values[-_COURSE:] if name in track.series else np.empty(0)
        # What the figure does not show, such as the rounding of a purity of 1, is no course.
        series = (course.round(4) if name in _NAMES else course).tolist()
        room = min(max(width - 22 - len(told), 6), _LONGEST_BAR)
        line = spark(series, room) if len(series) > 1 else ""
        rows.append([(_NAMES.get(name, name.replace("_", " ")), MUTED), figure, (told, MUTED), (line, ACCENT)])
    return grid(rows, "<><<", gap=1)


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
