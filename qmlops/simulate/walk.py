"""A walk: one tape at some number of points, forward to values and back to gradients."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qmlops.core.work import Array
from qmlops.simulate.compiled import kernels
from qmlops.simulate.crew import together
from qmlops.simulate.part import Part
from qmlops.simulate.pool import Pool, aligned
from qmlops.simulate.regime import LANE_POINTS as LANES
from qmlops.simulate.regime import Regime
from qmlops.simulate.stage import Stage
from qmlops.simulate.tape import COEFFICIENTS, LANE, LOW, OPERATIONS, ROW, SLOTS, Tape

Buffer = NDArray[np.floating[Any]]
Call = Callable[[], None]
"""A kernel and all that it is given, ready: what a thread does before its kernel runs, all others wait for."""


class Held(NamedTuple):
    """What waits between values and gradients."""

    states: Buffer
    coefficients: Buffer
    sums: Array
    """[rows × observables + 1]: values times the norm, and the norm."""


class Walk:
    """Runs a tape in a regime. One call at a time: the scratch memory is its own."""

    def __init__(self, tape: Tape, strengths: Array, symbols: int, regime: Regime, pool: Pool) -> None:
        self.tape, self.strengths, self.regime, self.pool = tape, strengths, regime, pool
        table = tape.table
        self.rows, self.low = int(table[0, ROW]), int(table[0, LOW])
        self.width = 1 if table[0, LANE] else LANES
        high = self.rows - self.low
        deepest = max(self.low, high, 4)
        found = max(int(table[0, SLOTS]), len(strengths) + 1)
        bits = min(stage.bits for stage in tape.stages)
        staged = 2 << bits if regime.staged else 1
        workers = regime.threads
        self.found = self._room(found)
        self.below = self._room((2 << self.low) + 2 * LANES)
        self.above = self._room(2 << high)
        self.begin, self.end = (int(row[OPERATIONS]) for row in table[1:3])
        self.kernels = kernels(pool.dtype)
        self.given = tuple(array.ctypes.data for array in (table, tape.reals, strengths))
        self.room = [
            (
                *(aligned((size * LANES,), pool.dtype) for size in ((4 << deepest) + 4 * deepest + 8, staged, staged)),
                aligned((LANES,), np.float64),
                np.empty(symbols, dtype=np.uint8),
            )
            for _ in range(workers)
        ]
        self.spaces = [
            _Space(*map(_at, (self.found[k], *self.room[k], self.above[k], self.below[k]))) for k in range(workers)
        ]

    def _room(self, vectors: int) -> list[Buffer]:
        return [aligned((vectors * LANES,), self.pool.dtype) for _ in range(self.regime.threads)]

    def take(self, points: int) -> Held:
        """Room for so many points: filled by `forward`, used up by `backward`, then given back."""
        groups = -(-points // self.width)
        size = int(self.tape.table[0, COEFFICIENTS])
        states = self.pool.take(groups, (2 << self.rows) * LANES)
        sums = np.zeros((points, self.strengths.shape[1] + 1))
        return Held(states, self.pool.take(groups, size * LANES), sums)

    def give(self, held: Held) -> None:
        self.pool.give(held.states)
        self.pool.give(held.coefficients)

    def forward(self, points: Array, held: Held) -> None:
        """Fill `held`."""
        if self.regime.staged:
            self._staged_forward(points, held)
            return
        workers = self.regime.threads
        _run([self._forward(k, points, held, held.sums, self._part(k, workers)) for k in range(workers)])

    def backward(self, points: Array, cotangent: Array, held: Held, wanted: int) -> Array:
        """The gradient in the symbols from a wanted one on [rows × symbols]; the states are used up."""
        if self.regime.staged:
            return self._staged_backward(points, cotangent, held, wanted)
        workers = self.regime.threads
        gradient = _gradient(points, wanted)
        costates = [self.pool.take((2 << self.rows) * LANES) for _ in range(workers)]
        given = (points, cotangent, held)
        parts = [self._part(k, workers, wanted) for k in range(workers)]
        _run([self._backward(k, *given, costates[k], gradient, parts[k], self.spaces[k].above) for k in range(workers)])
        for costate in costates:
            self.pool.give(costate)
        return gradient.T[: len(points)]

    def _part(self, worker: int, workers: int, wanted: int = 0) -> Part:
        return Part(1, 1, self.begin, self.end, 0, 1, self.rows, 0, worker, workers, wanted)

    def _staged_forward(self, points: Array, held: Held) -> None:
        shares = np.zeros((self.regime.threads, *held.sums.shape))

        def ahead(worker: int, part: Part) -> Call:
            return self._forward(worker, points, held, shares[worker], part)

        for group in range(len(points)):
            ahead(0, self._nothing(group, opens=1))()
            for stage in self.tape.stages:
                self._each(stage, group, ahead)
            self._each(Stage(0, 0, self.tape.stages[0].bits, 0), group, ahead, closes=1)
        held.sums[:] = shares.sum(axis=0)

    def _staged_backward(self, points: Array, cotangent: Array, held: Held, wanted: int) -> Array:
        gradient = _gradient(points, wanted)
        costate = self.pool.take((2 << self.rows) * LANES)

        def back(worker: int, part: Part) -> Call:
            return self._backward(worker, points, cotangent, held, costate, gradient, part, self.spaces[0].above)

        for group in range(len(points)):
            self._each(Stage(0, 0, self.tape.stages[0].bits, 0), group, back, opens=1)
            for stage in reversed(self.tape.stages):
                self._each(stage, group, back)
            for worker in range(1, min(self.regime.threads, 1 << (self.rows - self.tape.stages[0].bits))):
                self.below[0] += self.below[worker]
                self.found[0] += self.found[worker]
            back(0, self._nothing(group, closes=1, wanted=wanted))()
        self.pool.give(costate)
        return gradient.T[: len(points)]

    def _each(
        self, stage: Stage, group: int, task: Callable[[int, Part], Call], opens: int = 0, closes: int = 0
    ) -> None:
        """A stage of one group, a contiguous share of its blocks to each thread."""
        blocks = 1 << (self.rows - stage.bits)
        workers = min(self.regime.threads, blocks)
        span = (self.begin + stage.first, self.begin + stage.last)
        shares = [(blocks * k // workers, blocks * (k + 1) // workers) for k in range(workers)]
        where = (stage.bits, stage.shift, group, 1 << 62, 0)
        _run([task(k, Part(opens, closes, *span, *share, *where)) for k, share in enumerate(shares)])

    def _nothing(self, group: int, opens: int = 0, closes: int = 0, wanted: int = 0) -> Part:
        return Part(opens, closes, 0, 0, 0, 0, 0, 0, group, 1 << 62, wanted)

    def _forward(self, worker: int, points: Array, held: Held, sums: Array, part: Part) -> Call:
        given = (*self.given, _at(points), _at(held.states), _at(held.coefficients), _at(sums))
        own = self.spaces[worker]
        used = (own.found, own.scratch, own.buffer, own.line, own.constant)
        return partial(self.kernels.forward, self._call(points, part), *given, *used)

    def _backward(
        self,
        worker: int,
        points: Array,
        cotangent: Array,
        held: Held,
        costate: Buffer,
        gradient: Array,
        part: Part,
        above: int,
    ) -> Call:
        given = (*self.given, *map(_at, (points, cotangent, *held, costate, gradient)))
        own = self.spaces[worker]
        used = (own.found, own.scratch, own.buffer, own.cobuffer, above, own.below)
        return partial(self.kernels.backward, self._call(points, part), *given, *used)

    def _call(self, points: Array, part: Part) -> Any:
        return _Call(*points.shape, self.strengths.shape[1], *part)


class _Space(NamedTuple):
    """The addresses of a worker's memory."""

    found: int
    scratch: int
    buffer: int
    cobuffer: int
    line: int
    constant: int
    above: int
    below: int


_Call = ctypes.c_int64 * (3 + len(Part._fields))
"""Points, symbols and observables, and a Part."""
_Nothing = ctypes.c_char * 0


def _run(calls: list[Call]) -> None:
    """Each call on a thread of its own."""
    together(lambda worker: calls[worker](), len(calls))


def _at(array: Any) -> int:
    """The address of an array's memory, in a third of the time that `ctypes.data` takes, which read-only ones need."""
    try:
        return ctypes.addressof(_Nothing.from_buffer(array))
    except TypeError:
        return int(array.ctypes.data)


def _gradient(points: Array, wanted: int) -> Array:
    """Zeros [symbols from the wanted one on × rows, to a multiple of sixteen]."""
    return np.zeros((points.shape[1] - wanted, -(-len(points) // LANES) * LANES))
