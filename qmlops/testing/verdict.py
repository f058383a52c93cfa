"""What a claim's check says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["pass", "fail", "inconclusive"]


@dataclass(frozen=True)
class Verdict:
    """The outcome of one check, with the evidence for it.

    `pass` says that effects as large as the claim names were ruled out, `fail` that the null was;
    what was not settled within the shots is `inconclusive`, and never passes. It is true exactly where it
    passes, so that `assert` may be written before a check.
    """

    outcome: Outcome
    reason: str
    """One sentence in plain words, with the numbers that decided."""
    effect: float | None = None
    """How far what was found is from what is claimed, in the claim's own unit; 0 is exactly as claimed."""
    interval: tuple[float, float] | None = None
    """Holds `effect` with confidence 1 - alpha wherever the test stopped, without what the outcome rules out;
    both ends equal it where exact."""
    p_value: float | None = None
    """Of a sample of fixed size, or corrected for all looks; None where exact or where there is an e-value."""
    e_value: float | None = None
    """Evidence against the null, valid wherever the test stopped: 1/e bounds the chance of so much."""
    shots: int = 0
    """Shots that were drawn; 0 where it was exact."""
    seed: int | None = None
    """Seed of every draw; None where nothing was drawn."""

    def __bool__(self) -> bool:
        return self.outcome == "pass"

    def __repr__(self) -> str:
        """What pytest shows of an `assert` that failed."""
        return f"{self.outcome}: {self.reason}"


def exactly(held: bool, reason: str, effect: float) -> Verdict:
    """The verdict where a number is known and not sampled."""
    return Verdict("pass" if held else "fail", reason, effect, (effect, effect))
