"""The dashboard as an application: on a terminal, or as a picture."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.command import Provider
from textual.pilot import Pilot
from textual.screen import Screen

from qmlops.errors import BUG
from qmlops.monitoring.screen.deck import Deck
from qmlops.monitoring.screen.palette import Commands
from qmlops.monitoring.screen.theme import COLOURS, SIXTEEN, fitting

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project


class Monitor(App[None]):
    """Follows a project until one leaves; runs do not notice it."""

    CSS_PATH = "app.tcss"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {Commands}
    TITLE = "qmlops monitor"

    def __init__(self, project: Project, live: bool = True) -> None:
        colourless = "NO_COLOR" in os.environ
        super().__init__(ansi_color=True if colourless else None)
        self.register_theme(COLOURS)
        self.register_theme(SIXTEEN)
        self.theme = fitting(None if colourless else self.console.color_system if live else "truecolor").name
        self.deck = Deck(project, live)

    def get_default_screen(self) -> Screen[Any]:
        return self.deck

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """None beside our own."""
        return ()


def run(project: Project) -> int:
    """Show the project on this terminal until one leaves; gives the exit code.

    An error of ours leaves its traceback on the terminal, which is as it was before.
    """
    app = Monitor(project)
    app.run()
    return BUG if app.return_code else 0


def picture(project: Project, file: Path, size: tuple[int, int] = (120, 40)) -> None:
    """Write what a screen of so many columns and rows shows now, as SVG. Raises OSError where it cannot."""
    project.look_at_all()
    app, taken = Monitor(project, live=False), []

    async def take(pilot: Pilot[object]) -> None:
        await pilot.pause()
        taken.append(app.export_screenshot(title="qmlops monitor"))
        app.exit()

    app.run(headless=True, size=size, auto_pilot=take)
    file.write_text(taken[0], encoding="utf-8")
