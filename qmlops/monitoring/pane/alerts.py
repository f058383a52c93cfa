"""What the run has raised the alarm about, and what it watches for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size

from qmlops.monitoring.pane.base import Sheet, empty

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track


class Alerts(Sheet):
    TITLE = "Alerts"

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        return empty("No alerts are declared.", "+alert@alerts.NAME=KIND declares one", size)
