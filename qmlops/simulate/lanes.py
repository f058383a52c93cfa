"""The compiled engine: a tape walked by kernels on SIMD lanes.

Adjoint differentiation (Jones and Gacon 2020, arXiv:2009.02823) in two states a point, with one
marginal for all phases of a diagonal and one contraction for all gates of the product state that
a circuit starts from. Rounded sines and cosines change the norm a little at every gate, so values
are divided by it.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qmlops.core.angles import separate
from qmlops.core.program import Program
from qmlops.core.work import Array, Pullback
from qmlops.simulate.fuse import Fused, fuse, visible
from qmlops.simulate.gate import elements
from qmlops.simulate.pool import Pool
from qmlops.simulate.regime import LANE_POINTS, Regime, choose
from qmlops.simulate.stage import BLOCK_BITS
from qmlops.simulate.tape import COEFFICIENTS, Tape, write
from qmlops.simulate.term import terms_of

if TYPE_CHECKING:
    from qmlops.simulate import Precision
    from qmlops.simulate.walk import Walk

HELD_BYTES = 1 << 28
"""More states than this are not kept between values and pullback, but computed again in chunks."""


class LaneEngine:
    """See Engine. Raises NoElements for gates that have no compiled form.

    Threads may share an engine: calls wait for each other, because walks and pool are used by one
    at a time. What waits between values and pullback belongs to that pullback alone.
    """

    def __init__(self, program: Program, precision: Precision = "single") -> None:
        self.program = program
        self.dtype = np.dtype(np.float64 if precision == "double" else np.float32)
        self.parametrised = separate(program)
        self.elements, self.place = elements(self.parametrised, program.width)
        self.fused = fuse(visible(self.elements, self.place, program.observables), self.place)
        self.terms, self.strengths = terms_of(program.observables, self.place)
        self.operations = sum(map(len, self.fused.locals.values())) + 4 * len(self.fused.diagonals)
        self.whole: Fused | None = None
        self.pool = Pool(self.dtype)
        self.tapes: dict[tuple[bool, bool], Tape] = {}
        self.walks: dict[Any, Walk] = {}
        self.by_rows: dict[int, Walk] = {}
        self.lock = Lock()
        self.chunk = max(16, HELD_BYTES // (2 * self.dtype.itemsize << program.width) // 16 * 16)

    def memory(self, rows: int) -> int:
        """Bytes: the states and tables of a chunk, a costate a thread, and blocks where threads share one."""
        chunk = min(rows, self.chunk)
        regime = choose(self.program.width, chunk, self.operations)
        lanes = 1 if regime.amplitudes else LANE_POINTS
        states = -(-chunk // lanes) * lanes + (1 if regime.staged else regime.threads * lanes)
        with self.lock:
            coefficients = int(self._tape(regime).table[0, COEFFICIENTS])
        tables = -(-chunk // lanes) * coefficients * LANE_POINTS
        blocks = regime.threads * (4 << BLOCK_BITS) * LANE_POINTS if regime.staged else 0
        return int(((states * 2 << self.program.width) + tables + blocks) * self.dtype.itemsize)

    def values(self, points: Array) -> Array:
        points = _rows(points)
        found = []
        with self.lock:
            for chunk in self._chunks(points):
                walk = self._walk(len(chunk))
                held = walk.take(len(chunk))
                walk.forward(chunk, held)
                found.append(held.sums)
                walk.give(held)
        return _values(found)

    def vjp(self, points: Array) -> tuple[Array, Pullback]:
        points = _rows(points)
        first = len(self.program.inputs)
        if len(points) > self.chunk:
            waiting: list[Any] = []
            values = self.values(points)
        else:
            with self.lock:
                walk = self._walk(len(points))
                waiting = [walk.take(len(points))]
                walk.forward(points, waiting[0])
            values = _values([waiting[0].sums])

        def pullback(cotangent: Array, inputs: bool = False) -> Array:
            cotangent = np.ascontiguousarray(cotangent, dtype=np.float64)
            with self.lock:
                return self._backward(points, cotangent, waiting, 0 if inputs else first)

        return values, pullback

    def _backward(self, points: Array, cotangent: Array, waiting: list[Any], wanted: int) -> Array:
        """The gradient in the symbols from a wanted one on, from states that wait or are computed again."""
        found = []
        begin = 0
        for chunk in self._chunks(points):
            walk = self._walk(len(chunk))
            if waiting:
                held = waiting.pop()
            else:
                held = walk.take(len(chunk))
                walk.forward(chunk, held)
            share = cotangent[begin : begin + len(chunk)]
            found.append(walk.backward(chunk, share, held, wanted))
            walk.give(held)
            begin += len(chunk)
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _chunks(self, points: Array) -> list[Array]:
        size = self.chunk
        return [points] if len(points) <= size else [points[k : k + size] for k in range(0, len(points), size)]

    def _walk(self, rows: int) -> Walk:
        walk = self.by_rows.get(rows)
        if walk is None:
            if len(self.by_rows) > 64:
                self.by_rows.clear()
            walk = self.by_rows[rows] = self._new_walk(choose(self.program.width, rows, self.operations))
        return walk

    def _new_walk(self, regime: Regime) -> Walk:
        from qmlops.simulate.walk import Walk

        if regime not in self.walks:
            symbols = len(self.program.symbols)
            self.walks[regime] = Walk(self._tape(regime), self.strengths, symbols, regime, self.pool)
        return self.walks[regime]

    def _tape(self, regime: Regime) -> Tape:
        layout = (regime.amplitudes, regime.staged)
        if layout not in self.tapes:
            self.tapes[layout] = write(self.fused, self.terms, self.parametrised.angles, *layout)
        return self.tapes[layout]

    def states(self, points: Array) -> NDArray[np.complexfloating]:
        with self.lock:
            found = [self._states(chunk) for chunk in self._chunks(_rows(points))]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _states(self, points: Array) -> NDArray[np.complexfloating]:
        width, rows = self.program.width, len(points)
        regime = Regime(choose(width, rows, self.operations).amplitudes, False, 1)
        walk = self._whole_walk(regime)
        held = walk.take(rows)
        walk.forward(points, held)
        parts = held.states.reshape(len(held.states), -1, 2, LANE_POINTS)
        state = parts[:, :, 0] + 1j * parts[:, :, 1]
        if not regime.amplitudes:
            state = state.transpose(0, 2, 1).reshape(-1, 1 << width)[:rows]
        walk.give(held)
        angles = self.parametrised.angles(points)
        phase = self.whole.phase  # type: ignore[union-attr]
        turns = phase.constant + sum(factor * angles[:, angle] for angle, factor in phase.terms)
        state = state.reshape((rows, *(2,) * width)).transpose(0, *(1 + wire for wire in self.place))
        state = state.reshape(rows, -1) * np.exp(1j * np.pi * np.broadcast_to(turns, rows))[:, None]
        state = state / np.linalg.norm(state, axis=1, keepdims=True)
        return np.asarray(state, dtype=np.complex128 if self.dtype == np.float64 else np.complex64)

    def _whole_walk(self, regime: Regime) -> Walk:
        """All gates, also those that no observable sees, and no observables."""
        from qmlops.simulate.walk import Walk

        key = ("states", regime)
        if self.whole is None:
            self.whole = fuse(self.elements, self.place)
        if key not in self.walks:
            tape = write(self.whole, [], self.parametrised.angles, regime.amplitudes)
            self.walks[key] = Walk(tape, np.zeros((0, 1)), len(self.program.symbols), regime, self.pool)
        return self.walks[key]


def _rows(points: Array) -> Array:
    return np.ascontiguousarray(points, dtype=np.float64)


def _values(sums: list[Array]) -> Array:
    whole = sums[0] if len(sums) == 1 else np.concatenate(sums)
    return np.asarray(whole[:, :-1] / whole[:, -1:])
