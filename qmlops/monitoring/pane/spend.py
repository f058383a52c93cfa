"""What was spent, of what may be, and where that leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size

from qmlops.monitoring.pane.base import Sheet, empty

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track


class Spend(Sheet):
    TITLE = "Spend"

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        return empty("Nothing was spent.", "budget.usd=10 allows a run to spend", size)
