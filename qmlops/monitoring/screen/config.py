"""The pane of the composed config, as YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.geometry import Size

from qmlops.monitoring.pane.base import ACCENT, MUTED, Sheet, empty

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track


class Config(Sheet):
    """Every key of the run's config; with words, the lines that have them, each with the keys above it."""

    TITLE = "config"

    def __init__(self) -> None:
        super().__init__(id="config")
        self.words = ""
        self._written: tuple[Mapping[str, Any], list[str]] = ({}, [])

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        if not track.config:
            return empty("The run has not told its config yet.", "It does when it starts.", size)
        if track.config is not self._written[0]:
            self._written = track.config, written(track.config)
        lines = found(self._written[1], self.words)
        if not lines:
            return empty(f"No line has {self.words!r}.", "Press / to look for something else.", size)
        return [_coloured(line) for line in lines]


def written(config: Mapping[str, Any]) -> list[str]:
    """The lines of a config as YAML."""
    import yaml

    text: str = yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True, default_flow_style=None, width=100)
    return text.splitlines()


def found(lines: Sequence[str], words: str) -> list[str]:
    """The lines that have all words, each after the lines that it is indented below."""
    wanted = words.lower().split()
    shown: list[str] = []
    above: list[tuple[str, bool]] = []
    for line in lines:
        depth = len(line) - len(line.lstrip())
        above = [(other, told) for other, told in above if len(other) - len(other.lstrip()) < depth]
        if all(word in line.lower() for word in wanted):
            shown += [other for other, told in above if not told]
            above = [(other, True) for other, _ in above]
            shown.append(line)
            above.append((line, True))
        else:
            above.append((line, False))
    return shown


def _coloured(line: str) -> Content:
    key, colon, value = line.partition(":")
    if not colon:
        return Content(line)
    return Content.assemble((key, ACCENT), (colon, MUTED), value)
