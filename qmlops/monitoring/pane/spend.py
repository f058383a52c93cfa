"""What was spent, of what may be, and where that leads."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size

from qmlops.core.budget import MONEY, Budget
from qmlops.monitoring import spend
from qmlops.monitoring.figure import bar, lasting, percent
from qmlops.monitoring.pane.base import ACCENT, BAD, FAINT, MUTED, WARNING, Sheet, empty, wrapped
from qmlops.monitoring.pane.grid import Cell, grid
from qmlops.pipeline.plan.quantity import UNKNOWN, money

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track

_NEARLY = 0.8
_SHORTEST_BAR, _LONGEST_BAR = 8, 60
_MIDDLE = 50
_UNBOUNDED = Budget(usd=None)


class Spend(Sheet):
    TITLE = "Spend"

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        told = project.spend(track.name)
        warned = wrapped(told.problem, WARNING, size.width) if told.problem else []
        if not told.circuits and not told.usd and not told.unknown:
            start = "Nothing was spent: this run has asked no provider." if track.started else "Nothing was spent yet."
            return [*warned, *empty(start, "budget.usd=10 allows a run 10 USD", size)]
        facts = grid([*_facts(told, track)], "<<", gap=1 if size.width < _MIDDLE else 2)
        return [*warned, *_bounds(told, size.width), *facts]


def _bounds(told: spend.Spend, width: int) -> list[Content]:
    """A bar for each bound of the budget, filled by all runs that share it."""
    rows = list(_rows(told))
    gap = 1 if width < _MIDDLE else 2
    longest = [max(map(len, column)) for column in zip(*(row[:3] for row in rows), strict=True)]
    room = width - sum(longest) - 3 * gap
    with_share = room >= _SHORTEST_BAR
    room = min(max(room if with_share else room + longest[2] + gap, 3), _LONGEST_BAR)
    shown: list[list[Cell]] = []
    for label, text, share, part in rows:
        style = BAD if part >= 1 else WARNING if part >= _NEARLY else ACCENT
        full, rest = bar(part, room) if math.isfinite(part) else ("", "")
        shown.append([(label, MUTED), [(full, style), (rest, FAINT)], text, (share if with_share else "", style)])
    return grid(shown, "<<<>", gap=gap)


def _rows(told: spend.Spend) -> Iterator[tuple[str, str, str, float]]:
    used, most = told.shared, told.budget
    at_least = "at least " if used.unknown else ""
    yield _bound("money", used.usd, most.usd, lambda usd: f"{usd:,.2f}", f" {MONEY}", at_least)
    yield _bound("shots", used.shots, most.shots, "{:,}".format)
    yield _bound("circuits", used.circuits, most.circuits, "{:,}".format)
    if used.seconds or most.minutes is not None:
        yield _bound("machine", used.seconds, None if most.minutes is None else 60 * most.minutes, lasting)


def _bound(
    label: str, used: float, most: float | None, write: Callable[[float], str], unit: str = "", at_least: str = ""
) -> tuple[str, str, str, float]:
    """Label, what is used of what, the share as text, and as a number: nan where there is none."""
    if most is None:
        return label, f"{at_least}{write(used)}{unit}, no bound", "", math.nan
    if not most and not used:
        return label, "none, and none is allowed", "", math.nan
    part = used / most if most else 1.0
    return label, f"{at_least}{write(used)} of {write(most)}{unit}", percent(part), part


def _facts(told: spend.Spend, track: Track) -> Iterator[list[Cell]]:
    if told.usd != told.shared.usd or told.shots != told.shared.shots:
        yield [("this run", MUTED), f"{money(told.usd, MONEY)}, {told.shots:,} shots"]
    if told.forecast_usd is not None:
        yield [("forecast", MUTED), f"{money(told.forecast_usd, MONEY)} at step {track.steps:,}"]
    else:
        why = "a price is not known" if told.unknown else "no step was paid yet"
        yield [("forecast", MUTED), f"{UNKNOWN}: {why}"]
    if told.exhausted_at_step is not None:
        text = f"lasts to step {told.exhausted_at_step:,} of {track.steps:,} at this rate"
        yield [("budget", MUTED), (f"▲ {text}", WARNING)]
    elif told.forecast_usd is not None and told.budget != _UNBOUNDED:
        yield [("budget", MUTED), "enough at this rate"]
    if told.unknown:
        yield [("prices", MUTED), ("▲ some are not known", WARNING)]
    else:
        yield [("prices", MUTED), "billed by the provider" if told.billed else "estimated, in part or all"]
