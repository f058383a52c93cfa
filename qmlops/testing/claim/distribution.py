"""The distribution of the bits that are read."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.seed import draw
from qmlops.core.work import Array, Work
from qmlops.errors import Mistake
from qmlops.testing.claim.field import AT, alpha, power, row
from qmlops.testing.level import Level
from qmlops.testing.meter import WIDEST, counted, outcomes
from qmlops.testing.statistic.distribution import DistributionTest
from qmlops.testing.statistic.wealth import Counts
from qmlops.testing.subject import At, Subject
from qmlops.testing.verdict import Outcome, Verdict, exactly


@dataclass(frozen=True)
class Distribution:
    """Bit strings come with the chances that are named, or with those of the ideal circuit.

    The effect is a total-variation distance: the share of the shots that go astray.
    """

    category: ClassVar = "quantum"

    expected: dict[str, float] = option({}, "chance of each bit string, wire 0 first; empty: as the ideal circuit has")
    effect: float = option(0.1, "smallest total-variation distance worth noticing", above=0, below=1)
    at: At = option("initial", AT)
    row: int = row()
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        validate(self, *(self._unfit(bits, chance) for bits, chance in self.expected.items()), self._unfit_sum())

    def _unfit(self, bits: str, chance: float) -> Mistake | None:
        if re.fullmatch("[01]+", bits) is None:
            return Mistake(f"expected.{bits}", "it is no bit string.", "write it as in '0101', in quotes")
        if 0 <= chance <= 1:
            return None
        return Mistake(f"expected.{bits}", f"{chance} is no chance.", "allowed: 0 to 1")

    def _unfit_sum(self) -> Mistake | None:
        total = math.fsum(self.expected.values())
        if not self.expected or abs(total - 1) <= 1e-9:
            return None
        return Mistake("expected", f"the chances sum to {total:.10g}.", "they must sum to 1")

    def mistakes(self, subject: Subject) -> list[Mistake]:
        found, width = subject.row_mistakes(self.row), subject.program.width
        if width > WIDEST:
            found.append(Mistake("kind", f"{width} qubits have too many bit strings to count.", f"up to {WIDEST}"))
        odd = [bits for bits in self.expected if len(bits) != width]
        return found + [Mistake(f"expected.{bits}", f"there are {width} qubits.", "name all bits") for bits in odd]

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        """Against the ideal circuit it draws everywhere: that the draws are right is what it claims."""
        if self.expected and subject.exact:
            return []
        program, point = self._program(subject.program), subject.point(self.at, self.row)
        test = self._test(subject, level)
        if subject.guesses(self.at) and not self.expected:
            # No distribution takes more shots than the uniform one.
            test = replace(test, expected=np.full(len(test.expected), 1 / len(test.expected)))
        schedule = level.schedule(test, min(test.most, level.shots))
        return [[subject.work(program, point, more)] for more in np.diff([0, *schedule]).tolist()]

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        program, point = self._program(subject.program), subject.point(self.at, self.row)
        if self.expected and subject.exact:
            distance = 0.5 * float(np.abs(subject.values(program, point)[0] - self._chances(subject)).sum())
            reason = f"The distance to the named chances is {distance:.4g}; {self.effect:g} would be too much."
            return exactly(distance < self.effect, reason, distance)
        test, drawn = self._test(subject, level), 0

        def source(shots: int) -> Counts:
            nonlocal drawn
            drawn += 1
            return counted(subject, program, point, shots, draw(seed, "draw", drawn))

        decision = test.decide(source, min(test.most, level.shots))
        low, high = decision.interval
        told: dict[Outcome, str] = {
            "pass": f"At most {high:.3f} of the shots go astray; {self.effect:g} is ruled out.",
            "fail": f"The bit strings are not those claimed: {decision.distance:.3f} of the shots go astray.",
            "inconclusive": f"Up to {high:.3f} of the shots may go astray; more shots would tell.",
        }
        reason = told[decision.outcome]
        found = decision.distance, (low, high)
        return Verdict(decision.outcome, reason, *found, decision.p_value, shots=decision.shots, seed=seed)

    def _program(self, program: Program) -> Program:
        return outcomes(program, range(program.width))

    def _test(self, subject: Subject, level: Level) -> DistributionTest:
        return DistributionTest(self._chances(subject), self.effect, level.alpha, level.beta, level.looks)

    def _chances(self, subject: Subject) -> Array:
        if self.expected:
            chances = np.zeros(2**subject.program.width)
            chances[[int(bits, 2) for bits in self.expected]] = list(self.expected.values())
            return chances
        ideal = np.clip(subject.ideal(self._program(subject.written), subject.point(self.at, self.row))[0], 0, None)
        normed: Array = ideal / ideal.sum()
        return normed
