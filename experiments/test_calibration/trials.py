"""How often each sampling test errs: over eight shapes of a true null, at the declared effect, and over suites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from scipy.stats import binom

from experiments.test_calibration.case import ALPHA, BETA, ROWS, Case, Random
from experiments.test_calibration.ensembles import barren_plateau, expressibility, noise_resilience
from experiments.test_calibration.slopes import slopes
from qmlops.config.spec import Suite
from qmlops.core.work import Array
from qmlops.testing.statistic.binary import BinaryTest
from qmlops.testing.statistic.distribution import DistributionTest
from qmlops.testing.statistic.mean import MeanTest
from qmlops.testing.statistic.settings import SettingsTest
from qmlops.testing.statistic.share import at_least
from tests.testing.nulls import SHAPES, drawn_from, moved

Row = dict[str, object]
MEANS = {"expectation": 2, "fidelity": 1}
"""Claims about a mean, by their sides."""
SETTINGS, EACH = 3, 1000
"""How many distributions are tested at once, and the shots of each."""
FEW = Suite().looks
"""Looks at a provider, by default."""
TRIALS_A_NULL = 200
"""A simulated null errs by its own draw, and costs more than a trial: so many share one."""


def cases(alpha: float = ALPHA) -> Iterator[Case]:
    """Every statistic that a claim decides by, on every shape that it can have: one outcome has no variance."""
    for shape, chances in SHAPES.items():
        yield _distribution(shape, chances, alpha)
        for name, sides in MEANS.items():
            yield _binary(name, shape, chances, alpha, sides)
        yield _mean("sum of observables", shape, chances, alpha, 2)
        yield _share(shape, chances, alpha)
    for shape, chances in SHAPES.items():
        yield _settings(shape, chances, alpha)
        yield _mean("entangling capability", shape, chances, alpha, 1)
    for shape, chances in SHAPES.items():
        yield expressibility(shape, chances, alpha)
        if np.count_nonzero(chances) > 1:
            yield barren_plateau(shape, chances, alpha)
        for outcome in ("pass", "fail"):
            yield noise_resilience(shape, chances, alpha, outcome)
    for shape, chances in SHAPES.items():
        yield from slopes(shape, chances, alpha, FEW)
        yield _binary(f"expectation, {FEW} looks", shape, chances, alpha, 2, FEW)
        yield _mean(f"sum of observables, {FEW} looks", shape, chances, alpha, 2, FEW)


def _distribution(shape: str, chances: Array, alpha: float) -> Case:
    effect = 0.3 if len(chances) > 1000 else 0.2
    test = DistributionTest(chances, effect, alpha, BETA)

    def count(other: Array, random: Random, trials: int) -> int:
        source = drawn_from(other, random)
        return sum(test.decide(source, test.most).outcome == "fail" for _ in range(trials))

    def found(random: Random, trials: int) -> int:
        return count(moved(chances, effect, random), random, trials)

    return Case("distribution", shape, lambda random, trials: count(chances, random, trials), found)


def _binary(name: str, shape: str, chances: Array, alpha: float, sides: int, looks: int | None = None) -> Case:
    """Whether the likeliest outcome was read, as of an echo or of a parity."""
    value = float(chances.max())
    effect = min(0.1, 0.6 * value)
    test = BinaryTest(value, effect, 0, 1, alpha, BETA, sides, looks)

    def count(chance: float, random: Random, trials: int) -> int:
        boundary = test.boundary
        hits, going, fails, before = np.zeros(trials), np.ones(trials, dtype=bool), 0, 0
        for look in boundary.looks:
            hits += random.binomial(look - before, chance, trials)
            ended = np.where(going, boundary.decide(hits, look), 0)
            fails, before, going = fails + int(np.sum(ended == 1)), look, going & (ended == 0)
        return fails

    return Case(name, shape, lambda r, n: count(value, r, n), lambda r, n: count(value - effect, r, n))


def _mean(name: str, shape: str, chances: Array, alpha: float, sides: int, looks: int | None = None) -> Case:
    """Outcomes read one of four values, by their numbers, as of a sum of observables."""
    table = np.array([-3.0, -1.0, 1.0, 3.0])
    spread = np.array([chances[place::4].sum() for place in range(4)])
    if sides == 1 and spread @ table < 0:
        table = -table  # There must be room for the effect below the mean.
    mean, effect = float(spread @ table), 1.0
    test = MeanTest(mean, effect, -3, 3, alpha, BETA, sides, looks)
    toward = table.max() if mean < 0 else table.min()
    # Mixed with the farthest value, so that the mean moves by the effect exactly.
    part = effect / abs(toward - mean)
    other = (1 - part) * spread + part * (table == toward)

    def count(weights: Array, random: Random, trials: int) -> int:
        def source(shots: int) -> tuple[Array, np.ndarray]:
            return table, random.multinomial(shots, weights)

        return sum(test.decide(source, test.most).outcome == "fail" for _ in range(trials))

    return Case(name, shape, lambda r, n: count(spread, r, n), lambda r, n: count(other, r, n))


def _share(shape: str, chances: Array, alpha: float) -> Case:
    """How many rows are right, where each is with the chance of the likeliest outcome."""
    value = max(float(chances.max()), 0.3)
    effect = 0.25

    def count(chance: float, random: Random, trials: int) -> int:
        hits, times = np.unique(random.binomial(ROWS, chance, trials), return_counts=True)
        outcomes = [at_least(int(hit), ROWS, value, effect, alpha, BETA).outcome for hit in hits]
        return int(times @ (np.array(outcomes) == "fail"))

    return Case("accuracy", shape, lambda r, n: count(value, r, n), lambda r, n: count(value - effect, r, n))


def _settings(shape: str, chances: Array, alpha: float) -> Case:
    """Several distributions at once, as of product inputs.

    Under the null no effect is declared: none is then ruled out, every trial takes all looks, and with
    any effect that is declared fewer are rejected.
    """
    expected = np.tile(chances, (SETTINGS, 1))
    effect, most = (0.3, 10 * SETTINGS * EACH) if len(chances) > 1000 else (0.2, SETTINGS * EACH)

    def count(declared: float, random: Random, trials: int) -> int:
        fails = 0
        for trial in range(trials):
            rows = [moved(row, declared, random) if declared else row for row in expected]
            sources = [drawn_from(row, random) for row in rows]
            test = SettingsTest(expected, declared, alpha, BETA, trial // TRIALS_A_NULL)
            decision = test.decide(lambda each, drawn=sources: np.stack([one(each) for one in drawn]), most)
            fails += decision.outcome == "fail"
        return fails

    return Case("product inputs", shape, lambda r, n: count(0.0, r, n), lambda r, n: count(effect, r, n))


def errors(trials: int, seed: int, workers: int = 1, numbers: Sequence[int] | None = None) -> list[Row]:
    """A row a case: rejections of a true null, and of the declared effect, with what is allowed.

    Of the cases at these places, or of all; a row is the same whichever others are asked for.
    """
    numbers = range(len(list(cases()))) if numbers is None else numbers
    work = partial(_errors, trials=trials, seed=seed)
    if workers == 1:
        return [work(number) for number in numbers]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(work, numbers))


def _errors(number: int, trials: int, seed: int) -> Row:
    case, random = list(cases())[number], np.random.default_rng((seed, number))
    return {
        "statistic": case.statistic,
        "shape": case.shape,
        "trials": trials,
        "rejected": case.rejected(random, trials),
        "allowed": int(binom.ppf(0.999, trials, ALPHA)),
        "found": case.found(random, trials),
        "wanted": round((1 - BETA - 0.03) * trials),
    }


def suites(count: int, claims: int, seed: int) -> dict[str, int]:
    """How many suites of so many true claims have any failure, with alpha divided over the claims."""
    # A claim that is to pass errs by beta, which no suite shares out.
    open_to = [
        case
        for case in cases(ALPHA / claims)
        if case.shape != "hundred_thousand" and not case.statistic.endswith("to pass")
    ]
    failed = np.zeros(count, dtype=bool)
    for number in range(claims):
        random, case = np.random.default_rng((seed, number)), open_to[number * len(open_to) // claims]
        # A claim is drawn for all suites at once; which of them its failures fall to is as random as its draws.
        failed[random.permutation(count)[: case.rejected(random, count)]] = True
    return {
        "suites": count,
        "claims": claims,
        "failed": int(failed.sum()),
        "allowed": int(binom.ppf(0.999, count, ALPHA)),
    }
