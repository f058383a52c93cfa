"""The parameter-shift rule, for each occurrence of a weight in a gate.

Two terms where the gate has one frequency (Schuld et al. 2019, arXiv:1811.11184), four where it
has two, as controlled rotations do (Anselmetti et al. 2021, arXiv:2104.05695), and so on:
the factors solve sum_k 2 c_k sin(w s_k) = w for every frequency w (Wierichs et al. 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from qmlops.core.angles import Parametrised, separate
from qmlops.core.backend import Session
from qmlops.core.program import Program
from qmlops.core.work import Array, Pullback, Result, Work
from qmlops.parts.gradient import Rule
from qmlops.simulate.plain import spectrum

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True)
class Shift:
    """One gate's angle, moved by `by` half-turns; its value counts `factor` times."""

    angle: int
    by: float
    factor: float


@dataclass(frozen=True, eq=False)
class Plan:
    """The program with an angle a gate, and the shifts that the weights' derivatives need."""

    program: Program
    parametrised: Parametrised
    shifts: tuple[Shift, ...]


@dataclass(frozen=True)
class ParameterShift:
    """Exact derivatives from shifted circuits; 2 a weight and gate, 4 for controlled rotations."""

    def rule(self, session: Session, work: Work) -> Rule:
        return self

    def construct(self, work: Work) -> list[Work]:
        """One work: the unshifted rows, then all rows of each shift."""
        plan = plan_for(work.program)
        angles = plan.parametrised.angles(work.points)
        blocks = [angles]
        for shift in plan.shifts:
            moved = angles.copy()
            moved[:, shift.angle] += shift.by
            blocks.append(moved)
        return [Work(plan.program, np.concatenate(blocks), work.shots, work.seed, work.noise)]

    def combine(self, work: Work, results: Sequence[Result]) -> tuple[Array, Pullback]:
        plan = plan_for(work.program)
        rows = len(work.points)
        values = results[0].values.reshape(1 + len(plan.shifts), rows, -1)

        def pullback(cotangent: Array) -> Array:
            by_angle = np.zeros((rows, len(plan.parametrised.names)))
            for shift, moved in zip(plan.shifts, values[1:], strict=True):
                by_angle[:, shift.angle] += shift.factor * np.sum(cotangent * moved, axis=1)
            gradient = plan.parametrised.angles.pullback(work.points, by_angle)
            return gradient[:, len(work.program.inputs) :]

        return values[0], pullback

    def spread(self, work: Work, results: Sequence[Result], cotangent: Array) -> Array:
        """See TellsSpread: circuits are drawn apart, so that their variances add up."""
        plan = plan_for(work.program)
        rows, angles = len(work.points), len(plan.parametrised.names)
        if cotangent.shape[1] > 1:
            return np.full(rows, np.nan)
        variances = results[0].variances.reshape(1 + len(plan.shifts), rows)
        by_angle = np.zeros((rows, angles))
        for shift, moved in zip(plan.shifts, variances[1:], strict=True):
            by_angle[:, shift.angle] += (shift.factor * cotangent[:, 0]) ** 2 * moved
        points = np.repeat(work.points, angles, axis=0)
        slopes = plan.parametrised.angles.pullback(points, np.tile(np.eye(angles), (rows, 1)))
        weights = slopes[:, len(work.program.inputs) :].reshape(rows, angles, -1)
        return np.asarray(np.sum(by_angle * np.sum(weights**2, axis=2), axis=1))


_PLANS: dict[int, tuple[Program, Plan]] = {}


def plan_for(program: Program) -> Plan:
    """The plan of a program; the last one made is kept, because training asks for it each step."""
    kept = _PLANS.get(id(program))
    if kept is None or kept[0] is not program:
        _PLANS.clear()
        _PLANS[id(program)] = kept = (program, _plan(program))
    return kept[1]


def _plan(program: Program) -> Plan:
    parametrised = separate(program)
    shifted = Program(parametrised.circuit, program.width, parametrised.names, (), program.observables)
    weighted = _depends_on_weights(parametrised, len(program.inputs))
    shifts = [
        Shift(angle, by, factor)
        for angle, gate in enumerate(parametrised.gates)
        if weighted[angle]
        for by, factor in terms(_frequencies(gate))
    ]
    return Plan(shifted, parametrised, tuple(shifts))


def _depends_on_weights(parametrised: Parametrised, inputs: int) -> Any:
    depends = np.any(parametrised.angles.linear[inputs:] != 0, axis=0)
    for i, j, angle in parametrised.angles.products:
        depends[angle] |= max(i, j) >= inputs
    return depends


@lru_cache(maxsize=64)
def _frequencies(gate: cirq.Gate) -> tuple[float, ...]:
    """The distinct positive differences of a gate's eigenphases, in units of its exponent."""
    phases, _ = spectrum(gate)
    differences = np.round(np.abs(phases[:, None] - phases[None, :]), 9)
    return tuple(sorted({float(difference) for difference in differences.ravel() if difference > 1e-9}))


@lru_cache(maxsize=64)
def terms(frequencies: tuple[float, ...]) -> tuple[tuple[float, float], ...]:
    """Shifts in half-turns and their factors, so that d f / d t = sum of factor * f(t + shift)."""
    count = len(frequencies)
    if not count:
        return ()
    omega = np.array(frequencies)
    shifts = (2 * np.arange(count) + 1) / (2 * count * omega[0])
    system = 2 * np.sin(np.pi * np.outer(omega, shifts))
    factors = np.linalg.solve(system, np.pi * omega)
    pairs = zip(shifts, factors, strict=True)
    return tuple((float(sign * by), float(sign * factor)) for by, factor in pairs for sign in (1, -1))
