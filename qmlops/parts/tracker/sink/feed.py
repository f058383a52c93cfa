"""A run folder as MLflow sees it: points, params, tags. Imports no MLflow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from qmlops.core.event import RunEnded, RunStarted, Stamped, StepDone
from qmlops.core.sight import StateSeen
from qmlops.core.tail import Tail
from qmlops.parts.tracker.sink.sender import shown

VALUE_LIMIT = 6000
"""Characters of a param or tag that MLflow keeps."""
_KEY_LIMIT = 250


class Point(NamedTuple):
    """One value of one metric."""

    key: str
    value: float
    moment: int
    """Milliseconds since 1970."""
    step: int


@dataclass
class Feed:
    """Reads a run's events as they come; a step that is computed twice gives its points twice."""

    folder: Path
    started: RunStarted | None = None
    """The newest one, after a resumption too."""
    began: int = 0
    """When the run first started, in milliseconds since 1970."""
    ended: RunEnded | None = None
    ended_at: int = 0
    points: list[Point] = field(default_factory=list)
    """Of the steps and of looks at the state, oldest first; the reader takes away what it has sent."""
    _step: int = 0
    _keys: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._tail = Tail(self.folder)

    def read(self) -> None:
        """Take in what was appended since the last time."""
        events = self._tail.read()
        while events or self._tail.behind:
            for stamped in events:
                self._take(stamped)
            events = self._tail.read()

    def final(self) -> list[Point]:
        """The metrics of the end; `final_` stands before a name that the steps use too."""
        if self.ended is None:
            return []
        names = {key: "final_" + key if clean(key) in self._keys else key for key in self.ended.metrics}
        return [Point(clean(names[key]), value, self.ended_at, self._step) for key, value in self.ended.metrics.items()]

    def _take(self, stamped: Stamped) -> None:
        event, moment = stamped.event, round(stamped.time * 1000)
        if isinstance(event, RunStarted):
            self.began = self.began or moment
            self.started, self.ended = event, None
        elif isinstance(event, StepDone | StateSeen):
            fresh = [Point(clean(key), value, moment, event.step) for key, value in event.metrics.items()]
            self.points += fresh
            self._keys.update(point.key for point in fresh)
            self._step = max(self._step, event.step)
        elif isinstance(event, RunEnded):
            self.ended, self.ended_at = event, moment


def params(config: Mapping[str, Any]) -> dict[str, str]:
    """A config with one key path an entry; lists stay whole, as JSON. Passwords in addresses are left out."""
    return {clean(key): shown(_text(value))[:VALUE_LIMIT] for key, value in _leaves(config, "")}


def tags(started: RunStarted) -> dict[str, str]:
    """The tags of the spec, then ours: the folder's name, the seed, the versions."""
    given = started.config.get("tags") or {}
    own = {"qmlops.name": started.name, "qmlops.seed": started.seed}
    found = {f"qmlops.version.{package}": version for package, version in started.versions.items()}
    written = dict(params(given)) if isinstance(given, Mapping) else {"tags": _text(given)}
    return written | {clean(key): _text(value)[:VALUE_LIMIT] for key, value in (own | found).items()}


def clean(key: str) -> str:
    """A name that MLflow takes: letters, digits and `_-. :/`."""
    return re.sub(r"[^\w\-. :/]", "_", key, flags=re.ASCII)[:_KEY_LIMIT].strip("/.") or "_"


def _leaves(node: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
