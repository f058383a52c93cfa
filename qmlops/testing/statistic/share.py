"""Exact statements about a share of rows, at a sample of fixed size."""

from __future__ import annotations

from dataclasses import dataclass

from qmlops.testing.verdict import Outcome


@dataclass(frozen=True)
class ShareDecision:
    """What so many hits say about the share behind them."""

    outcome: Outcome
    p_value: float
    """Of the null that the share is at least what is claimed."""
    interval: tuple[float, float]
    """Clopper-Pearson, at confidence 1 - alpha."""


def at_least(hits: int, rows: int, value: float, effect: float, alpha: float, beta: float) -> ShareDecision:
    """Whether a share is at least `value`, by exact binomial tests (Clopper and Pearson 1934).

    Rejects a share of `value` or more with a chance of at most `alpha`, and accepts one of
    `value - effect` or less with a chance of at most `beta`. Too few rows are inconclusive.
    """
    from scipy.stats import binom, binomtest

    low, high = binomtest(hits, rows).proportion_ci(1 - alpha, method="exact")
    against = float(binom.cdf(hits, rows, value))
    favour = float(binom.sf(hits - 1, rows, max(value - effect, 0.0)))
    outcome: Outcome = "fail" if against <= alpha else "pass" if favour <= beta else "inconclusive"
    return ShareDecision(outcome, against, (float(low), float(high)))
