"""A sweep as its runs tell it: what varies, what came out, and which parameter it depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qmlops.monitoring.follow import Follower, read_or_empty
from qmlops.monitoring.track import SCORES
from qmlops.pipeline.folder import SWEEP
from qmlops.pipeline.interval import LEVEL

Value = float | str | None
_DRAWS = 1000
_SEED = 20_180_306


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
    """By member, why it failed."""

    @property
    def best(self) -> str | None:
        """The member with the best score: the highest accuracy, or the lowest energy or loss."""
        if not self.scores:
            return None
        pick = max if self.score.endswith("accuracy") else min
        return pick(self.scores, key=lambda member: self.scores[member])

    def importance(self) -> dict[str, tuple[float, float, float] | None]:
        """Share of the scores' variance that each parameter's main effect explains, with a 95 % bootstrap interval."""
        scored = [place for place, member in enumerate(self.members) if member in self.scores]
        scores = np.array([self.scores[self.members[place]] for place in scored])
        found: dict[str, tuple[float, float, float] | None] = {}
        for name, values in self.parameters.items():
            levels = np.unique([str(values[place]) for place in scored], return_inverse=True)[1]
            found[name] = _importance(levels, scores)
        return found


def view_of(name: str, folder: Path, runs: Sequence[Follower]) -> SweepView:
    """What the folder and its runs, as far as they were read, tell of a sweep."""
    runs = sorted(runs, key=lambda run: (len(run.name), run.name))
    told = [dict(word.split("=", 1) for word in run.request.get("overrides", []) if "=" in word) for run in runs]
    keys = dict.fromkeys(key for values in told for key in values)
    varying = [key for key in keys if len({values.get(key) for values in told}) > 1]
    found = {run.name: score for run in runs if (score := run.track.score()) is not None}
    judged = next((name for name in SCORES if any(name == kind for kind, _ in found.values())), "")
    return SweepView(
        name,
        [str(word) for word in read_or_empty(folder / SWEEP).get("overrides", [])],
        [run.name for run in runs],
        {key: [_number(values.get(key)) for values in told] for key in varying},
        {name: value for name, (kind, value) in found.items() if kind == judged},
        judged,
        {run.name: run.track.reason for run in runs if run.track.state == "failed"},
    )


def _number(word: str | None) -> Value:
    try:
        return word if word is None else float(word)
    except ValueError:
        return word


def _importance(levels: NDArray[np.intp], scores: NDArray[np.float64]) -> tuple[float, float, float] | None:
    count = int(levels.max(initial=-1)) + 1
    if count < 2 or len(scores) < count + 2:
        return None
    draws = np.random.default_rng(_SEED).integers(len(scores), size=(_DRAWS, len(scores)))
    low, high = np.quantile(_shares(levels[draws], scores[draws], count), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(_shares(levels[None], scores[None], count)[0]), float(low), float(high)


def _shares(levels: NDArray[np.intp], scores: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Eta squared of each row: the variance of the levels' means over that of all scores; 0 where all are equal.

    All draws at once, because a screen asks for it whenever a score has changed.
    """
    rows = len(levels)
    cells = (levels + count * np.arange(rows)[:, None]).ravel()
    apart = scores - scores.mean(axis=1, keepdims=True)
    sizes = np.bincount(cells, minlength=rows * count).reshape(rows, count)
    sums = np.bincount(cells, apart.ravel(), rows * count).reshape(rows, count)
    total = (apart**2).sum(axis=1)
    between = (sums**2 / np.maximum(sizes, 1)).sum(axis=1)
    shares: NDArray[np.float64] = np.divide(between, total, out=np.zeros(rows), where=total > 0)
    return shares
