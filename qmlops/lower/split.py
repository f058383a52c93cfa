"""Works cut into the requests that a provider's limits allow, and their results joined again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from qmlops.core.seed import draw
from qmlops.core.target import Limits
from qmlops.core.work import Result, Work
from qmlops.lower.basis import bases


def split(works: Sequence[Work], limits: Limits) -> list[list[Work]]:
    """Requests in order, each filled before the next one is begun; works are cut between two points.

    A point that is too large for any request stands alone; `validate` is where that is refused.
    """
    requests: list[list[Work]] = [[]]
    room = _Room(limits)
    for work in works:
        begin = 0
        while begin < len(work.points):
            fitting = room.points(work)
            if not fitting and requests[-1]:
                requests.append([])
                room = _Room(limits)
                continue
            end = min(len(work.points), begin + max(1, fitting))
            whole = begin == 0 and end == len(work.points)
            requests[-1].append(work if whole else _part(work, begin, end))
            room.take(work, end - begin)
            begin = end
    return [request for request in requests if request]


def split_alike(works: Sequence[Work], limits: Limits) -> list[list[Work]]:
    """The same where all works of a request need one number of shots."""
    return [job for _, alike in groupby(works, lambda work: work.shots) for job in split(list(alike), limits)]


def _part(work: Work, begin: int, end: int) -> Work:
    """Some points of a work, with a seed of their own: its parts are drawn independently."""
    seed = draw(work.seed, "rows", begin) if begin else work.seed
    return replace(work, points=work.points[begin:end], seed=seed)


def join(works: Sequence[Work], parts: Sequence[Work], results: Sequence[Result]) -> list[Result]:
    """The results of works from those of their parts, in the order in which `split` gave them."""
    assert len(parts) == len(results)
    joined, position = [], 0
    for work in works:
        begin, rows = position, 0
        while rows < len(work.points):
            rows += len(parts[position].points)
            position += 1
        joined.append(_stacked(results[begin:position]) if rows else _nothing(work))
    return joined


def _nothing(work: Work) -> Result:
    """The result of a work without points, which no request holds."""
    empty = np.zeros((0, len(work.program.observables)))
    counts = tuple(() for _ in bases(work.program.observables)) if work.keep_counts else None
    return Result(empty, empty, 0, counts=counts)


def _stacked(results: Sequence[Result]) -> Result:
    """Rows of one work below each other."""
    if len(results) == 1:
        return results[0]
    kept = [result.counts for result in results]
    bases_of = zip(*(counts for counts in kept if counts is not None), strict=True)
    counts = tuple(tuple(item for part in basis for item in part) for basis in bases_of) if None not in kept else None
    return Result(
        np.concatenate([result.values for result in results]),
        np.concatenate([result.variances for result in results]),
        sum(result.circuits for result in results),
        sum(result.shots for result in results),
        results[0].provenance,
        counts,
    )


class _Room:
    """What is left of a request's limits."""

    def __init__(self, limits: Limits) -> None:
        self.left = {"circuits": limits.circuits, "gates": limits.gates, "executions": limits.executions}

    def points(self, work: Work) -> int:
        """How many points of a work still fit."""
        needs = _needs(work)
        fits = [left // needs[name] for name, left in self.left.items() if left is not None and needs[name]]
        return max(0, min([len(work.points), *fits]))

    def take(self, work: Work, points: int) -> None:
        needs = _needs(work)
        self.left = {name: None if left is None else left - points * needs[name] for name, left in self.left.items()}


def _needs(work: Work) -> dict[str, int]:
    """What one point of a work takes of each limit."""
    measured = bases(work.program.observables)
    turns = sum(letter != "Z" for basis in measured for letter in basis.letters.values())
    gates = len(measured) * sum(1 for _ in work.program.circuit.all_operations()) + turns
    return {"circuits": len(measured), "gates": gates, "executions": len(measured) * (work.shots or 0)}
