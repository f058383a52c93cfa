"""What the run has sent to providers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size

from qmlops.monitoring.pane.base import Sheet, empty

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track


class Jobs(Sheet):
    TITLE = "Jobs"

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        return empty("No jobs.", "qmlops run +experiment=vqc backend=ionq", size)

    def selected(self) -> str | None:
        """The token of the job that a person has picked; None where there is none to cancel."""
        return None
