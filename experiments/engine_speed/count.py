"""What a gradient step really computes and moves: the kernels, run in Python on vectors that count.

    python count.py WIDTH BATCH THREADS

With the compiler off, a kernel is a Python function; every load, store and arithmetic operation
on a vector of sixteen floats that it calls is counted, by the array that it reaches for. So what
is counted is what the tape of the case makes the kernels do, cross terms, tables and tails
included, and no formula can disagree with it. Scalars, addresses and shuffles are not counted.
Of a large state's blocks, the first and the last stand for all: a phase of the ring looks at one of
the bits that tell blocks apart, which is zero in the first and one in the last.
Prints JSON, see `count`. Takes up to ten seconds.
"""

from __future__ import annotations

import counting

# isort: split
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from case import Case
from peers.qmlops_engine import program_of

from qmlops.simulate import walk
from qmlops.simulate.kernel import sweep
from qmlops.simulate.lanes import LaneEngine
from qmlops.simulate.part import Part
from qmlops.simulate.pool import Pool
from qmlops.simulate.regime import choose
from qmlops.simulate.stage import Stage


class CountingPool(Pool):
    """Hands out states under their name."""

    def take(self, *shape: int) -> Any:
        return counting.named(super().take(*shape), "state")


class CountingWalk(walk.Walk):
    """Calls the kernels as functions; of each stage of a large state, counts two blocks for all."""

    def _forward(self, worker: int, points: Any, held: walk.Held, sums: Any, part: Part) -> Callable[[], None]:
        scratch, buffer, _, line, constant = self.room[worker]
        given = (self.tape.table, self.tape.reals, self.strengths, points, part, *held[:2], sums)
        return partial(sweep.forward, *given, self.found[worker], scratch, buffer, line, constant)

    def _backward(
        self, worker: int, points: Any, cotangent: Any, held: walk.Held, costate: Any, gradient: Any, part: Part, _: int
    ) -> Callable[[], None]:
        given = (self.tape.table, self.tape.reals, self.strengths, points, cotangent, part, *held, costate)
        ends = (self.above[worker], self.below[worker])
        return partial(sweep.backward, *given, gradient.reshape(-1), self.found[worker], *self.room[worker][:3], *ends)

    def _each(
        self,
        stage: Stage,
        group: int,
        task: Callable[[int, Part], Callable[[], None]],
        opens: int = 0,
        closes: int = 0,
    ) -> None:
        if stage.first == stage.last:
            super()._each(stage, group, task, opens, closes)
            return
        blocks = 1 << (self.rows - stage.bits)
        before = Counter(counting.COUNTS)
        span = (self.begin + stage.first, self.begin + stage.last)
        for block in (0, blocks - 1):
            task(0, Part(opens, closes, *span, block, block + 1, stage.bits, stage.shift, group, 1 << 62, 0))()
        for name, number in counting.COUNTS.items():
            counting.COUNTS[name] += (number - before[name]) * (blocks - 2) // 2


def count(case: Case) -> dict[str, Any]:
    """`counts` of vectors (see counting.py) in a step, the bytes of a `state`, its `stages`, and the regime."""
    engine = LaneEngine(program_of(case.build()))
    inputs, weights = case.points()
    points = np.array([row + weights for row in inputs])
    regime = choose(case.width, case.batch, engine.operations)
    tape = engine._tape(regime)
    walked = CountingWalk(tape, engine.strengths, points.shape[1], regime, CountingPool(engine.dtype))
    walked.tape = tape._replace(table=tape.table.astype(object), reals=tape.reals.astype(object))
    walked.room = [
        (scratch, counting.named(block, "block"), counting.named(coblock, "block"), line, constant)
        for scratch, block, coblock, line, constant in walked.room
    ]
    held = walked.take(case.batch)
    held = held._replace(coefficients=counting.named(held.coefficients, "table"))
    walked.forward(points, held)
    held.sums[:] = 1
    walked.backward(points, np.ones((case.batch, case.width)), held, len(inputs[0]))
    state = held.states[0].nbytes
    return {"counts": dict(counting.COUNTS), "state": state, "stages": len(tape.stages), **asdict(regime)}


def _one_after_the_other(task: Callable[[int], None], workers: int) -> None:
    for worker in range(workers):
        task(worker)


if __name__ == "__main__":
    width, batch, threads = map(int, sys.argv[1:])
    os.environ["QMLOPS_THREADS"] = str(threads)
    walk.together = _one_after_the_other
    print(json.dumps(count(Case("ring", width, batch))))
