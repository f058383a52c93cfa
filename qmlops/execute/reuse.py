"""Work that was measured before: which results answer it, what is still to be drawn, and how draws are pooled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from qmlops.core.account import Reuse
from qmlops.core.work import Array, Counts, Result, Work
from qmlops.execute.ledger import Entry
from qmlops.lower.basis import bases
from qmlops.lower.reading import result_of


@dataclass(frozen=True)
class Answered:
    """What the journal has of a request."""

    tokens: tuple[str, ...] = ()
    """Whose results answer it, or are part of the answer."""
    missing: int | None = None
    """Shots a circuit that are still to be drawn; None: the request itself says how many."""
    whole: bool = False
    """Whether nothing is to be drawn."""


def answered(policy: Reuse, each: int | None, draw: str, alike: Sequence[Entry], least: int, seeded: bool) -> Answered:
    """What earlier measurements of equal content give to a request for `each` shots a circuit.

    Exact values answer freely. Shots answer where they are of the same draw: an equal seed names
    the same one. `replay` wants exactly as many; `top_up` takes all that there are and draws the
    rest, at least `least` of them. Where a place is `seeded`, two draws by one seed are one draw.
    """
    if each is None:
        exact = [entry.token for entry in alike if entry.each is None]
        return Answered(tuple(exact[:1]), whole=bool(exact))
    same = [entry for entry in alike if entry.draw == draw and entry.each is not None]
    if policy == "replay":
        for entry in same:
            if entry.each == each:
                return Answered((*json.loads(entry.pooled), entry.token), whole=True)
    if policy == "top_up" and same:
        tokens, seeds, have = [], set(), 0
        for entry in same:
            if have >= each:
                break
            seed = json.loads(entry.works)[0]["seed"]
            if seeded and seed in seeds:
                continue
            seeds.add(seed)
            tokens.append(entry.token)
            have += drawn(entry)
        return Answered(tuple(tokens), max(least, each - have), have >= each)
    return Answered()


def drawn(entry: Entry) -> int:
    """Shots of each circuit that a job drew by itself, without what it was pooled with."""
    return int(json.loads(entry.works)[0]["shots"])


def pooled(works: Sequence[Work], draws: Sequence[Sequence[Result]]) -> list[Result]:
    """Results of several draws of the same works as one, in the order of the works."""
    if len(draws) == 1:
        return [_fitting(work, result) for work, result in zip(works, draws[0], strict=True)]
    return [_pooled(work, [draw[number] for draw in draws]) for number, work in enumerate(works)]


def _fitting(work: Work, result: Result) -> Result:
    return result if work.keep_counts else replace(result, counts=None)


def _pooled(work: Work, draws: Sequence[Result]) -> Result:
    """By the counts, where all draws have them, as one long draw gives; otherwise by their moments.

    Moments alone are as exact where each observable is read in one basis. Where it is read in
    several, the variance is that of a mean of independent estimates, weighted by their shots.
    """
    counts = [draw.counts for draw in draws]
    shots = [draw.shots / max(1, draw.circuits) for draw in draws]
    circuits, total = sum(draw.circuits for draw in draws), sum(draw.shots for draw in draws)
    told = draws[0].provenance
    if all(item is not None for item in counts):
        read = [
            [_joined(outcomes) for outcomes in zip(*basis, strict=True)]
            for basis in zip(*(item for item in counts if item is not None), strict=True)
        ]
        return replace(_fitting(work, result_of(work, read, told)), circuits=circuits, shots=total)
    values, variances = draws[0].values, draws[0].variances
    merge = _one_basis if len(bases(work.program.observables)) == 1 else _weighted
    have = shots[0]
    for draw, more in zip(draws[1:], shots[1:], strict=True):
        variances = merge(values, variances, have, draw, more)
        values, have = (have * values + more * draw.values) / (have + more), have + more
    return Result(values, variances, circuits, total, told)


def _joined(outcomes: Sequence[Counts]) -> Counts:
    """The outcomes of one circuit in several draws, each once."""
    every = np.concatenate([item.bits for item in outcomes])
    bits, places = np.unique(every, axis=0, return_inverse=True)
    numbers = np.zeros(len(bits))
    np.add.at(numbers, places.ravel(), np.concatenate([item.numbers for item in outcomes]))
    return Counts(bits, numbers)


def _one_basis(values: Array, variances: Array, have: float, draw: Result, more: float) -> Array:
    """The spread of all shots together: within both draws, and between their means."""
    total = have + more
    within = have * _spread(variances, have) + more * _spread(draw.variances, more)
    between = have * more / total * (values - draw.values) ** 2
    pooled: Array = (within + between) / total / (total - 1)
    return pooled


def _spread(variances: Array, shots: float) -> Array:
    """Of single shots; one shot shows none."""
    return variances * (shots - 1) if shots > 1 else np.zeros_like(variances)


def _weighted(values: Array, variances: Array, have: float, draw: Result, more: float) -> Array:
    weighted: Array = (have**2 * variances + more**2 * draw.variances) / (have + more) ** 2
    return weighted
