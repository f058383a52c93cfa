"""Exact statements about shares of rows, at a sample of fixed size."""

from __future__ import annotations

from dataclasses import dataclass

from qmlops.testing.statistic.standing import standing
from qmlops.testing.verdict import Outcome

_MENDED = 0.1
"""The share of alpha that bounds how many rows are mended, where what is broken is held against it."""


@dataclass(frozen=True)
class ShareDecision:
    """What so many hits say about the share behind them."""

    outcome: Outcome
    p_value: float
    """Of the null."""
    interval: tuple[float, float]
    """At confidence 1 - alpha: Clopper-Pearson's, or the difference of two such at half of alpha; without what
    the outcome rules out."""


def at_least(hits: int, rows: int, value: float, effect: float, alpha: float, beta: float) -> ShareDecision:
    """Whether a share is at least `value`, by exact binomial tests (Clopper and Pearson 1934).

    Rejects a share of `value` or more with a chance of at most `alpha`, and accepts one of
    `value - effect` or less with a chance of at most `beta`. Too few rows are inconclusive.
    """
    against, favour = _below(hits, rows, value), _below(rows - hits, rows, min(1 - value + effect, 1.0))
    outcome: Outcome = "fail" if against <= alpha else "pass" if favour <= beta else "inconclusive"
    interval = standing(outcome, _interval(hits, rows, alpha), hits / rows, value, (value - effect,))
    return ShareDecision(outcome, against, interval)


def unchanged(broken: int, mended: int, rows: int, delta: float, alpha: float, beta: float) -> ShareDecision:
    """Whether a share of right rows loses or gains less than `delta`, of which some were broken and some mended.

    Accepts, where either share is `delta` or more, with a chance of at most `beta`: two one-sided exact
    tests (Schuirmann 1987). Rejects a loss of less than `delta` with a chance of at most `alpha`: what is
    broken is held against `delta` and an upper bound of what is mended (Berger and Boos 1994). The
    interval is that of the loss.
    """
    accepts = max(_below(moved, rows, delta) for moved in (broken, mended)) <= beta
    _, most = _interval(mended, rows, 2 * _MENDED * alpha)
    against = _below(rows - broken, rows, max(0.0, 1 - delta - most))
    (least_broken, most_broken), (least_mended, most_mended) = (
        _interval(moved, rows, alpha / 2) for moved in (broken, mended)
    )
    rejects = against <= (1 - _MENDED) * alpha
    outcome: Outcome = "fail" if rejects else "pass" if accepts else "inconclusive"
    interval = least_broken - most_mended, most_broken - least_mended
    if outcome == "pass":
        interval = standing(outcome, interval, (broken - mended) / rows, 0.0, (-delta, delta))
    elif outcome == "fail":
        interval = standing(outcome, interval, (broken - mended) / rows, delta, ())
    return ShareDecision(outcome, min(1.0, against / (1 - _MENDED)), interval)


def _below(hits: int, rows: int, value: float) -> float:
    """The p-value of a share of `value` or more."""
    from scipy.special import bdtr

    return float(bdtr(hits, rows, value))


def _interval(hits: int, rows: int, alpha: float) -> tuple[float, float]:
    """Clopper and Pearson's, by quantiles of beta laws."""
    from scipy.special import betaincinv

    low = 0.0 if hits == 0 else float(betaincinv(hits, rows - hits + 1, alpha / 2))
    high = 1.0 if hits == rows else float(betaincinv(hits + 1, rows - hits, 1 - alpha / 2))
    return low, high
