"""Threads that share an engine get the numbers that each would get alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

from qmlops.simulate.lanes import LaneEngine
from tests.simulate.programs import points_of, random_program
from tests.simulate.test_engine import REGIMES, in_regime

CALLERS, CALLS = 4, 25


@pytest.mark.parametrize("name", REGIMES)
def test_every_call_gives_its_own_points_numbers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    regime, least = REGIMES[name]
    in_regime(monkeypatch, regime)
    program = random_program(4, width=max(7, least), gates=60)
    engine, together = LaneEngine(program, "double"), Barrier(CALLERS)
    points = [points_of(program, 6, seed) for seed in range(CALLERS)]

    def numbers(caller: int) -> bytes:
        values, pullback = engine.vjp(points[caller])
        gradient = pullback(np.ones_like(values))
        found = (values, gradient, engine.values(points[caller]), engine.states(points[caller]))
        return b"".join(array.tobytes() for array in found)

    def call(caller: int) -> set[bytes]:
        together.wait(timeout=60)
        return {numbers(caller) for _ in range(CALLS)}

    alone = [{numbers(caller)} for caller in range(CALLERS)]
    with ThreadPoolExecutor(CALLERS) as threads:
        assert list(threads.map(call, range(CALLERS))) == alone
    assert len(set.union(*alone)) == CALLERS


def test_states_that_wait_for_a_pullback_are_not_touched_by_other_calls() -> None:
    program = random_program(4, width=5)
    engine = LaneEngine(program, "double")
    first, other = (points_of(program, 6, seed) for seed in (1, 2))
    values, pullback = engine.vjp(first)
    expected = pullback(np.ones_like(values))
    _, waits = engine.vjp(first)
    engine.vjp(other)[1](np.ones_like(values))
    engine.values(other)
    engine.states(other)
    assert waits(np.ones_like(values)).tobytes() == expected.tobytes()
