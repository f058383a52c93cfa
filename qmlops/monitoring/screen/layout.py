"""Where everything stands on a screen of any size: plain rectangles, without a widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.geometry import Region

from qmlops.monitoring.screen.keys import PANES

RUNS = "runs"
TABS = "tabs"
_MEDIUM = (110, 30)
_LARGE = (170, 46)
"""Columns and rows from which the second and the third arrangement stand."""
_LEAST_LISTED = 5


@dataclass(frozen=True)
class Plan:
    """One arrangement of a screen."""

    regions: dict[str, Region]
    """By the name of a pane, and `runs` and `tabs`; what is not in it is not shown. The tabs lie on the
    upper border of their pane; nothing else overlaps."""
    stack: tuple[str, ...]
    """The panes behind the tabs, one of which is in front."""


def plan(width: int, height: int, rows: int, recent: Sequence[str], maximal: str = "") -> Plan:
    """The arrangement for a space and a list of so many runs.

    Of panes that share a place the first one in `recent` is in front. With `maximal` one pane, or
    the runs, has all of the space.
    """
    whole = Region(0, 0, width, height)
    if maximal:
        return Plan({maximal: whole}, ())
    if width >= _LARGE[0] and height >= _LARGE[1]:
        return _large(whole, recent)
    if width >= _MEDIUM[0] and height >= _MEDIUM[1]:
        return _medium(whole, rows, recent)
    return _small(whole, rows, recent)


def _small(whole: Region, rows: int, recent: Sequence[str]) -> Plan:
    """Runs above, one pane in tabs below."""
    runs, rest = whole.split_horizontal(_listed(rows, whole.height * 2 // 5, whole.height))
    return _stacked({RUNS: runs}, rest, PANES, recent)


def _medium(whole: Region, rows: int, recent: Sequence[str]) -> Plan:
    """Runs above, below them the curves beside the state and one pane in tabs."""
    runs, rest = whole.split_horizontal(_listed(rows, whole.height * 3 // 10, whole.height))
    curves, right = rest.split_vertical(whole.width * 44 // 100)
    tabbed, state = right.split_horizontal(right.height * 53 // 100)
    fixed = {RUNS: runs, "curves": curves, "state": state}
    return _stacked(fixed, tabbed, tuple(name for name in PANES if name not in fixed), recent)


def _large(whole: Region, recent: Sequence[str]) -> Plan:
    """Runs, curves and state above; what is spent, the circuit, jobs and the device below."""
    left, rest = whole.split_vertical(whole.width * 37 // 100)
    middle, right = rest.split_vertical(rest.width * 56 // 100)
    runs, left = left.split_horizontal(whole.height * 36 // 100)
    spend, tabbed = left.split_horizontal(whole.height * 20 // 100)
    curves, circuit = middle.split_horizontal(whole.height * 60 // 100)
    state, right = right.split_horizontal(whole.height * 42 // 100)
    jobs, right = right.split_horizontal(whole.height * 22 // 100)
    device, alerts = right.split_horizontal(whole.height * 20 // 100)
    fixed = {"curves": curves, "circuit": circuit, "state": state, "jobs": jobs, "spend": spend}
    fixed |= {"device": device, "alerts": alerts, RUNS: runs}
    return _stacked(fixed, tabbed, tuple(name for name in PANES if name not in fixed), recent)


def _listed(rows: int, most: int, height: int) -> int:
    """Lines for the list of runs, with its head and its borders: as many as it needs, within bounds."""
    return min(max(min(rows + 3, most), _LEAST_LISTED), height)


def _stacked(fixed: dict[str, Region], place: Region, stack: tuple[str, ...], recent: Sequence[str]) -> Plan:
    shown = next((name for name in recent if name in stack), stack[0])
    strip = Region(place.x + 1, place.y, max(place.width - 2, 0), min(place.height, 1))
    return Plan(fixed | {shown: place, TABS: strip}, stack)
