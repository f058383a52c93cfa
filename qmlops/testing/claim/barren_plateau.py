"""How fast the gradient vanishes with the number of qubits."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from qmlops.compile.program import compile_program
from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.work import Array, Work
from qmlops.errors import ConfigError, Mistake
from qmlops.testing.claim.field import alpha, power, row
from qmlops.testing.ensemble import WIDEST, derivatives, points
from qmlops.testing.level import Level
from qmlops.testing.statistic.jackknife import jackknife
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Outcome, Verdict, exactly

PLATEAU = -math.log(2)
"""The slope of ln variance where the variance halves with each qubit (McClean et al. 2018, arXiv:1803.11173)."""
_ZERO = 1e-24


@dataclass(frozen=True)
class BarrenPlateau:
    """Over random weights, a derivative's variance falls with the width no faster than a polynomial.

    The slope of ln variance over the widths is compared with that of width^-degree, which is claimed,
    and with -ln 2, which must be ruled out. The circuit is built anew at each width.
    """

    category: ClassVar = "unit"

    widths: tuple[int, ...] = option((2, 4, 6, 8), "numbers of qubits, at least three", least=1, most=WIDEST)
    degree: float = option(1.0, "the polynomial that is claimed at worst: width^-degree", least=0)
    draws: int = option(1000, "random weights at each width", least=100, most=10**6)
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
                found += [replace(item, path="widths", why=f"at {width}: {item.why}") for item in error.mistakes]
                continue
            count = len(program.weights)
            if self.weight >= count:
                found.append(Mistake("weight", f"at {width} qubits there are {count} weights.", "name another one"))
            if not program.observables:
                found.append(Mistake("observable", f"there is none of this number at {width} qubits.", "write 0"))
        return found

    def works(self, subject: Subject, level: Level) -> tuple[Work, ...]:
        return ()

    def draws_here(self, subject: Subject) -> bool:
        return True

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        columns = []
        for width in self.widths:
            program = self._program(subject, width)
            at = points(program, self._inputs(subject, width), self.draws, seed, "weights", width)
            columns.append(derivatives(program, at, self.weight))
        samples = np.stack(columns, axis=1)
        flat = [width for width, variance in zip(self.widths, samples.var(axis=0), strict=True) if variance < _ZERO]
        if flat:
            return exactly(False, f"The derivative vanishes at {flat[0]} qubits whatever the weights.", 0.0)
        return self.decided(samples, level, seed)

    def decided(self, samples: Array, level: Level, seed: int) -> Verdict:
        """The verdict on derivatives [draws × widths]."""
        found = jackknife(samples, lambda part: _slope(self.widths, np.log(part.var(axis=0))))
        outcome = found.at_least(self.claimed, self.claimed - PLATEAU, level.alpha, level.beta)
        low, high = found.interval(level.alpha)
        fell = f"ln variance changes by {found.value:.3f} a qubit ({low:.3f} to {high:.3f})"
        told: dict[Outcome, str] = {
            "pass": f"{fell}; {PLATEAU:.3f}, a barren plateau, is ruled out.",
            "fail": f"{fell}; {self.claimed:.3f}, that of width^-{self.degree:g}, is ruled out.",
            "inconclusive": f"{fell}; more draws would tell a plateau from width^-{self.degree:g}.",
        }
        away, p_value = found.value - self.claimed, found.below(self.claimed)
        interval = low - self.claimed, high - self.claimed
        return Verdict(outcome, told[outcome], away, interval, p_value, seed=seed)

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
