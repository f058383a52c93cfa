"""Claims as assertions of unittest."""

from __future__ import annotations

import unittest
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from qmlops.testing.bench import Bench
from qmlops.testing.error_budget import current

__unittest = True  # unittest and pytest leave this file out of a traceback


class QuantumTestCase(unittest.TestCase):
    """Assertions about one experiment, which `overrides` name as on the command line.

        class H2(QuantumTestCase):
            overrides = ("+experiment=vqe_h2",)

            def test_the_ground_state_is_found(self) -> None:
                self.assertStateClose("ground", effect=1e-4, at="trained")

    Each assertion is the claim of its kind in `conf/test`, with its fields and their defaults; what is
    inconclusive fails too. All tests of a process share an alpha of 0.05; under pytest they share the
    session's, as tests with the marker `quantum` do. The model is trained once a process.
    """

    overrides: ClassVar[Sequence[str]] = ()

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Run again, its claims draw what they drew."""
        current().seen.pop(self.id(), None)
        return super().run(result)

    def assertClaim(self, kind: str, **fields: Any) -> None:
        """Any kind that `qmlops list test` shows."""
        verdict = _bench(tuple(self.overrides)).check(current(), kind, self.id(), **fields)
        if not verdict:
            self.fail(f"{kind} {verdict}")

    def assertStateClose(self, target: str = "zeros", **fields: Any) -> None:
        """The final state has at least `fidelity` with zeros, uniform, ghz or ground."""
        self.assertClaim("state", target=target, **fields)

    def assertDistribution(self, expected: Mapping[str, float] | None = None, **fields: Any) -> None:
        """Bit strings come with these chances; without any, with those of the ideal circuit."""
        self.assertClaim("distribution", expected=dict(expected or {}), **fields)

    def assertGradientStable(self, at_least: float = 1.0, **fields: Any) -> None:
        """A derivative is at least so many times its standard deviation over `shots`."""
        self.assertClaim("gradient_snr", at_least=at_least, **fields)

    def assertFitsHardware(self, **fields: Any) -> None:
        """Lowered to the device of the experiment's backend, the program keeps its rules and its unitary."""
        self.assertClaim("hardware_fit", **fields)

    def assertNoiseResilient(self, noise: float = 0.01, **fields: Any) -> None:
        """With so much depolarising noise the trained model's score changes by less than `delta`."""
        self.assertClaim("noise_resilience", noise=noise, **fields)


@cache
def _bench(overrides: tuple[str, ...]) -> Bench:
    return Bench(overrides)
