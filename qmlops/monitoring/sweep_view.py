"""A sweep as its runs tell it: what varies, what came out, and which parameter it depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmlops.monitoring.explained import explained
from qmlops.monitoring.follow import Follower, read_or_empty
from qmlops.monitoring.track import SCORES
from qmlops.pipeline.folder import SWEEP

Value = float | str | None


@dataclass(frozen=True)
class SweepView:
    """A sweep's folder at one moment."""

    name: str
    """What a person types: the path below the runs."""
    overrides: Sequence[str]
    """What was asked, as it was typed."""
    members: Sequence[str] = ()
    """Names of the tracks of its runs, in the order of their numbers."""
    parameters: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    """The overrides that vary, one value a member; None where a member has none."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """By member, of those that have one."""
    score: str = ""
    """What the scores are: test_accuracy, energy, validation_accuracy or loss."""
    failed: Mapping[str, str] = field(default_factory=dict)
    """By member, why it failed; also of those that never came to an event and are no track."""
    asked: int | None = None
    """How many runs there will be, where that is known."""

    @property
    def begun(self) -> int:
        """How many runs there are so far, with those that failed before they were one."""
        return len({*self.members, *self.failed})

    @property
    def size(self) -> int:
        """How many there will be, as far as that is known."""
        return max(self.asked or 0, self.begun)

    @property
    def best(self) -> str | None:
        """The member with the best score: the highest accuracy, or the lowest energy or loss."""
        if not self.scores:
            return None
        pick = max if self.score.endswith("accuracy") else min
        return pick(self.scores, key=lambda member: self.scores[member])

    def importance(self) -> dict[str, tuple[float, float, float] | None]:
        """Share of the scores' variance that each parameter explains by itself, with a 95 % interval.

        The share is that of the runs (eta squared of a one-way analysis of variance, all else being
        noise); the interval is for the share that many more runs would show. None where too few runs
        have a score, or all have the same.
        """
        scored = [place for place, member in enumerate(self.members) if member in self.scores]
        scores = np.array([self.scores[self.members[place]] for place in scored])
        return {
            name: explained(_levels([values[place] for place in scored]), scores)
            for name, values in self.parameters.items()
        }


def view_of(name: str, folder: Path, runs: Sequence[Follower], failed: Mapping[str, str]) -> SweepView:
    """What the folder and its runs, as far as they were read, tell of a sweep; `failed` never came to an event."""
    runs = sorted(runs, key=lambda run: (len(run.name), run.name))
    told = [dict(word.split("=", 1) for word in _overrides(run.request) if "=" in word) for run in runs]
    keys = dict.fromkeys(key for values in told for key in values)
    varying = [key for key in keys if len({values.get(key) for values in told}) > 1]
    found = {run.name: score for run in runs if (score := run.track.score()) and isfinite(score[1])}
    judged = next((name for name in SCORES if any(name == kind for kind, _ in found.values())), "")
    swept = read_or_empty(folder / SWEEP)
    return SweepView(
        name,
        _overrides(swept),
        [run.name for run in runs],
        {key: [_value(values.get(key)) for values in told] for key in varying},
        {name: value for name, (kind, value) in found.items() if kind == judged},
        judged,
        {run.name: run.track.reason for run in runs if run.track.state == "failed"} | dict(failed),
        asked if isinstance(asked := swept.get("runs"), int) else None,
    )


def _overrides(request: Mapping[str, Any]) -> list[str]:
    words = request.get("overrides", [])
    return list(map(str, words)) if isinstance(words, list) else []


def _value(word: str | None) -> Value:
    try:
        return word if word is None else float(word)
    except ValueError:
        return word


def _levels(values: Sequence[Value]) -> NDArray[np.intp]:
    """A number for each value, equal for equal ones; of a scale that was sampled, for neighbouring ones."""
    names, levels = np.unique([str(value) for value in values], return_inverse=True)
    if 2 * len(names) <= len(values) or not all(isinstance(value, float) for value in values):
        return levels
    ranks = np.argsort(np.argsort(np.array(values, float), kind="stable"))
    return ranks * int(np.sqrt(len(values))) // max(len(values), 1)
