"""What is said aloud of runs while one looks: answers to commands, alerts with their bell, and ends."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from qmlops.core.event import Stamped
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track

Severity = Literal["information", "warning", "error"]
_MOST = 3
"""Of one run at one look; all of them are in its log."""


class News:
    """Tells each line of a log once, and none from before `since`."""

    def __init__(self, since: float) -> None:
        self.since = since
        self._heard: dict[str, tuple[float, str, str]] = {}
        self._rung = since
        """The moment of the newest alert that has rung."""

    def of(self, project: Project, changed: Collection[str]) -> list[tuple[str, Severity]]:
        """What is new of the runs that changed, oldest first."""
        tracks = [project.tracks[name] for name in sorted(changed) if name in project.tracks]
        return [told for track in tracks for told in self._of(track)]

    def rings(self, project: Project, changed: Collection[str]) -> bool:
        """Whether an alert of these runs that rings the bell is newer than the last one that rang."""
        tracks = [project.tracks[name] for name in changed if name in project.tracks]
        found = [alert.time for track in tracks for alert in track.alerts if "bell" in _actions(alert)]
        newest = max(found, default=self._rung)
        before, self._rung = self._rung, max(self._rung, newest)
        return newest > before

    def _of(self, track: Track) -> Iterator[tuple[str, Severity]]:
        heard = self._heard.get(track.name)
        lines = list(takewhile(lambda line: line is not heard, reversed(track.log)))
        if track.log:
            self._heard[track.name] = track.log[-1]
        told = [line for line in lines if line[0] >= self.since and line[1] in ("command", "alert", "end")]
        for _, level, text in reversed(told[:_MOST]):
            yield f"{track.name}\n{text}", _severity(level, track)


def _actions(alert: Stamped) -> Sequence[object]:
    found = getattr(alert.event, "actions", ())
    return found if isinstance(found, Sequence) else ()


def _severity(level: str, track: Track) -> Severity:
    if level == "alert":
        return "warning"
    return "error" if level == "end" and track.state in ("failed", "refused") else "information"
