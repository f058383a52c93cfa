"""A circuit at random weights: states and derivatives, computed on this machine without noise."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from qmlops.core.backend import Differentiates, HoldsStates
from qmlops.core.program import Program
from qmlops.core.seed import stream
from qmlops.core.work import Array, Work
from qmlops.errors import Mistake
from qmlops.parts.backend.qsim import Qsim
from qmlops.simulate.state import fidelity

WIDEST = 12
"""Most wires of a circuit of which so many states are computed."""
_AT_ONCE = 2**22
"""Amplitudes."""


def points(program: Program, inputs: Array, draws: int, seed: int, *path: str | int) -> Array:
    """Symbols [draws × symbols]: one row of inputs, and weights uniform in [0, 2 pi)."""
    weights = stream(seed, *path).uniform(0, 2 * np.pi, (draws, len(program.weights)))
    return np.concatenate([np.broadcast_to(inputs, (draws, len(inputs))), weights], axis=1)


def states(program: Program, at: Array) -> NDArray[np.complex128]:
    """Final states [points × 2^width], wire 0 leftmost."""
    session = cast(HoldsStates, Qsim(precision="double").open())
    found: NDArray[np.complex128] = session.states(Work(program, at)).astype(np.complex128)
    return found


def fidelities(program: Program, at: Array) -> Array:
    """Of the states at pairs of points [2 × pairs × symbols]; holds some of them at once."""
    size = max(1, _AT_ONCE >> program.width)
    found = []
    for start in range(0, at.shape[1], size):
        first, second = (states(program, side[start : start + size]) for side in at)
        found.append(fidelity(first, second))
    return np.concatenate(found)


def derivatives(program: Program, at: Array, weight: int) -> Array:
    """The derivative of the only observable in one weight [points]."""
    session, size = cast(Differentiates, Qsim(precision="double").open()), max(1, _AT_ONCE >> program.width)
    found = []
    for start in range(0, len(at), size):
        part = at[start : start + size]
        found.append(session.vjp(Work(program, part))[1](np.ones((len(part), 1)))[:, weight])
    return np.concatenate(found)


def width_mistakes(program: Program, least: int = 1) -> list[Mistake]:
    """A mistake where a circuit has too many wires, too few, or no weights to draw."""
    if not least <= program.width <= WIDEST:
        return [Mistake("kind", f"{program.width} qubits do not fit.", f"{least} to {WIDEST} are looked at")]
    if not program.weights:
        return [Mistake("kind", "the circuit has no weights to draw.", "leave it out, or choose another circuit")]
    return []
