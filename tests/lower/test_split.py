"""Works cut into requests: inside the limits, as few as can be, and joined to what they were."""

from __future__ import annotations

from itertools import pairwise

import cirq
import numpy as np
import pytest

from qmlops.core.observable import Observable, PauliSum, Projector
from qmlops.core.program import Program
from qmlops.core.target import Limits
from qmlops.core.work import Counts, Result, Work
from qmlops.lower.reading import circuits_of, shots_of
from qmlops.lower.split import join, split

OBSERVABLES = {1: ("Z0",), 2: ("Z0", "X0"), 3: ("X0 X1", "Y0 Y1", "Z1")}


def work(rows: int, bases: int, shots: int | None = 10, gates: int = 4, keep: bool = False) -> Work:
    """A work of so many points and bases; its points are numbered, so that each can be told."""
    circuit = cirq.Circuit([cirq.X(cirq.LineQubit(0))] * gates)
    observables: tuple[Observable, ...] = tuple(map(PauliSum.parse, OBSERVABLES[bases]))
    points = np.arange(rows, dtype=np.float64)[:, None] + 100 * bases
    return Work(Program(circuit, 2, ("x0",), (), observables), points, shots, seed=7, keep_counts=keep)


def measured(part: Work) -> Result:
    """What a device would read: numbers that tell which point they belong to."""
    columns = len(part.program.observables)
    values = part.points + np.arange(columns) / 10
    one = Counts(np.zeros((1, 2), dtype=np.uint8), np.ones(1))
    names = {1: 1, 2: 2, 3: 3}
    counts = tuple((one,) * len(part.points) for _ in range(names[columns])) if part.keep_counts else None
    return Result(values, values**2, circuits_of(part), shots_of(part), {"device": "test"}, counts)


@pytest.mark.parametrize("seed", range(40))
def test_parts_stay_inside_the_limits_in_as_few_requests_as_can_be_and_join_to_the_whole(seed: int) -> None:
    random = np.random.default_rng(seed)
    works = [
        work(int(random.integers(0, 9)), int(random.integers(1, 4)), random.choice([None, 5, 20]), keep=bool(seed % 2))
        for _ in range(int(random.integers(1, 6)))
    ]
    limits = Limits(
        circuits=int(random.integers(3, 20)),
        gates=int(random.integers(30, 200)) if seed % 3 else None,
        executions=int(random.integers(60, 300)) if seed % 2 else None,
    )
    requests = split(works, limits)
    for request in requests:
        assert request and all(name is None or used <= name for used, name in _use(request, limits))
    for earlier, later in pairwise(requests):
        first = later[0]
        more = [*earlier, Work(first.program, first.points[:1], first.shots)]
        assert any(bound is not None and used > bound for used, bound in _use(more, limits))
    parts = [part for request in requests for part in request]
    for whole, joined in zip(works, join(works, parts, list(map(measured, parts))), strict=True):
        alone = measured(whole)
        np.testing.assert_array_equal(joined.values, alone.values)
        np.testing.assert_array_equal(joined.variances, alone.variances)
        assert (joined.circuits, joined.shots) == (alone.circuits, alone.shots)
        assert (joined.counts is None) == (alone.counts is None)
        if joined.counts is not None and alone.counts is not None:
            assert [len(read) for read in joined.counts] == [len(read) for read in alone.counts]


def _use(request: list[Work], limits: Limits) -> list[tuple[int, int | None]]:
    """What a request takes of each limit, counted circuit by circuit."""
    circuits = sum(map(circuits_of, request))
    gates = 0
    for item in request:
        turns = sum(
            name in text for text in OBSERVABLES[len(item.program.observables)] for name in ("X0", "X1", "Y0", "Y1")
        )
        gates += len(item.points) * turns
        gates += circuits_of(item) * sum(1 for _ in item.program.circuit.all_operations())
    return [(circuits, limits.circuits), (gates, limits.gates), (sum(map(shots_of, request)), limits.executions)]


def test_without_limits_all_works_are_one_request_and_uncut() -> None:
    works = [work(5, 2), work(3, 1)]
    (request,) = split(works, Limits())
    assert [id(item) for item in request] == [id(item) for item in works]


def test_points_that_fit_no_request_stand_alone() -> None:
    requests = split([work(3, 2), work(2, 1)], Limits(circuits=1))
    assert [[len(part.points) for part in request] for request in requests] == [[1]] * 5


def test_a_work_without_shots_needs_none_of_those_that_are_used_up() -> None:
    requests = split([work(2, 1, shots=10), work(4, 1, shots=None)], Limits(executions=20))
    assert len(requests) == 1


def test_parts_of_one_work_are_drawn_independently_and_the_same_each_time() -> None:
    seeds = [part.seed for request in split([work(6, 1)], Limits(circuits=2)) for part in request]
    assert len(set(seeds)) == 3
    assert seeds == [part.seed for request in split([work(6, 1)], Limits(circuits=2)) for part in request]


def test_a_work_without_points_gives_no_rows() -> None:
    works = [work(0, 2, keep=True), work(1, 1)]
    (request,) = split(works, Limits())
    empty, other = join(works, request, list(map(measured, request)))
    assert (empty.values.shape, other.values.shape) == ((0, 2), (1, 1))
    assert empty.counts == ((), ())


def test_projectors_are_measured_with_the_letters_z() -> None:
    observables: tuple[Observable, ...] = (Projector(((0, 1),)), PauliSum.parse("Z0"))
    both = Work(Program(cirq.Circuit(), 1, (), (), observables), np.zeros((4, 0)), 5)
    assert [len(request[0].points) for request in split([both], Limits(circuits=2))] == [2, 2]
