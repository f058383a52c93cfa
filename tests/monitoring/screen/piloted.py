"""The dashboard under a pilot, and what stands on its screen."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree import ElementTree

from textual.pilot import Pilot

from qmlops.monitoring.project import Project
from qmlops.monitoring.screen.app import Monitor
from qmlops.monitoring.screen.deck import Deck

_SVG = "{http://www.w3.org/2000/svg}"
_CELL = 12.2
"""Width of a cell in the pictures of Textual."""


@asynccontextmanager
async def shown(root: Path, size: tuple[int, int] = (120, 40), live: bool = False) -> AsyncIterator[tuple[Pilot, Deck]]:
    """The dashboard of a project, whose files were read once, and go on being read where it is `live`."""
    project = looked(root)
    app = Monitor(project, live=live)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield pilot, app.deck


def looked(root: Path) -> Project:
    """A project whose files were read."""
    project = Project(root)
    project.look_at_all()
    return project


async def settled(pilot: Pilot) -> None:
    """Wait for what a key began: threads that write, and the screen."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def screen(pilot: Pilot) -> list[str]:
    """The lines of text on the screen."""
    return lines_of(pilot.app.export_screenshot())


def lines_of(svg: str) -> list[str]:
    """The lines of text in a picture of a terminal."""
    rows: dict[int, dict[int, str]] = {}
    for item in ElementTree.fromstring(svg).iter(f"{_SVG}text"):
        found = re.search(r"line-(\d+)", item.get("clip-path", ""))
        if found and item.text:
            rows.setdefault(int(found[1]), {})[round(float(item.get("x", 0)) / _CELL)] = item.text.replace("\xa0", " ")
    return [_joined(rows.get(row, {})) for row in range(max(rows) + 1)]


def _joined(parts: dict[int, str]) -> str:
    line = ""
    for column in sorted(parts):
        line = line.ljust(column) + parts[column]
    return line.rstrip()
