"""The keys of panes and curves: which pane is shown, how large, and what part of the curves."""

from __future__ import annotations

from dataclasses import replace

from textual.events import DescendantFocus

from qmlops.monitoring.screen.keys import PANES
from qmlops.monitoring.screen.stage import Stage


class PaneKeys(Stage):
    """A pane that has the focus keeps it when another one comes to the front."""

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        if event.widget.id in PANES and event.widget.id != self.active:
            self.activate(event.widget.id)
        self.call_after_refresh(self.present)

    def action_pane(self, name: str) -> None:
        if not (self.table.has_focus or self.panes[name].has_focus):
            self.panes[name].focus()
        self.activate(name)

    def action_turn(self, by: int) -> None:
        self.action_pane(PANES[(PANES.index(self.active) + by) % len(PANES)])

    def action_maximal(self) -> None:
        wanted = self.active
        self.board.fill("" if self.board.maximal else wanted)
        self.call_after_refresh(self.present)

    def action_others(self) -> None:
        self.curves.look(replace(self.curves.view, page=self.curves.view.page + 1))

    def action_logarithmic(self) -> None:
        self.curves.look(replace(self.curves.view, log=not self.curves.view.log))

    def action_smooth(self) -> None:
        self.curves.look(self.curves.view.smoother())

    def action_zoom(self, factor: float) -> None:
        self.curves.look(self.curves.view.zoomed(factor, self.curves.newest()))

    def action_whole(self) -> None:
        self.curves.look(self.curves.view.whole())

    def action_pan(self, quarters: int) -> None:
        self.curves.look(self.curves.view.panned(quarters, self.curves.newest()))
