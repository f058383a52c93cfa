"""This engine alone: gradient steps in the regime that it chooses or in another, timed in turn."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

import numpy as np
from circuits import Circuit
from peers.qmlops_engine import program_of

from qmlops.simulate.lanes import LaneEngine
from qmlops.simulate.regime import Regime, choose

Key = TypeVar("Key", bound=Hashable)
Step = Callable[[], object]


class Bench:
    """A circuit made ready once, for steps at any batch and regime."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.engine = LaneEngine(program_of(circuit), "single")

    def chosen(self, batch: int) -> Regime:
        """What the engine takes by itself."""
        return choose(self.circuit.width, batch, self.engine.operations)

    def step(self, batch: int, regime: Regime | None = None) -> Step:
        """Values and gradient at random points, in a regime or in the chosen one; runs once to warm up."""
        walk = self.engine._new_walk(regime or self.chosen(batch))
        random_ = random.Random(20260)
        symbols = len(self.circuit.inputs) + len(self.circuit.weights)
        points = np.array([[random_.uniform(-3, 3) for _ in range(symbols)] for _ in range(batch)])
        cotangent = np.full((batch, self.circuit.width), 1 / batch)

        def run() -> object:
            self.engine.by_rows[batch] = walk
            _, pullback = self.engine.vjp(points)
            return pullback(cotangent)

        run()
        return run


def in_turn(steps: Mapping[Key, Step], rounds: int, seconds: float) -> dict[Key, list[float]]:
    """Milliseconds of a step: the median of each round; in a round every step has its turn for some seconds."""
    found: dict[Key, list[float]] = {key: [] for key in steps}
    for _ in range(rounds):
        for key, step in steps.items():
            times: list[float] = []
            end = time.perf_counter() + seconds
            while len(times) < 3 or time.perf_counter() < end:
                begin = time.perf_counter()
                step()
                times.append(1e3 * (time.perf_counter() - begin))
            found[key].append(statistics.median(times))
    return found
