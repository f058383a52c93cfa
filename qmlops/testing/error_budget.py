"""The chance of a false alarm that the claims of one test, or of one process, may have together."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import asdict, dataclass

from qmlops.errors import RequestError


@dataclass
class ErrorBudget:
    """An alpha that is spent claim by claim, each before it draws, and is never more than given.

    Where the number of claims is known, each takes an equal part. Otherwise the k-th takes
    alpha / (k (k + 1)), which sums to alpha over any number of them. Both hold for every dependence
    between claims (Bonferroni); what is spent does not come back.
    """

    alpha: float
    power: float = 0.99
    claims: int | None = None
    """How many sampled claims share it; None: nobody knows."""
    spent: float = 0.0
    sampled: int = 0
    """Claims that took a part."""
    exact: int = 0
    """Claims that were decided without drawing."""
    shots: int = 0

    @property
    def left(self) -> float:
        return max(0.0, self.alpha - self.spent)

    def take(self, alpha: float | None = None) -> float:
        """The alpha of the next claim that draws: what it asks for, or its part.

        Raises RequestError where there is not so much left.
        """
        if alpha is None:
            alpha = self.left / max(1, (self.claims or 2 * self.sampled + 2) - self.sampled)
        if not 0 < alpha <= self.left * (1 + 1e-12):
            raise RequestError(
                f"A claim asks for an alpha of {alpha:.4g}, and {self.left:.4g} of {self.alpha:.4g} is left.\n"
                "Give the test more, such as @pytest.mark.quantum(alpha=0.02), or let its claims ask for less."
            )
        self.spent, self.sampled = self.spent + alpha, self.sampled + 1
        return alpha

    def as_json(self) -> dict[str, float | int | None]:
        return asdict(self)


CURRENT: ContextVar[ErrorBudget] = ContextVar("error_budget")
"""The budget of the test that is running; its runner sets it."""
_PROCESS = ErrorBudget(0.05)


def current() -> ErrorBudget:
    """The budget of the test that is running, or one of 0.05 for all that runs in this process."""
    return CURRENT.get(_PROCESS)
