"""A walk: one tape at some number of points, forward to values and back to gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmlops.core.work import Array
from qmlops.simulate.crew import together
from qmlops.simulate.kernel.sweep import Part, backward, forward
from qmlops.simulate.kernel.vector import LANES
from qmlops.simulate.pool import Pool, aligned
from qmlops.simulate.regime import Regime
from qmlops.simulate.stage import Stage
from qmlops.simulate.tape import COEFFICIENTS, LANE, LOW, OPERATIONS, ROW, SLOTS, Tape

Buffer = NDArray[np.floating[Any]]


class Walk:
    """Runs a tape in a regime. One call at a time: the scratch memory is its own."""

    def __init__(self, tape: Tape, strengths: Array, regime: Regime, pool: Pool) -> None:
        self.tape, self.strengths, self.regime, self.pool = tape, strengths, regime, pool
        table = tape.table
        self.rows, self.low = int(table[0, ROW]), int(table[0, LOW])
        self.width = 1 if table[0, LANE] else LANES
        high = self.rows - self.low
        deepest = max(self.low, high, 4)
        found = max(int(table[0, SLOTS]), len(strengths) + 1)
        bits = min(stage.bits for stage in tape.stages)
        staged = (2 << bits) * LANES if regime.staged else LANES
        workers = regime.threads
        self.scratch = self._room((4 << deepest) + 4 * deepest + 8)
        self.found = self._room(found)
        self.below = self._room((2 << self.low) + 2 * LANES)
        self.above = self._room(2 << high)
        self.buffers = [aligned((staged,), pool.dtype) for _ in range(2 * workers)]

    def _room(self, vectors: int) -> list[Buffer]:
        return [aligned((vectors * LANES,), self.pool.dtype) for _ in range(self.regime.threads)]

    def take(self, points: int) -> tuple[Buffer, Buffer]:
        """States and coefficients for so many points, to be given to `forward` and then to `backward`."""
        groups = -(-points // self.width)
        size = int(self.tape.table[0, COEFFICIENTS])
        return self.pool.take(groups, (2 << self.rows) * LANES), self.pool.take(groups, size * LANES)

    def give(self, held: tuple[Buffer, Buffer]) -> None:
        for array in held:
            self.pool.give(array)

    def forward(self, angles: Array, held: tuple[Buffer, Buffer]) -> Array:
        """Values [rows × observables + 1], not normalised, the norm last; the states wait in `held`."""
        self.constant = (angles == angles[:1]).all(axis=0)
        if self.regime.staged:
            return self._staged_forward(angles, held)
        workers = self.regime.threads
        values = np.zeros((len(angles), self.strengths.shape[1] + 1))

        def run(worker: int) -> None:
            self._forward(worker, angles, held, self._part(worker, workers), values)

        together(run, workers)
        return values

    def backward(self, cotangent: Array, held: tuple[Buffer, Buffer], angles: int) -> Array:
        """The gradient in the angles [rows × angles]; the states are used up."""
        if self.regime.staged:
            return self._staged_backward(cotangent, held, angles)
        workers = self.regime.threads
        gradient = np.zeros((len(cotangent), angles))
        costates = [self.pool.take((2 << self.rows) * LANES) for _ in range(workers)]

        def run(worker: int) -> None:
            part = self._part(worker, workers)
            self._backward(worker, cotangent, held, costates[worker], part, gradient, self.above[worker])

        together(run, workers)
        for costate in costates:
            self.pool.give(costate)
        return gradient

    def _part(self, worker: int, workers: int) -> Part:
        begin, end = (int(row[OPERATIONS]) for row in self.tape.table[1:3])
        return Part(1, 1, begin, end, 0, 1, self.rows, 0, worker, workers)

    def _staged_forward(self, angles: Array, held: tuple[Buffer, Buffer]) -> Array:
        workers = self.regime.threads
        partial = np.zeros((workers, len(angles), self.strengths.shape[1] + 1))
        for group in range(len(angles)):
            self._forward(0, angles, held, self._nothing(group, opens=1), partial[0])
            for stage in self.tape.stages:
                self._each(stage, group, lambda w, part: self._forward(w, angles, held, part, partial[w]))
            measure = Stage(0, 0, self.tape.stages[0].bits, 0)
            self._each(measure, group, lambda w, part: self._forward(w, angles, held, part, partial[w]), closes=1)
        return np.asarray(partial.sum(axis=0))

    def _staged_backward(self, cotangent: Array, held: tuple[Buffer, Buffer], angles: int) -> Array:
        workers = self.regime.threads
        partial = np.zeros((workers, len(cotangent), angles))
        costate = self.pool.take((2 << self.rows) * LANES)
        above = self.above[0]

        def back(worker: int, part: Part) -> None:
            self._backward(worker, cotangent, held, costate, part, partial[worker], above)

        for group in range(len(cotangent)):
            observe = Stage(0, 0, self.tape.stages[0].bits, 0)
            self._each(observe, group, back, opens=1)
            for stage in reversed(self.tape.stages):
                self._each(stage, group, back)
            for worker in range(1, workers):
                self.below[0] += self.below[worker]
                self.found[0] += self.found[worker]
            back(0, self._nothing(group, closes=1))
        self.pool.give(costate)
        return np.asarray(partial.sum(axis=0))

    def _each(
        self, stage: Stage, group: int, task: Callable[[int, Part], None], opens: int = 0, closes: int = 0
    ) -> None:
        """A stage of one group, a contiguous share of its blocks to each thread."""
        blocks = 1 << (self.rows - stage.bits)
        workers = min(self.regime.threads, blocks)
        begin = int(self.tape.table[1, OPERATIONS])

        def run(worker: int) -> None:
            share = (blocks * worker // workers, blocks * (worker + 1) // workers)
            span = (begin + stage.first, begin + stage.last)
            task(worker, Part(opens, closes, *span, *share, stage.bits, stage.shift, group, 1 << 62))

        together(run, workers)

    def _nothing(self, group: int, opens: int = 0, closes: int = 0) -> Part:
        return Part(opens, closes, 0, 0, 0, 0, 0, 0, group, 1 << 62)

    def _forward(self, worker: int, angles: Array, held: tuple[Buffer, Buffer], part: Part, values: Array) -> None:
        tape = self.tape
        room = (self.found[worker], self.scratch[worker], self.buffers[worker])
        forward(tape.table, tape.reals, self.strengths, angles, self.constant, part, *held, values, *room)

    def _backward(
        self,
        worker: int,
        cotangent: Array,
        held: tuple[Buffer, Buffer],
        costate: Buffer,
        part: Part,
        gradient: Array,
        above: Buffer,
    ) -> None:
        tape = self.tape
        states, coefficients = held
        room = (self.scratch[worker], *self.buffers[2 * worker : 2 * worker + 2])
        ends = (self.found[worker], room, above, self.below[worker])
        given = (tape.table, tape.reals, self.strengths, cotangent, part, states, costate, coefficients, gradient)
        backward(*given, *ends)
