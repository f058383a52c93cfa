"""The place where the run computes, and what is known of its health."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size

from qmlops.monitoring.pane.base import Sheet, empty

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track


class Device(Sheet):
    TITLE = "Device"

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        return empty("No device yet.", "It is told when the run starts.", size)
