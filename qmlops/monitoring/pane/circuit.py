"""The circuit that is trained, with its angles as they are now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size

from qmlops.monitoring.pane.base import Sheet, empty

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track


class Circuit(Sheet):
    TITLE = "Circuit"

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        return empty("No circuit yet.", "It is drawn when the run starts.", size)
