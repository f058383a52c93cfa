"""What a circuit makes of random product states, read in random bases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.seed import draw, stream
from qmlops.core.work import Array, Work
from qmlops.errors import ConfigError, Mistake
from qmlops.testing.claim.field import AT, alpha, power, row
from qmlops.testing.from_file import from_file
from qmlops.testing.level import Level
from qmlops.testing.meter import outcomes
from qmlops.testing.statistic.settings import SettingsTest
from qmlops.testing.statistic.wealth import Counts
from qmlops.testing.subject import At, Subject
from qmlops.testing.verdict import Outcome, Verdict, exactly

_WIDEST = 8
_ROUNDING = 1e-4
"""More than single precision leaves of the distance of equal distributions."""
_ANGLES = ("_from_tilt", "_from_turn", "_to_tilt", "_to_turn")
"""Symbols before a wire's number: how its state is made, and how its basis is turned back."""


@dataclass(frozen=True)
class ProductInputs:
    """Fed with random product states and read in random bases, the circuit acts as it is written.

    From zeros and in one basis many errors of a circuit cannot be seen; local random stimuli see
    nearly all (Burgholzer, Kueng and Wille 2021, doi:10.1145/3394885.3431590). The effect is the mean
    total-variation distance over the settings; on exact values without noise none is forgiven.
    """

    category: ClassVar = "quantum"

    file: str | None = option(None, "an OpenQASM file to agree with; null: the program as it is written")
    settings: int = option(6, "how many pairs of a state and a basis", least=1, most=1000)
    shots: int = option(6000, "most shots, over all settings", unit="shots", least=1)
    effect: float = option(0.2, "smallest mean total-variation distance worth noticing", above=0, below=1)
    at: At = option("initial", AT)
    row: int = row()
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        few = self.shots < self.settings
        why = f"{self.shots} are fewer than the {self.settings} settings."
        validate(self, Mistake("shots", why, f"allowed: >= {self.settings}") if few else None)

    def mistakes(self, subject: Subject) -> list[Mistake]:
        found, width = subject.row_mistakes(self.row), subject.program.width
        if width > _WIDEST:
            return [*found, Mistake("kind", f"{width} qubits have too many bit strings.", f"up to {_WIDEST}")]
        try:
            self._right(subject)
        except ConfigError as error:
            found += error.mistakes
        return found

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        if subject.exact:
            return []
        program, points = surrounded(subject.program), self._points(subject, subject.spec.seed)
        test = self._test(np.ones((self.settings, 1)), level, 0)
        schedule = level.schedule(test, min(self.shots, level.shots))
        return [[subject.work(program, points, more)] for more in np.diff([0, *schedule]).tolist() if more]

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        program, points = surrounded(subject.program), self._points(subject, seed)
        expected = np.clip(subject.ideal(surrounded(self._right(subject)), points), 0, None)
        expected /= expected.sum(axis=1, keepdims=True)
        if subject.exact:
            distance = float(np.abs(subject.values(program, points) - expected).sum(axis=1).mean()) / 2
            most = min(self.effect, _ROUNDING) if subject.spec.noise.silent() else self.effect
            reason = f"Over {self.settings} settings the mean distance is {distance:.4g}; {most:g} is too much."
            return exactly(distance < most, reason, distance)
        drawn = 0

        def source(each: int) -> Counts:
            nonlocal drawn
            drawn += 1
            counts: Counts = np.rint(subject.values(program, points, each, draw(seed, "draw", drawn)) * each)
            return counts.astype(np.int64)

        decision = self._test(expected, level, seed).decide(source, min(self.shots, level.shots))
        low, high = decision.interval
        told: dict[Outcome, str] = {
            "pass": f"At most {high:.3f} of the shots go astray; {self.effect:g} is ruled out.",
            "fail": f"It is another circuit than the one that is written: p = {decision.p_value:.2g}.",
            "inconclusive": f"Up to {high:.3f} of the shots may go astray; more shots would tell.",
        }
        found = decision.distance, (low, high)
        return Verdict(
            decision.outcome, told[decision.outcome], *found, decision.p_value, shots=decision.shots, seed=seed
        )

    def _test(self, expected: Array, level: Level, seed: int) -> SettingsTest:
        return SettingsTest(expected, self.effect, level.alpha, level.beta, seed, level.looks)

    def _right(self, subject: Subject) -> Program:
        """What is compared with, over the same symbols."""
        if self.file is None:
            return subject.written
        return replace(subject.program, circuit=from_file(self.file, subject.program.qubits))

    def _points(self, subject: Subject, seed: int) -> Array:
        """The subject's own symbols, and Haar-random states and bases of each wire, a row a setting."""
        random, wires = stream(seed, "settings"), subject.program.width
        tilts = np.arccos(random.uniform(-1, 1, (self.settings, wires, 2)))
        turns = random.uniform(0, 2 * np.pi, (self.settings, wires, 2))
        drawn = np.stack([tilts[..., 0], turns[..., 0], tilts[..., 1], turns[..., 1]], axis=2)
        own = np.repeat(subject.point(self.at, self.row), self.settings, axis=0)
        return np.concatenate([own, drawn.reshape(self.settings, -1)], axis=1)


def surrounded(program: Program) -> Program:
    """The program between gates that make product states and turn bases, with a projector an outcome."""
    import cirq
    import sympy

    before, after, names = [], [], []
    for wire, qubit in enumerate(program.qubits):
        own = [f"{angle}_{wire}" for angle in _ANGLES]
        made_tilt, made_turn, read_tilt, read_turn = map(sympy.Symbol, own)
        before += [cirq.ry(made_tilt)(qubit), cirq.rz(made_turn)(qubit)]
        after += [cirq.rz(-read_turn)(qubit), cirq.ry(-read_tilt)(qubit)]
        names += own
    circuit = cirq.Circuit(before, program.circuit, after)
    whole = replace(program, circuit=circuit, inputs=(*program.symbols, *names), weights=())
    return outcomes(whole, range(program.width))
