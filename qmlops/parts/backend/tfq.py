"""TensorFlow Quantum on this machine: exact values, and gradients by its batched adjoint.

Broughton et al. 2020, arXiv:2003.02989.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from qmlops.core.backend import Immediate, Session
from qmlops.core.extra import uninstalled
from qmlops.core.program import Program
from qmlops.core.target import Target
from qmlops.core.ticket import Cost
from qmlops.core.work import Array, Pullback, Result, Work
from qmlops.errors import ConfigError, Mistake, RequestError
from qmlops.lower.powers import in_powers
from qmlops.parts.backend.tfq_program import Reading, Turns, checked, message, readings, turns_of
from qmlops.simulate.memory import too_wide
from qmlops.simulate.regime import threads

_SHARED = 26
"""From so many qubits on all threads share a point's states; below, each thread has a point of its own."""
_SHOTS = Mistake(
    "shots",
    "TensorFlow Quantum draws shots without a seed, so that a run could not be repeated.",
    "write shots=null, or backend=qsim",
)
_NOISE = Mistake(
    "noise", "TensorFlow Quantum's adjoint knows no noise.", "write noise=none, or backend=qsim with shots=1000"
)


@dataclass(frozen=True)
class Tfq:
    """State vectors and adjoint gradients of TensorFlow Quantum, in single precision; exact values only."""

    requires: ClassVar[tuple[str, ...]] = ("tensorflow", "tensorflow_quantum")
    extra: ClassVar[str] = "tfq"

    def target(self) -> Target:
        return Target("tfq", None, hardware=False, source="this machine")

    def lower(self, program: Program) -> Program:
        return in_powers(program)

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        return [mistake for work in works for mistake in _mistakes(work)]

    def estimate(self, works: Sequence[Work]) -> Cost:
        return Cost(0.0, "USD", "a local simulation is free")

    def open(self) -> Session:
        """Raises ConfigError where the packages are missing; the first work imports them, in some seconds."""
        if absent := uninstalled(self, "backend"):
            raise ConfigError(absent)
        running = _Running()
        return Immediate("tfq", running.run, {"vjp": running.vjp, "states": running.states})


def _mistakes(work: Work) -> list[Mistake]:
    why = too_wide("tfq", work.program.width, _bytes(work.program))
    if why:
        return [Mistake("qubits", why, "use fewer qubits, or a larger machine")]
    found = _inexact(work)
    try:
        if work.program.circuit:
            turns_of(work.program)
    except RequestError as error:
        found.append(Mistake("circuit", f"backend=tfq: {error}", "use other gates, or backend=qsim"))
    return found


def _inexact(work: Work) -> list[Mistake]:
    quiet = work.noise is None or work.noise.silent()
    return [mistake for mistake, holds in ((_SHOTS, work.shots is not None), (_NOISE, not quiet)) if holds]


def _bytes(program: Program) -> int:
    """Three states for each thread that has its own; a projector takes a qubit more."""
    wires = min(program.width + len(checked(program)), 60)
    return int(3 * 8 * 2**wires) * (1 if wires >= _SHARED else threads())


@dataclass
class _Running:
    """The last program's messages are kept, because training asks for them again."""

    _ready: _Ready | None = None

    def run(self, work: Work) -> Result:
        """Raises ConfigError for shots and for noise."""
        values, _ = self.vjp(work)
        return Result(values, np.zeros_like(values), circuits=len(values), provenance={"backend": "tfq"})

    def vjp(self, work: Work) -> tuple[Array, Pullback]:
        """See Differentiates; the pullback runs the circuits once more, forward and back.

        Raises ConfigError for shots and for noise.
        """
        found = _inexact(work)
        if found:
            raise ConfigError(found)
        simulate, differentiate = _operations()
        rows, ready = len(work.points), self._of(work.program)
        symbols = ready.turns.symbols(work.points)
        values = np.zeros((rows, len(work.program.observables)))
        for item in ready.tensors(rows) if rows else ():
            values[:, item.columns] = simulate.tfq_simulate_expectation(
                item.circuits, ready.names, symbols, item.observables
            )

        def pullback(cotangent: Array, inputs: bool = False) -> Array:
            by_symbol = np.zeros(symbols.shape)
            for item in ready.tensors(rows) if symbols.size else ():
                part = cotangent[:, item.columns]
                by_symbol += np.asarray(
                    differentiate.tfq_adj_grad(item.circuits, ready.names, symbols, item.observables, part)
                )
            gradient = ready.turns.pullback(work.points, by_symbol)
            return gradient if inputs else gradient[:, len(work.program.inputs) :]

        return values, pullback

    def states(self, work: Work) -> NDArray[np.complexfloating]:
        """See HoldsStates; complex64."""
        rows, ready = len(work.points), self._of(work.program)
        states = np.zeros((rows, 2**work.program.width), dtype=np.complex64)
        if rows:
            symbols = ready.turns.symbols(work.points)
            states[:] = _operations()[0].tfq_simulate_state(_tensor([ready.state_message] * rows), ready.names, symbols)
        return states

    def _of(self, program: Program) -> _Ready:
        if self._ready is None or self._ready.program is not program:
            self._ready = _Ready(program)
        return self._ready


@dataclass(frozen=True, eq=False)
class _Rows:
    """Tensors with an entry a row: the circuit, and the observables that are read at its end."""

    columns: list[int]
    circuits: Any
    observables: Any


@dataclass(eq=False)
class _Ready:
    """A program in messages, made when they are first needed."""

    program: Program
    _rows: dict[int, list[_Rows]] = field(default_factory=dict)

    @cached_property
    def turns(self) -> Turns:
        return turns_of(self.program)

    @cached_property
    def names(self) -> Any:
        return _tensor(self.turns.names)

    @cached_property
    def state_message(self) -> bytes:
        return message(self.program, self.turns.operations)

    @cached_property
    def _readings(self) -> list[Reading]:
        return readings(self.program, self.turns)

    def tensors(self, rows: int) -> list[_Rows]:
        """The tensors of so many rows; the last ones are kept."""
        if rows not in self._rows:
            self._rows = {
                rows: [
                    _Rows(list(item.columns), _tensor([item.circuit] * rows), _tensor([item.observables] * rows))
                    for item in self._readings
                ]
            }
        return self._rows[rows]


def _tensor(words: Sequence[Any]) -> Any:
    import tensorflow as tf

    return tf.constant(words, dtype=tf.string)


@cache
def _operations() -> tuple[Any, Any]:
    """TensorFlow Quantum's simulator and its adjoint gradient, with as many threads as everything else."""
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", str(threads()))
    with _silence():
        from tensorflow_quantum.core.ops import tfq_adj_grad_op, tfq_simulate_ops
    return tfq_simulate_ops, tfq_adj_grad_op


@contextmanager
def _silence() -> Iterator[None]:
    """Nothing reaches stderr: TensorFlow's libraries write there past Python, and past their own log level."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
