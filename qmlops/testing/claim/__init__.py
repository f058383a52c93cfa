"""Claims: what a test says about an experiment, and how large an error is worth noticing."""

from __future__ import annotations

from typing import ClassVar, Literal, Protocol

from qmlops.core.work import Work
from qmlops.errors import Mistake
from qmlops.testing.level import Level
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Verdict

KINDS = {
    "accuracy": "qmlops.testing.claim.accuracy:Accuracy",
    "distribution": "qmlops.testing.claim.distribution:Distribution",
    "expectation": "qmlops.testing.claim.expectation:Expectation",
    "gradient_bias": "qmlops.testing.claim.gradient_bias:GradientBias",
    "gradient_snr": "qmlops.testing.claim.gradient_snr:GradientSnr",
    "gradient_variance": "qmlops.testing.claim.gradient_variance:GradientVariance",
    "metamorphic": "qmlops.testing.claim.metamorphic:Metamorphic",
    "reference": "qmlops.testing.claim.reference:Reference",
    "state": "qmlops.testing.claim.state:State",
    "unitary": "qmlops.testing.claim.unitary:Unitary",
}

Category = Literal["unit", "integration", "quantum"]


class Claim(Protocol):
    """A frozen dataclass; `alpha` and `power` are None where the suite shares them out."""

    category: ClassVar[Category]
    """unit: the circuit alone; integration: data, training, model; quantum: what a backend gives."""

    @property
    def alpha(self) -> float | None: ...
    @property
    def power(self) -> float | None: ...

    def mistakes(self, subject: Subject) -> list[Mistake]:
        """What does not fit the experiment, with keys of the claim's own. Trains nothing, runs nothing."""
        ...

    def works(self, subject: Subject, level: Level) -> tuple[Work, ...]:
        """The most that a check would run; empty where it decides exactly and spends no alpha."""
        ...

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        """Decide. Equal subject, level and seed give an equal verdict."""
        ...
