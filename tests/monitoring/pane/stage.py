"""An app that is one pane, and runs that are made of events."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from qmlops.core.budget import Budget, Spent
from qmlops.core.event import Event, RunStarted, Stamped
from qmlops.execute.ledger import Entry
from qmlops.monitoring.pane import PANES
from qmlops.monitoring.pane.base import Sheet
from qmlops.monitoring.project import Project
from qmlops.monitoring.spend import Spend
from qmlops.monitoring.sweep_view import SweepView
from qmlops.monitoring.track import Track

NOW = 1_790_000_000.0
SIZES = ((38, 8), (76, 18), (150, 40))
NOTHING_SPENT = Spend(0.0, False, 0, 0, 0.0, Budget(), None, None, True, Spent())


class Stage(App[None]):
    """One pane as large as the terminal."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.pane = cast(Sheet, PANES[name]())

    def compose(self) -> ComposeResult:
        yield self.pane

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"line": "#404040", "cursor": "#203040"}

    def seen(self) -> list[str]:
        """The rows of the screen as text, without the room of the scroll bar."""
        pane = self.pane
        rows = range(pane.scrollable_content_region.height)
        return ["".join(segment.text for segment in pane.render_line(row)).rstrip() for row in rows]


@dataclass
class Told:
    """What a Project tells, as panes ask it."""

    sweeps: dict[str, SweepView] = field(default_factory=dict)
    spent: Spend = NOTHING_SPENT
    rows: list[Entry] = field(default_factory=list)

    def spend(self, name: str) -> Spend:
        return self.spent

    def entries(self, name: str) -> list[Entry]:
        return self.rows


def run(*events: Event, name: str = "vqc", steps: int = 150, config: dict[str, Any] | None = None) -> Track:
    """A run that has started a minute ago and had these events, a second apart."""
    track = Track(Path("runs") / name, name)
    started = RunStarted(name, "vqc", steps, 7, config=config or {})
    for second, event in enumerate([started, *events]):
        track.take(Stamped(NOW - 60 + second, event))
    return track


def project(**told: Any) -> Project:
    return cast(Project, Told(**told))


Act = Callable[[Stage, Pilot[None]], Awaitable[None]]


def play(name: str, act: Act, size: tuple[int, int] = (76, 18)) -> None:
    """Carry out an act on a stage with a pane; it ends without an exception."""

    async def main() -> None:
        stage = Stage(name)
        async with stage.run_test(size=size) as pilot:
            await act(stage, pilot)

    asyncio.run(main())


def shown(name: str, track: Track, told: Project | None = None, size: tuple[int, int] = (76, 18)) -> list[str]:
    """The rows that a pane shows, without empty ones at the end."""
    return shown_at(name, track, told, [size])[0]


def shown_at(name: str, track: Track, told: Project | None, sizes: Sequence[tuple[int, int]]) -> list[list[str]]:
    """The same at each of several sizes of one terminal."""
    found: list[list[str]] = []

    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.show(track, told or project())
        for width, height in sizes:
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            rows = stage.seen()
            assert len(rows) in (height, height - 1) and all(len(row) <= width for row in rows)
            found.append("\n".join(rows).rstrip("\n").split("\n"))

    play(name, act, sizes[0])
    return found
