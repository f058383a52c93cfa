"""The widget that holds runs and panes, and places them as the plan for its size says."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.geometry import NULL_OFFSET, NULL_SPACING, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from qmlops.monitoring.screen.layout import Plan, plan

FIRST = ("curves", "circuit", "log")
"""What is in front before anyone has chosen, where it shares a place with others."""


class Board(Widget):
    """Children are placed by their ids; those without a place are not shown."""

    def __init__(self, children: Iterable[Widget]) -> None:
        super().__init__(id="board")
        self._held = list(children)
        self._layout = _Planned(self)
        self.recent = list(FIRST)
        """Panes in the order in which they were brought to the front, the last one first."""
        self.maximal = ""
        """The pane that has all of the space."""
        self.rows = 0
        """Of the list of runs, which gets as much room as it needs."""

    def compose(self) -> ComposeResult:
        yield from self._held

    @property
    def layout(self) -> Layout:
        return self._layout

    def plan(self, size: Size | None = None) -> Plan:
        """The arrangement for a size, by default for the present one."""
        size = size or self.size
        return plan(size.width, size.height, self.rows, self.recent, self.maximal)

    def bring(self, pane: str) -> None:
        """Bring a pane to the front, and where one fills the space, let this one."""
        self.recent = [pane, *(name for name in self.recent if name != pane)]
        self.fill(pane if self.maximal else "")

    def fill(self, name: str) -> None:
        """Let a pane, or the runs, have all of the space; none with an empty name."""
        self.maximal = name
        self._place_anew()

    def make_room(self, rows: int) -> None:
        """For so many rows of the list of runs."""
        if rows != self.rows:
            self.rows = rows
            self._place_anew()

    def _place_anew(self) -> None:
        # Where widgets stand is remembered until one of them asks for another place.
        self._held[0].refresh(layout=True)


class _Planned(Layout):
    """Places widgets where the plan has them."""

    name = "planned"

    def __init__(self, board: Board) -> None:
        self._board = board

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        regions = self._board.plan(size).regions
        return [
            WidgetPlacement(regions[child.id], NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if child.id in regions and regions[child.id].area
        ]
