"""Claims: what a test says about an experiment, and how large an error is worth noticing."""

from __future__ import annotations

from typing import ClassVar, Literal, Protocol, runtime_checkable

from qmlops.core.work import Work
from qmlops.errors import Mistake
from qmlops.testing.level import Level
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Verdict

KINDS = {
    "accuracy": "qmlops.testing.claim.accuracy:Accuracy",
    "barren_plateau": "qmlops.testing.claim.barren_plateau:BarrenPlateau",
    "distribution": "qmlops.testing.claim.distribution:Distribution",
    "drift": "qmlops.testing.claim.drift:Drift",
    "entangling_capability": "qmlops.testing.claim.entangling_capability:EntanglingCapability",
    "expectation": "qmlops.testing.claim.expectation:Expectation",
    "expressibility": "qmlops.testing.claim.expressibility:Expressibility",
    "gradient_bias": "qmlops.testing.claim.gradient_bias:GradientBias",
    "gradient_snr": "qmlops.testing.claim.gradient_snr:GradientSnr",
    "gradient_variance": "qmlops.testing.claim.gradient_variance:GradientVariance",
    "hardware_fit": "qmlops.testing.claim.hardware_fit:HardwareFit",
    "metamorphic": "qmlops.testing.claim.metamorphic:Metamorphic",
    "noise_resilience": "qmlops.testing.claim.noise_resilience:NoiseResilience",
    "product_inputs": "qmlops.testing.claim.product_inputs:ProductInputs",
    "reference": "qmlops.testing.claim.reference:Reference",
    "state": "qmlops.testing.claim.state:State",
    "unitary": "qmlops.testing.claim.unitary:Unitary",
}

Category = Literal["unit", "integration", "quantum"]


class Claim(Protocol):
    """A frozen dataclass; `alpha` and `power` are None where the suite shares them out.

    One about a trained model says so by `of_model: ClassVar = True`.
    """

    category: ClassVar[Category]
    """unit: the circuit alone; integration: data, training, model; quantum: what a backend gives."""

    @property
    def alpha(self) -> float | None: ...
    @property
    def power(self) -> float | None: ...

    def mistakes(self, subject: Subject) -> list[Mistake]:
        """What does not fit the experiment, with keys of the claim's own. Trains nothing, runs nothing."""
        ...

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        """The most that a check would send to the backend, one after the other; empty where it decides without it."""
        ...

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        """Decide. Equal subject, level and seed give an equal verdict."""
        ...


def asks_model(claim: Claim) -> bool:
    """Whether a claim looks at trained weights: as one about the model itself, or about the circuit `at` them."""
    return getattr(claim, "of_model", False) or getattr(claim, "at", "") == "trained"


@runtime_checkable
class DrawsHere(Protocol):
    """What a claim has besides that can leave something to chance without any work on the backend."""

    def draws_here(self, subject: Subject) -> bool:
        """Whether it draws on this machine, such as weights or rows, and so spends alpha."""
        ...
