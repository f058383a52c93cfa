"""The state at the end of the circuit: on each wire, in its outcomes, and across its cuts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size

from qmlops.monitoring.pane.base import Sheet, empty

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track


class State(Sheet):
    TITLE = "State"

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        return empty("No state was looked at yet.", "See monitor.share in the config.", size)
