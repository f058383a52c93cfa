"""All members of a sweep at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size

from qmlops.monitoring.pane.base import Sheet, empty

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track


class Sweep(Sheet):
    TITLE = "Sweep"

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        return empty("This run belongs to no sweep.", "qmlops run -m +experiment=vqc seed=1,2,3", size)
