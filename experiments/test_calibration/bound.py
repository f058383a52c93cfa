"""The most shots that any test of one chance can save: a bound on all ways to stop, found by backward induction.

A price is put on a shot at the null and at each end, of weights that sum to 1, and on every error. The test
that costs least is then known, shot by shot; less what the allowed errors cost, its price bounds from below
the largest of the mean shots of every test with these errors, whatever the prices are (Lagrange). The best of
many prices is kept. It shares no code with the boundary that it is held against.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from qmlops.core.work import Array

_ROUNDS = 40
_CALM = 4
"""Steps are half as long after so many rounds, a third as long after twice as many, and so on."""
_LEAST = 0.02
"""Of the weight of a shot, so that one at each chance costs something."""
_STEEP = 2.0
"""How fast weight moves to where shots are many."""
_STEEPER = 0.7
"""How fast the price of an error moves to where it is what is allowed."""
_HORIZON = 2.5
"""In sizes of the fixed test; beyond it everything is free, so that no test is left out."""
_TINY = 1e-12


@dataclass(frozen=True)
class _Prices:
    shots: Array
    """Of a shot at the null and at each end; they sum to 1."""
    reject: float
    accept: Array
    """At each end."""


@dataclass(frozen=True)
class _Ended:
    """What the test does that the prices make cheapest: errors and mean shots, at the null and at each end."""

    errors: Array
    shots: Array


def least(null: float, ends: tuple[float, ...], alpha: float, beta: float, size: int) -> float:
    """The largest of the mean shots at the null and at each end is at least this, for every test with these errors."""
    allowed = np.array([alpha, *(beta for _ in ends)])
    shots, errors, best = np.full(len(allowed), 1 / len(allowed)), 0.3 * size / allowed, 0.0
    for number in range(_ROUNDS):
        calm = 1 / (1 + number / _CALM)
        prices = _Prices(shots, errors[0], errors[1:])
        cost, ended = _cheapest(null, ends, prices, math.ceil(_HORIZON * size))
        best = max(best, cost - float(errors @ allowed))
        errors = errors * np.clip(np.maximum(ended.errors, _TINY) / allowed, 0.2, 5) ** (_STEEPER * calm)
        shots = np.maximum(shots * (ended.shots / ended.shots.max()) ** (_STEEP * calm), _LEAST)
        shots = shots / shots.sum()
    return best


def _cheapest(null: float, ends: tuple[float, ...], prices: _Prices, horizon: int) -> tuple[float, _Ended]:
    """What the cheapest test costs, by backward induction, and what it does, by following it."""
    rows = list(_rows(null, ends, prices, horizon))
    value, decided = np.zeros(0), []
    for row, later in zip(reversed(rows), [None, *reversed(rows[1:])], strict=True):
        stop = np.minimum(prices.reject, prices.accept @ row.ratios)
        if later is None:
            value, goes_on = np.zeros(len(stop)), np.ones(len(stop), dtype=bool)
        else:
            known = np.concatenate([[later.below], value, [later.above]])
            after = known[np.clip(np.arange(row.low, row.low + len(stop) + 1) - later.low + 1, 0, len(known) - 1)]
            on = row.cost + (1 - null) * after[:-1] + null * after[1:]
            goes_on = on < stop
            value = np.where(goes_on, on, stop)
        decided.append(np.where(goes_on, 0, np.where(stop < prices.reject, -1, 1)))
    return float(value[0]), _followed(null, rows, decided[::-1])


@dataclass(frozen=True, eq=False)
class _Row:
    """The numbers of hits after some shots between which a test may go on."""

    low: int
    ratios: Array
    """Of the likelihoods of each end to the null [ends × hits]."""
    cost: Array
    """Of one shot more [hits]."""
    below: float
    """What fewer hits cost at least: all of a rejection, or nothing."""
    above: float


def _rows(null: float, ends: tuple[float, ...], prices: _Prices, horizon: int) -> Iterator[_Row]:
    """A row for each number of shots. Outside, one shot more costs all of a rejection, or next to nothing is lost."""
    gains = np.array([math.log(end / null) for end in ends])[:, None]
    losses = np.array([math.log((1 - end) / (1 - null)) for end in ends])[:, None]
    most = math.log(prices.reject / prices.shots[1:].min())
    tiny = math.log(_TINY / prices.accept.sum())
    lower, upper = min(ends) < null, max(ends) > null
    for shots in range(horizon + 1):
        # An end's logarithm is linear in the hits: where it is `most` and where it is `tiny`.
        bounds = (np.array([most, tiny]) - shots * losses) / (gains - losses)
        low = bounds[:, 0].min() if lower else bounds[:, 1].min()
        high = bounds[:, 0].max() if upper else bounds[:, 1].max()
        first = min(max(0, math.floor(low)), shots)
        hits = np.arange(float(first), float(max(first, min(shots, math.ceil(high))) + 1))
        ratios = np.exp(np.minimum(hits * gains + (shots - hits) * losses, 600.0))
        cost = prices.shots[0] + prices.shots[1:] @ ratios
        yield _Row(first, ratios, cost, prices.reject if lower else 0.0, prices.reject if upper else 0.0)


def _followed(null: float, rows: list[_Row], decided: list[Array]) -> _Ended:
    """The chances of a test's paths under the null, and times a likelihood ratio at an end."""
    alive, low = np.ones(1), 0
    errors, shots = np.zeros(1 + len(rows[0].ratios)), np.zeros(1 + len(rows[0].ratios))
    for number, (row, ended) in enumerate(zip(rows, decided, strict=True)):
        inside = np.zeros(len(ended))
        first, last = max(low, row.low), min(low + len(alive), row.low + len(ended))
        inside[first - row.low : last - row.low] = alive[first - low : last - low]
        there = np.vstack([inside, inside * row.ratios])
        errors[0] += inside[ended == 1].sum()
        errors[1:] += there[1:, ended == -1].sum(axis=1)
        shots += number * there[:, ended != 0].sum(axis=1)
        inside[ended != 0] = 0
        alive, low = np.append(inside * (1 - null), 0) + np.append(0, inside * null), row.low
    return _Ended(errors, np.maximum(shots, 1.0))
