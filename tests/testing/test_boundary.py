"""The boundary of a sequential test: its errors are exact, and hardly any test takes fewer shots."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qmlops.testing.statistic.boundary import Boundary, boundary

CASES = [
    (0.5, (0.4,)),
    (0.95, (0.85,)),
    (0.999, (0.99,)),
    (1.0, (0.95,)),
    (0.5, (0.45, 0.55)),
    (0.9, (0.85, 0.95)),
    (0.0, (0.1,)),
    (0.5, (0.0, 1.0)),
]
ALPHA, BETA = 0.005, 0.01


def information(first: float, second: float) -> float:
    """Relative entropy of one coin to another, in nats."""
    parts = [(a, b) for a, b in ((first, second), (1 - first, 1 - second)) if a]
    return sum(a * math.log(a / b) for a, b in parts)


@pytest.mark.parametrize("looks", [None, 1, 3, 8])
@pytest.mark.parametrize(("null", "ends"), CASES)
def test_both_errors_are_kept_and_every_path_ends(null: float, ends: tuple[float, ...], looks: int | None) -> None:
    test = boundary(null, ends, ALPHA, BETA, looks)
    assert looks is None or len(test.looks) <= looks
    for chance in (null, *ends):
        found = test.outlook(chance)
        assert found.rejects + found.accepts == pytest.approx(1, abs=1e-9)
    assert test.outlook(null).rejects <= ALPHA
    assert max(test.outlook(end).accepts for end in ends) <= BETA


@pytest.mark.parametrize(("null", "ends"), CASES[:2] + CASES[4:6])
def test_the_errors_are_used_up(null: float, ends: tuple[float, ...]) -> None:
    test = boundary(null, ends, ALPHA, BETA)
    assert test.outlook(null).rejects >= 0.9 * ALPHA
    assert min(test.outlook(end).accepts for end in ends) >= 0.85 * BETA


@pytest.mark.parametrize(("null", "ends"), CASES[:2] + CASES[4:6])
def test_at_the_effect_it_is_near_the_least_shots_that_any_test_can_take(null: float, ends: tuple[float, ...]) -> None:
    test = boundary(null, ends, ALPHA, BETA)
    rejects, shots, bounds = test.outlook(null).rejects, [], []
    for end in ends:
        found = test.outlook(end)
        # Wald's bounds, for the errors that it has: as if all rejections at the null were of this side, or its part.
        least, near = (
            information(1 - found.accepts, part) / information(end, null) for part in (rejects, rejects / len(ends))
        )
        assert least <= found.shots
        shots.append(found.shots)
        bounds.append(near)
    assert max(shots) <= 1.06 * max(bounds) + 2


@pytest.mark.parametrize("ends", [(0.85, 0.95), (0.6, 0.95), (0.89, 0.99)])
def test_alpha_is_divided_so_that_both_effects_take_equally_long(ends: tuple[float, ...]) -> None:
    test = boundary(0.9, ends, ALPHA, BETA)
    shots = [test.outlook(end).shots for end in ends]
    assert max(shots) <= 1.05 * min(shots) or abs(test.lean[0] - test.lean[1]) > 10


@pytest.mark.parametrize(("null", "ends"), [(0.95, (0.85,)), (0.6, (0.5, 0.7))])
def test_beyond_an_end_it_accepts_less_and_under_a_better_null_it_rejects_less(
    null: float, ends: tuple[float, ...]
) -> None:
    test = boundary(null, ends, ALPHA, BETA)
    for end in ends:
        farther = [test.outlook(end + step * (end - null)).accepts for step in (0.0, 0.1, 0.5, 1.0)]
        assert farther == sorted(farther, reverse=True)
    if len(ends) == 1:
        assert test.outlook(0.98).rejects <= test.outlook(0.95).rejects


def test_the_outlook_is_what_simulated_paths_do() -> None:
    test, random, trials = boundary(0.7, (0.5,), 0.05, 0.05), np.random.default_rng(1), 4000
    hits, open_to = np.zeros(trials), np.ones(trials, dtype=bool)
    rejected, shots, before = 0, 0, 0
    for look in test.looks:
        hits += random.binomial(look - before, 0.6, trials)
        before = look
        found = np.where(open_to, test.decide(hits, look), 0)
        rejected, shots = rejected + int((found == 1).sum()), shots + look * int((found != 0).sum())
        open_to &= found == 0
    outlook = test.outlook(0.6)
    assert abs(rejected / trials - outlook.rejects) < 4 * math.sqrt(0.25 / trials)
    assert shots / trials == pytest.approx(outlook.shots, rel=0.05)
    assert not open_to.any()


def test_one_look_is_a_binomial_test() -> None:
    from scipy.stats import binom

    test = Boundary(0.5, (0.4,), (50,), (0.0,), 1.0, (1.0,), 0.0)
    ratio = [hits * math.log(0.8) + (50 - hits) * math.log(1.2) for hits in range(51)]
    most = max(hits for hits in range(51) if ratio[hits] >= 0)
    assert test.outlook(0.3).rejects == pytest.approx(binom.cdf(most, 50, 0.3))
    assert test.outlook(0.3).shots == pytest.approx(50)


def test_equal_requests_share_one_boundary() -> None:
    assert boundary(0.5, (0.4,), ALPHA, BETA) is boundary(0.5, (0.4,), ALPHA, BETA)


@pytest.mark.parametrize(("null", "ends"), CASES[:3] + CASES[4:6])
def test_a_p_value_is_exact_and_at_most_alpha_just_where_the_test_rejects(null: float, ends: tuple[float, ...]) -> None:
    test, random = boundary(null, ends, ALPHA, BETA), np.random.default_rng(5)
    for chance in (null, *ends):
        for _ in range(5):
            hits, before = 0, 0
            for look in test.looks:
                hits, before = hits + int(random.binomial(look - before, chance)), look
                if found := int(test.decide(np.array([float(hits)]), look)[0]):
                    break
            assert (test.p_value(hits, look, ALPHA) <= ALPHA) == (found == 1)
    # The worst end of all has the chance of all rejections, the best one that of everything.
    assert test.p_value(round(null * test.looks[-1]), test.looks[-1], ALPHA) > ALPHA


def test_the_p_value_of_one_look_is_that_of_a_binomial_test() -> None:
    from scipy.stats import binom

    test = boundary(0.5, (0.4,), 0.05, 0.05, 1)
    (shots,) = test.looks
    for hits in (int(0.38 * shots), int(0.45 * shots), int(0.55 * shots)):
        rejected = int(test.decide(np.array([float(hits)]), shots)[0]) == 1
        more = 0 if rejected else 0.05 - test.outlook(0.5).rejects
        assert test.p_value(hits, shots, 0.05) == pytest.approx(binom.cdf(hits, shots, 0.5) + more)


def test_a_tiny_alpha_and_a_tiny_effect_are_no_endless_search() -> None:
    assert boundary(0.9, (0.8,), 1e-9, BETA).outlook(0.9).rejects <= 1e-9
    near = boundary(0.5, (0.499,), ALPHA, BETA)
    assert near.outlook(0.5).rejects <= ALPHA
