"""What runs tell, as lines that go on: JSON for scripts, sentences for a screen reader."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from qmlops.core.event import Stamped, plain
from qmlops.monitoring.figure import lasting
from qmlops.monitoring.line import told
from qmlops.monitoring.project import Project
from qmlops.monitoring.track import Track

SCHEMA = 1
_PATIENCE_SECONDS = 10.0
"""After the last run of a sweep has ended: the next one may be about to begin."""
_PROGRESS_SECONDS = 5.0

Rest = Callable[[], object]
"""Waits until it is worth looking again; raises what ends the stream."""


def as_json(names: Sequence[str], rest: Rest, folder: Path = Path()) -> Iterator[str]:
    """Every event of the named runs and sweeps from the first on, a JSON object each, until all have ended.

    `run` is the name by which the monitor knows it, `event` and `time` are as in the event's line, and
    `fields` is the rest of it. Where a file was replaced, its events come again.
    """
    fresh: list[str] = []

    def hear(track: Track, stamped: Stamped) -> None:
        head = {"schema": SCHEMA, "run": track.name, "event": type(stamped.event).__name__, "time": stamped.time}
        fresh.append(json.dumps(head | {"fields": plain(asdict(stamped.event))}, separators=(",", ":")))

    for _ in _looks(Project(folder, names, hear), rest):
        yield from fresh
        fresh.clear()


def as_text(names: Sequence[str], rest: Rest, folder: Path = Path()) -> Iterator[str]:
    """A sentence whenever something happens, and for each run that takes steps one every five seconds.

    What happened before is one sentence a run. Without names all runs are followed, and there is no end.
    """
    heard: list[tuple[str, str]] = []

    def hear(track: Track, stamped: Stamped) -> None:
        if (line := told(stamped.event)) is not None:
            heard.append((track.name, f"alert: {line[1]}" if line[0] == "alert" else line[1]))

    project = Project(folder, names, hear)
    project.look_at_all()
    heard = [(name, _sentence(track)) for name, track in project.tracks.items()]
    if not heard:
        yield "No run yet. Start one with: qmlops run +experiment=vqc"
    states = {name: track.state for name, track in project.tracks.items()}
    said = dict.fromkeys(project.tracks, time.monotonic())
    for changed in _looks(project, rest, forever=not names):
        now = time.monotonic()
        for name in changed & project.tracks.keys():
            track = project.tracks[name]
            due = track.state == "running" and now - said.setdefault(name, now) >= _PROGRESS_SECONDS
            if due or (track.state == "dead" != states.get(name)):
                heard.append((name, _sentence(track)))
                said[name] = now
            states[name] = track.state
        for name, text in heard:
            yield f"{name}: {text}" if len(project.tracks) > 1 or not names else text
        heard.clear()


def _looks(project: Project, rest: Rest, forever: bool = False) -> Iterator[set[str]]:
    """What each look has changed, until nobody works on any of the runs."""
    alive = time.monotonic()
    while True:
        yield project.look()
        if project.behind:
            continue
        if any(track.alive for track in project.tracks.values()):
            alive = time.monotonic()
        elif not forever and time.monotonic() - alive >= (_PATIENCE_SECONDS if project.sweeps else 0.0):
            return
        rest()


def _sentence(track: Track) -> str:
    """State, step, scores and time left, in words."""
    words = [f"{track.experiment or 'a run'} is {track.state}", f"step {track.step} of {track.steps}"]
    for name in ("loss", "validation_accuracy"):
        if name in track.series and (last := track.series[name].last) is not None:
            words.append(f"{name.replace('_', ' ')} {last:.4f}")
    if (score := track.score()) is not None and score[0] in track.scores:
        words.append(f"{score[0].replace('_', ' ')} {score[1]:.4f}")
    if (left := track.left()) is not None:
        words.append(f"{lasting(left)} left")
    return ", ".join(words)
