"""What follows from an engine's values, pullbacks and states: Jacobian, Gram matrix, metric tensor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qmlops.core.work import Array
from qmlops.simulate import Engine
from qmlops.simulate.plain import PlainEngine, apply


def jacobian(engine: Engine, points: Array, inputs: bool = False) -> Array:
    """d value / d weight [rows × observables × weights], or with respect to all symbols.

    One pass over every point as often as there are observables, so that all lanes are filled.
    """
    rows, count = len(points), engine.values(points[:1]).shape[1]
    _, pullback = engine.vjp(np.repeat(points, count, axis=0))
    gradient = pullback(np.tile(np.eye(count), (rows, 1)), inputs=inputs)  # type: ignore[call-arg]
    return gradient.reshape(rows, count, -1)


def gram(engine: Engine, points: Array, others: Array | None = None) -> Array:
    """Fidelities |<a|b>|² [points × others], or of the points with each other; one matrix product."""
    left = engine.states(points)
    right = left if others is None else engine.states(others)
    return fidelities(left, right)


def fidelities(left: NDArray[np.complexfloating], right: NDArray[np.complexfloating]) -> Array:
    """|<a|b>|² [left × right] of states [rows × amplitudes]."""
    return np.asarray(np.abs(left.conj() @ right.T) ** 2, dtype=np.float64)


def metric(engine: PlainEngine, points: Array) -> Array:
    """The Fubini-Study metric Re(<di|dj> - <di|psi><psi|dj>) [rows × weights × weights].

    Stokes, Izaac, Killoran and Carleo 2020, arXiv:1909.02108. Exact in the engine's precision: each
    gate acts on the state and on the tangents of all angles before it, so it costs gates times
    angles passes.
    """
    program = engine.program
    angles = engine.parametrised.angles(points)
    rows, count = angles.shape
    whole = np.zeros((1 + count, rows, *(2,) * program.width), dtype=engine.dtype)
    whole.reshape(1 + count, rows, -1)[0, :, 0] = 1
    known = 1
    slot = {-1: 0}
    for gate in engine.gates:
        unitary = np.broadcast_to(gate.unitary(angles), (rows, *(2 ** len(gate.wires),) * 2))
        flat = whole[:known].reshape(known * rows, *(2,) * program.width)
        whole[:known] = apply(np.tile(unitary, (known, 1, 1)), gate.wires, flat).reshape(whole[:known].shape)
        if gate.angle >= 0:
            slot[gate.angle] = known
            whole[known] = apply(gate.generator(), gate.wires, whole[0])
            known += 1
    tangents = whole.reshape(1 + count, rows, -1)[[slot[angle] for angle in range(count)]]
    state = whole[0].reshape(rows, -1)
    chain = _slopes(engine, points)[:, len(program.inputs) :]
    moved = np.einsum("rsa,ard->rsd", chain, tangents, optimize=True)
    along = np.einsum("rsd,rd->rs", moved.conj(), state)
    found = np.einsum("rsd,rtd->rst", moved.conj(), moved) - along[:, :, None] * along.conj()[:, None, :]
    return np.asarray(found.real)


def metric_memory(engine: PlainEngine) -> int:
    """Bytes that `metric` holds at once for a row: the tangents of all angles, and copies of them."""
    tangents = 1 + len(engine.parametrised.names) + len(engine.program.weights)
    return int(3 * tangents * np.dtype(engine.dtype).itemsize << engine.program.width)


def _slopes(engine: PlainEngine, points: Array) -> Array:
    """d angle / d symbol [rows × symbols × angles]."""
    through = engine.parametrised.angles
    unit = np.eye(len(through.bias))
    return np.stack([through.pullback(points, np.tile(e, (len(points), 1))) for e in unit], axis=2)
