"""The pane of the log: what the run said, newest below."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size

from qmlops.monitoring.pane.base import ACCENT, MUTED, WARNING, Sheet, empty

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track

_STYLES = {"alert": WARNING, "command": ACCENT, "end": "bold", "job": "", "info": ""}


class Log(Sheet):
    """Follows the newest line until one scrolls up."""

    TITLE = "log"

    def __init__(self) -> None:
        super().__init__(id="log")
        self.words = ""
        """Only lines that have all of these words are shown."""

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        wanted = self.words.lower().split()
        lines = [_line(*entry) for entry in track.log if all(word in entry[2].lower() for word in wanted)]
        if lines:
            return lines
        if wanted:
            return empty(f"No line has {self.words!r}.", "Press / to look for something else.", size)
        return empty("The run has said nothing yet.", "Notes, jobs, alerts and answers to commands come here.", size)

    def redraw(self) -> None:
        at_end = self.scroll_offset.y >= self.max_scroll_y
        super().redraw()
        if at_end:
            self.scroll_end(animate=False, x_axis=False)


def _line(moment: float, level: str, text: str) -> Content:
    clock = time.strftime("%H:%M:%S", time.localtime(moment))
    first = text.replace("\n", "  ")
    return Content.assemble((clock, MUTED), "  ", (f"{level:<7}", MUTED), "  ", (first, _STYLES.get(level, "")))
