"""All members of a sweep at once: what varies, what came out, and what that depends on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size

from qmlops.monitoring.figure import NONE, bar
from qmlops.monitoring.pane.base import ACCENT, BAD, FAINT, MUTED, Sheet, empty
from qmlops.monitoring.pane.grid import Cell, beside, grid
from qmlops.monitoring.pane.parallel import BEST, OTHER, OWN, axis, parallel

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.sweep_view import SweepView
    from qmlops.monitoring.track import Track

Importance = Mapping[str, tuple[float, float, float] | None]
_WIDE = 110
_LEAST_ROWS = 6
"""Of the drawing."""
_LEAST_GAP = 12
"""Columns from axis to axis."""
_LISTED = 10
"""Of the best."""
_MOST_FAILED = 3
_MOST_LINES = 60
"""In the drawing; more of them are one grey mass."""


class Sweep(Sheet):
    TITLE = "Sweep"

    def sources(self, track: Track, project: Project) -> object:
        return track.name, _of(track, project)

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        sweep = _of(track, project)
        if sweep is None:
            return empty("This run belongs to no sweep.", "qmlops run -m +experiment=vqc seed=1,2,3", size)
        head = _head(sweep)
        importance = sweep.importance()
        wide = size.width >= _WIDE
        width = size.width * 3 // 5 if wide else size.width
        told = [*_weights(importance, size.width - width if wide else width), *_failed(sweep)]
        best = _best(sweep)
        lines = [*told, Content(""), *best]
        if wide:
            return [head, *beside(_drawing(sweep, track, importance, width - 3, size.height - 1), lines, width)]
        rows = size.height - 1 - len(told)
        picture = _drawing(sweep, track, importance, width, max(rows, _LEAST_ROWS)) if rows >= _LEAST_ROWS else []
        return [head, *picture, *told, *best]


def _of(track: Track, project: Project) -> SweepView | None:
    """The sweep that the run belongs to."""
    return next((sweep for sweep in project.sweeps.values() if track.name in sweep.members), None)


def _head(sweep: SweepView) -> Content:
    of = f" of {sweep.size}" if sweep.size > sweep.begun else ""
    words = [f"{sweep.begun}{of} runs", f"{len(sweep.scores)} scored"]
    words += [f"{len(sweep.failed)} failed"] if sweep.failed else []
    best = sweep.best
    if best is None:
        return Content.styled(" · ".join(words), MUTED)
    found = f"{sweep.score} {sweep.scores[best]:.4f}"
    return Content.assemble(
        ("best ", MUTED), (found, f"bold {ACCENT}"), (f" in {_short(best)} · {' · '.join(words)}", MUTED)
    )


def _drawing(sweep: SweepView, track: Track, importance: Importance, width: int, rows: int) -> list[Content]:
    """Parallel coordinates of the parameters that matter most, as many as there is room for, in their own order.

    A seed is none of them where anything else varies. Of many runs the best are drawn, and this one.
    """
    named = [name for name in sweep.parameters if name != "seed"] or list(sweep.parameters)
    by_weight = sorted(named, key=lambda name: -(importance.get(name) or (-1.0,))[0])
    chosen = [name for name in named if name in by_weight[: max((width - 10) // _LEAST_GAP, 1)]]
    ranked = [member for member, _ in _ranked(sweep)][:_MOST_LINES]
    drawn = {*ranked, track.name} if len(sweep.members) > _MOST_LINES else set(sweep.members)
    places = [place for place, member in enumerate(sweep.members) if member in drawn]
    members = [sweep.members[place] for place in places]
    short = _shortened(chosen)
    axes = [axis(short[name], [sweep.parameters[name][place] for place in places]) for name in chosen]
    axes.append(axis(sweep.score or "score", [sweep.scores.get(member) for member in members]))
    layers = [BEST if member == sweep.best else OWN if member == track.name else OTHER for member in members]
    return parallel(axes, layers, width, rows)


def _weights(importance: Importance, width: int) -> list[Content]:
    """How much of the score's variance each parameter explains, the most important first."""
    if not importance:
        return []
    short = _shortened(list(importance))
    room = min(max(width - max(map(len, short.values())) - 22, 4), 30)
    head: list[Cell] = [("explains", MUTED), ("of the variance" if room > 14 else "", MUTED), "", ("95 %", MUTED)]
    rows = [head]
    for name in sorted(importance, key=lambda name: -(importance[name] or (-1.0,))[0]):
        found = importance[name]
        if found is None:
            rows.append([short[name], "", NONE, ("too few", MUTED)])
            continue
        share, low, high = found
        full, rest = bar(share, room)
        interval = f"{100 * low:.0f} to {100 * high:.0f}"
        rows.append([short[name], [(full, ACCENT), (rest, FAINT)], f"{100 * share:.0f} %", (interval, MUTED)])
    return grid(rows, "<<><", gap=1)


def _best(sweep: SweepView) -> list[Content]:
    """The best members, with the values that vary."""
    ranked, names = _ranked(sweep)[:_LISTED], list(sweep.parameters)
    short = _shortened(names)
    rows: list[list[Cell]] = [[(word, MUTED) for word in ["run", sweep.score, *short.values()]]]
    for member, score in ranked:
        place = sweep.members.index(member)
        values = [sweep.parameters[name][place] for name in names]
        words = [_short(member), f"{score:.4f}", *(NONE if value is None else _value(value) for value in values)]
        rows.append([(word, ACCENT if member == sweep.best else "") for word in words])
    worded = [any(isinstance(value, str) for value in sweep.parameters[name]) for name in names]
    return grid(rows, ">>" + "".join("<" if word else ">" for word in worded)) if ranked else []


def _failed(sweep: SweepView) -> list[Content]:
    lines = [
        Content.assemble(("✗ ", BAD), f"{_short(member)} failed  ", (reason.partition("\n")[0], MUTED))
        for member, reason in sweep.failed.items()
    ]
    more = len(lines) - _MOST_FAILED
    return lines if more <= 0 else [*lines[:_MOST_FAILED], Content.styled(f"✗ and {more} more failed", MUTED)]


def _ranked(sweep: SweepView) -> list[tuple[str, float]]:
    """Members and scores, the best first; those that are not finite are left out."""
    sign = -1 if sweep.score.endswith("accuracy") else 1
    finite = [(member, score) for member, score in sweep.scores.items() if math.isfinite(score)]
    return sorted(finite, key=lambda item: sign * item[1])


def _shortened(names: Sequence[str]) -> dict[str, str]:
    """Each name's last word, or the whole where others have the same last word."""
    last = [name.rpartition(".")[2] for name in names]
    return {name: word if last.count(word) == 1 else name for name, word in zip(names, last, strict=True)}


def _value(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def _short(member: str) -> str:
    """The last part of a member's name: its number in the sweep."""
    return member.rpartition("/")[2]
