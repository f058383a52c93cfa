"""Do the experiments fit together, and do the simulators compute what textbooks say?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, cast

import numpy as np

from qmlops.config.folder import folders, names
from qmlops.config.kind import table
from qmlops.core.backend import Backend, Differentiates
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Array, Work
from qmlops.errors import QmlopsError
from qmlops.pipeline.doctor.check import Check
from qmlops.pipeline.status import place

TOLERANCE = 1e-5
"""Single precision keeps about seven digits."""
ANGLE = 0.7


def experiments() -> Iterator[Check]:
    """Every experiment, as far as its first step."""
    from qmlops.pipeline.api import spec
    from qmlops.pipeline.prepare import prepare

    found = names("experiment")
    right = []
    for name in found:
        try:
            prepare(spec([f"+experiment={name}", "tracker=none"]))
            right.append(name)
        except QmlopsError as error:
            why = str(error).replace("\n", " ")
            yield Check("experiments", "fail", f"{name}: {why}", f"qmlops check +experiment={name}")
    if not found:
        searched = ", ".join(str(folder) for folder in folders()) or "no folder"
        yield Check("experiments", "fail", f"none found in {searched}", "pip install --force-reinstall qmlops")
    elif right:
        yield Check("experiments", "ok", f"{len(right)} of {len(found)} compose and build: {', '.join(right)}")


def backends() -> Iterator[Check]:
    """Every local simulator of exact values on three small circuits; providers are never called."""
    from qmlops.config.kind import load

    exact = Work(_program(cast(Any, ()), "Z0"), np.zeros((1, 0)))
    for kind in table("backend"):
        there = place(kind)
        cls = load("backend", kind) if there.ready else None
        if not there.ready:
            needs = ", ".join(there.missing)
            yield Check(f"backend {kind}", "warn", f"not ready: {needs}", there.remedy)
        elif cls is None or there.hardware or hasattr(cls, "provider"):
            yield Check(f"backend {kind}", "ok", "it can be called; doctor sends nothing to a provider")
        elif cls().validate([exact]):
            yield Check(f"backend {kind}", "ok", "it is here; doctor tries none that gives no exact values by itself")
        else:
            yield proved(kind, cls())


def proved(kind: str, backend: Backend) -> Check:
    """A Bell state, the order of qubits, and a derivative, against closed forms."""
    for what, seen, expected in _answers(backend):
        error = float(np.max(np.abs(np.asarray(seen) - np.asarray(expected))))
        if not error <= TOLERANCE:
            told = f"{what} is off by {error:.2g}: {np.round(seen, 6).tolist()} instead of {expected}"
            return Check(f"backend {kind}", "fail", told, "pip install --force-reinstall qsimcirq cirq-core numba")
    return Check(f"backend {kind}", "ok", "Bell state, order of qubits and a derivative agree with closed forms")


def _answers(backend: Backend) -> Iterator[tuple[str, Array, list[float]]]:
    """What was asked, what came, and what should have come."""
    import cirq
    import sympy

    left, right = cirq.LineQubit.range(2)
    bell = _program(cirq.Circuit(cirq.H(left), cirq.CNOT(left, right)), "Z0 Z1", "X0 X1", "Y0 Y1", "Z0")
    yield "the Bell state", _values(backend, bell), [1.0, 1.0, -1.0, 0.0]
    flipped = _program(cirq.Circuit(cirq.X(left), cirq.I(right)), "Z0", "Z1")
    yield "the order of qubits", _values(backend, flipped), [-1.0, 1.0]
    turned = _program(cirq.Circuit(cirq.ry(sympy.Symbol("theta"))(left), cirq.I(right)), "Z0", weights=("theta",))
    yield "cos(0.7)", _values(backend, turned, ANGLE), [math.cos(ANGLE)]
    yield "the derivative of cos at 0.7", _derivative(backend, turned), [-math.sin(ANGLE)]


def _program(circuit: Any, *observables: str, weights: tuple[str, ...] = ()) -> Program:
    return Program(circuit, 2, (), weights, tuple(PauliSum.parse(text) for text in observables))


def _values(backend: Backend, program: Program, *point: float) -> Array:
    """One exact row of values."""
    work = Work(backend.lower(program), np.array([point], dtype=np.float64).reshape(1, -1))
    session = backend.open()
    row: Array = session.result(session.submit([work], "doctor"), [work])[0].values[0]
    return row


def _derivative(backend: Backend, program: Program) -> Array:
    """By the backend's own differentiation where it has one, else by the parameter-shift rule."""
    session = backend.open()
    if isinstance(session, Differentiates):
        values, pullback = session.vjp(Work(backend.lower(program), np.array([[ANGLE]])))
        row: Array = pullback(np.ones_like(values))[0]
        return row
    quarter = math.pi / 2
    return (_values(backend, program, ANGLE + quarter) - _values(backend, program, ANGLE - quarter)) / 2
