"""How fast the gradient vanishes with the number of qubits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from qmlops.compile.program import compile_program
from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.work import Array, Work
from qmlops.errors import ConfigError, Mistake
from qmlops.parts.gradient.parameter_shift import ParameterShift
from qmlops.testing.claim.field import alpha, power, row
from qmlops.testing.derivative import derivative
from qmlops.testing.ensemble import WIDEST, derivatives, points
from qmlops.testing.level import Level
from qmlops.testing.light_cone import light_cone
from qmlops.testing.statistic.slope import SlopeTest, Source
from qmlops.testing.statistic.wealth import Counts
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Outcome, Verdict, exactly

PLATEAU = -math.log(2)
"""The slope of ln variance where the variance halves with each qubit (McClean et al. 2018, arXiv:1803.11173)."""


@dataclass(frozen=True)
class BarrenPlateau:
    """Over random weights, a derivative's variance falls with the width no faster than a polynomial.

    The slope of ln variance over the widths is compared with that of width^-degree, which is claimed,
    and with -ln 2, which must be ruled out. The circuit is built anew at each width. Variances that are
    too small to be seen in the draws are unsettled; a weight outside the light cone of what is read fails.
    """

    category: ClassVar = "unit"

    widths: tuple[int, ...] = option((2, 4, 6, 8), "numbers of qubits, at least three", least=1, most=WIDEST)
    degree: float = option(1.0, "the polynomial that is claimed at worst: width^-degree", least=0)
    draws: int = option(20_000, "most random weights at each width; it stops earlier", least=100, most=10**7)
    weight: int = option(0, "which weight, by its place in the program", least=0)
    observable: int = option(0, "which observable of the readout", least=0)
    row: int = row()
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        few = len(set(self.widths)) < 3 or len(set(self.widths)) < len(self.widths)
        told = Mistake("widths", "a slope wants three different widths.", "write widths: [2, 4, 6, 8]")
        steep = not few and self.claimed <= PLATEAU
        why = f"width^-{self.degree:g} falls as fast as a plateau over these widths."
        validate(self, told if few else None, Mistake("degree", why, "claim less, or add widths") if steep else None)

    @property
    def claimed(self) -> float:
        """The slope of a polynomial decay."""
        return _slope(self.widths, -self.degree * np.log(self.widths))

    def mistakes(self, subject: Subject) -> list[Mistake]:
        found = subject.row_mistakes(self.row)
        for width in self.widths:
            try:
                program = self._program(subject, width)
            except ConfigError as error:
                told = "write widths that fit, such as widths: [3, 4, 6]"
                found += [Mistake("widths", f"at {width}: {item.why}", told) for item in error.mistakes]
                continue
            count = len(program.weights)
            if self.weight >= count:
                found.append(Mistake("weight", f"at {width} qubits there are {count} weights.", "name another one"))
            if not program.observables:
                found.append(Mistake("observable", f"there is none of this number at {width} qubits.", "write 0"))
        return found

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        return []

    def draws_here(self, subject: Subject) -> bool:
        return True

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        programs = [self._program(subject, width) for width in self.widths]
        for program in programs:
            if not self._moves(program):
                return exactly(False, f"The weight changes nothing that is read at {program.width} qubits.", 0.0)
        inputs = [self._inputs(subject, width) for width in self.widths]
        reaches = [self._reach(subject, *both) for both in zip(programs, inputs, strict=True)]
        return self.decided(self.source(programs, inputs, max(reaches), seed), level, seed)

    def source(self, programs: Sequence[Program], inputs: Sequence[Array], reach: float, seed: int) -> Source:
        """Draws pairs of derivatives at random weights: half their squared differences, in parts of the largest.

        `reach` is how far apart two derivatives can be at any width, the same for all: their variances are compared.
        """
        drawn = 0

        def more(pairs: int) -> list[tuple[Array, Counts]]:
            nonlocal drawn
            drawn += 1
            found = []
            for program, own in zip(programs, inputs, strict=True):
                at = points(program, own, 2 * pairs, seed, "weights", program.width, drawn)
                first, second = derivatives(program, at, self.weight).reshape(2, pairs)
                found.append((np.clip(((first - second) / reach) ** 2, 0, 1), np.ones(pairs, dtype=np.int64)))
            return found

        return more

    def decided(self, source: Source, level: Level, seed: int) -> Verdict:
        """The verdict on halves of squared differences at each width, as they are drawn."""
        test = SlopeTest(self.widths, self.claimed, self.claimed - PLATEAU, level.alpha, level.beta)
        found = test.decide(source, self.draws // 2)
        low, high = found.interval
        fell = f"ln variance changes by {low:.3f} to {high:.3f} a qubit"
        told: dict[Outcome, str] = {
            "pass": f"{fell}; {PLATEAU:.3f}, a barren plateau, is ruled out.",
            "fail": f"{fell}; {self.claimed:.3f}, that of width^-{self.degree:g}, is ruled out.",
            "inconclusive": f"{fell}; more draws would tell a plateau from width^-{self.degree:g}.",
        }
        away = None if found.slope is None else found.slope - self.claimed
        interval = low - self.claimed, high - self.claimed
        return Verdict(found.outcome, told[found.outcome], away, interval, e_value=found.e_value, seed=seed)

    def _moves(self, program: Program) -> bool:
        """Whether a gate with the weight can change what is read."""
        import cirq

        gates = list(program.circuit.all_operations())
        read = {program.qubits[wire] for wire in program.observables[0].wires}
        inside, _ = light_cone([frozenset(gate.qubits) for gate in gates], read)
        name = program.weights[self.weight]
        return any(name in cirq.parameter_names(gate) for gate, within in zip(gates, inside, strict=True) if within)

    def _reach(self, subject: Subject, program: Program, inputs: Array) -> float:
        """How far apart two derivatives can be, by the parameter-shift rule.

        Where the angle of a gate is a product of weights its factors are largest with the others at 2 pi.
        """
        point = np.concatenate([inputs, np.full(len(program.weights), 2 * np.pi)])[None]
        low, high = derivative(subject, program, point, self.weight, ParameterShift(), 0).reach
        return high - low

    def _program(self, subject: Subject, width: int) -> Program:
        whole = compile_program(replace(subject.spec, qubits=width), subject.task.split)
        return replace(whole, observables=whole.observables[self.observable : self.observable + 1])

    def _inputs(self, subject: Subject, width: int) -> Array:
        if subject.task.split is None:
            return np.zeros(0)
        features = subject.task.split.train.features[self.row : self.row + 1]
        inputs: Array = subject.spec.encoder.encode(features, width)[0]
        return inputs


def _slope(widths: tuple[int, ...], logarithms: Array) -> float:
    """Of the least-squares line through them."""
    away = np.array(widths) - np.mean(widths)
    return float(away @ logarithms / (away @ away))
