"""The chance of a false alarm that the claims of one test, or of one process, may have together."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import asdict, dataclass, field

from qmlops.errors import RequestError

PART = 0.1
"""The most of a session's alpha that a claim takes by itself."""


@dataclass
class ErrorBudget:
    """An alpha that is spent claim by claim, each before it draws, and is never more than given.

    Where the number of claims is known, each takes an equal part. Otherwise the k-th takes at most
    1 / (k + 1) of what is left, so that something is left for any number of them. None takes more than
    `most` by itself. All that holds for every dependence between claims (Bonferroni); what is spent does
    not come back.
    """

    alpha: float
    power: float = 0.99
    claims: int | None = None
    """How many sampled claims share it; None: nobody knows."""
    most: float | None = None
    """What a claim takes at most by itself; None: PART of alpha."""
    spent: float = 0.0
    sampled: int = 0
    """Claims that took a part."""
    exact: int = 0
    """Claims that were decided without drawing."""
    shots: int = 0
    seen: dict[str, int] = field(default_factory=dict, repr=False)
    """How many claims of each name this run of the test has checked."""

    @property
    def left(self) -> float:
        return max(0.0, self.alpha - self.spent)

    def take(self, alpha: float | None = None) -> float:
        """The alpha of the next claim that draws: what it asks for, or its part.

        Raises RequestError where there is not so much left, and for a claim more than were declared.
        """
        if self.claims is not None and self.sampled >= self.claims:
            more = self.sampled + 1
            raise RequestError(
                f"The test is declared with claims={self.claims}, and this is claim {more} of it that is sampled.\n"
                f"Write claims={more}, or leave claims out; a test that is run again has no second share."
            )
        if alpha is None:
            part = self.left / max(1, (self.claims or 2 * self.sampled + 2) - self.sampled)
            alpha = min(part, PART * self.alpha if self.most is None else self.most)
        if not 0 < alpha <= self.left * (1 + 1e-12):
            raise RequestError(
                f"A claim asks for an alpha of {alpha:.4g}, and {self.left:.4g} of {self.alpha:.4g} is left.\n"
                "Give the test more, such as @pytest.mark.quantum(alpha=0.02), or let its claims ask for less."
            )
        self.spent, self.sampled = self.spent + alpha, self.sampled + 1
        return alpha

    def number(self, name: str) -> int:
        """The how many-th claim of this name it is in this run of the test, from 1."""
        self.seen[name] = self.seen.get(name, 0) + 1
        return self.seen[name]

    def as_json(self) -> dict[str, float | int | None]:
        return {name: value for name, value in asdict(self).items() if name != "seen"}


CURRENT: ContextVar[ErrorBudget] = ContextVar("error_budget")
"""The budget of the test that is running; its runner sets it."""
_PROCESS = ErrorBudget(0.05)


def current() -> ErrorBudget:
    """The budget of the test that is running, or one of 0.05 for all that runs in this process."""
    return CURRENT.get(_PROCESS)
