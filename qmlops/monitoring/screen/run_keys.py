"""The keys of the list of runs: select, sort, filter, overlay."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.widgets import Input

from qmlops.monitoring.screen.config import Config
from qmlops.monitoring.screen.log import Log
from qmlops.monitoring.screen.stage import Stage


class RunKeys(Stage):
    """What is asked for in words is asked on the last line, and acts while one types."""

    _before_sweep: tuple[str, list[str]] | None = None
    """The active pane and those in front, from before a sweep was selected."""
    _apply: Callable[[str], None] | None = None

    def names(self) -> list[str]:
        """What can be selected."""
        return [*self.project.sweeps, *self.project.tracks]

    def follow(self, name: str) -> None:
        """Select a run or a sweep."""
        self.table.choose(name)

    def on_run_table_chosen(self) -> None:
        """Show the pane of sweeps while a sweep is selected, and after it the pane from before."""
        self.pinned = True
        sweep = self.table.cursor in self.project.sweeps
        if sweep and self._before_sweep is None:
            self._before_sweep = self.active, self.board.recent
            self.activate("sweep")
        elif not sweep and self._before_sweep is not None:
            before, self._before_sweep = self._before_sweep, None
            if self.active == "sweep":
                self.board.recent = before[1]
                self.activate(before[0])
        self.present()

    def on_run_table_sorted(self) -> None:
        self.table.redraw()

    def action_move(self, rows: int) -> None:
        self.table.move(rows)

    def action_open(self) -> None:
        if self.table.cursor in self.project.sweeps:
            self.table.listing.fold(self.table.cursor)
            self.table.redraw()
        else:
            self.panes[self.active].focus()

    def action_back(self) -> None:
        if self._apply is not None:
            self._apply("")
            self._asked()
        elif self.board.maximal:
            self.board.fill("")
        elif self.table.has_focus:
            self._filter("")
        self.table.focus()
        self.call_after_refresh(self.present)

    def action_newest(self) -> None:
        if self.project.newest is not None:
            self.table.choose(self.project.newest)
        self.call_after_refresh(self._unpin)

    def _unpin(self) -> None:
        self.pinned = False

    def action_overlay(self) -> None:
        sweep = self.project.sweeps.get(self.table.cursor)
        for name in sweep.members if sweep else [self.table.cursor]:
            if name in self.overlaid:
                self.overlaid.remove(name)
            elif name in self.project.tracks:
                self.overlaid.append(name)
        self.present()

    def action_order(self) -> None:
        self.table.listing.next_order()
        self.table.redraw()

    def action_filter(self) -> None:
        self._ask("runs with", self.table.listing.words, self._filter)

    def action_find(self) -> None:
        pane = self.panes[self.active]
        if isinstance(pane, Log | Config):
            self._ask(f"{self.active} with", pane.words, lambda words: self._find(pane, words))
        else:
            self.action_filter()

    def _filter(self, words: str) -> None:
        self.table.listing.words = words
        self.table.redraw()

    def _find(self, pane: Log | Config, words: str) -> None:
        pane.words = words
        pane.redraw()

    def _ask(self, prompt: str, words: str, apply: Callable[[str], None]) -> None:
        field = self.query_one("#ask", Input)
        self._apply = None
        field.value, field.placeholder = words, f"{prompt} these words"
        self._apply = apply
        self.set_class(True, "asking")
        field.focus()

    @on(Input.Changed, "#ask")
    def _typed(self, event: Input.Changed) -> None:
        if self._apply is not None:
            self._apply(event.value)

    @on(Input.Submitted, "#ask")
    def _asked(self) -> None:
        self._apply = None
        self.set_class(False, "asking")
        self.table.focus()
