"""The detector keeps the rate of false alarms that is proven of it, and finds a change soon."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from qmlops.core.bet import LEFT, kept, stake
from qmlops.core.event import Stamped
from qmlops.monitoring.alert.detector import Detector
from qmlops.monitoring.alert.drift import Drift
from tests.alert.run_of_events import Purse, steps

Draw = Callable[[np.random.Generator, int], np.ndarray]
APART, LONGEST, TRIALS = 50, 1000, 300
NULLS: dict[str, Draw] = {
    "accuracies of 20 rows": lambda random, count: random.binomial(20, 0.9, count) / 20,
    "all or nothing": lambda random, count: (random.random(count) < 0.9).astype(float),
    "skewed": lambda random, count: random.beta(9, 1, count),
    "calm and wild by turns": lambda random, count: np.where(
        np.arange(count) // 25 % 2 == 0, 0.9, random.choice([0.5, 1.0], count, p=[0.2, 0.8])
    ),
}
"""Of values whose mean is 0.9, whatever came before."""


def first_alarm(detector: Detector, values: np.ndarray) -> int:
    """After how many values; the number of values where there is none."""
    return next((number for number, value in enumerate(values, 1) if detector.see(float(value))), len(values))


@pytest.mark.parametrize("side", [(0.8,), (0.8, 0.98)])
@pytest.mark.parametrize("null", NULLS)
def test_false_alarms_come_as_seldom_as_is_proven(null: str, side: tuple[float, ...]) -> None:
    random = np.random.default_rng([1, len(side), len(null)])
    found = np.array([first_alarm(Detector(0.9, side, APART), NULLS[null](random, LONGEST)) for _ in range(TRIALS)])
    # Cut off at LONGEST the mean is only smaller; it is 3 standard errors that chance may take from it.
    assert found.mean() + 3 * found.std() / math.sqrt(TRIALS) >= APART
    for within in (1, 5, 10, 25):
        chance = within / APART
        assert np.mean(found <= within) <= chance + 3 * math.sqrt(chance * (1 - chance) / TRIALS)


def test_evidence_grows_by_one_a_value_on_average_at_the_null() -> None:
    """Exactly: over all sequences of four two-valued draws, each weighted by its chance."""
    total = 0.0
    for code in range(16):
        values = [float(code >> place & 1) for place in range(4)]
        detector = Detector(0.7, (0.5, 0.9), 10**9)
        for value in values:
            detector.see(value)
        total += math.prod(0.7 if value else 0.3 for value in values) * sum(detector.evidence) / 2
    assert total == pytest.approx(4, rel=1e-12)


@pytest.mark.parametrize(("changed", "most"), [(0.85, 12), (0.75, 8)])
def test_a_change_is_found_soon_and_soonest_a_large_one(changed: float, most: int) -> None:
    """Accuracies of 100 shots; a false alarm comes once in 10,000 values at most."""
    random, delays = np.random.default_rng(3), []
    for _ in range(40):
        detector = Detector(0.93, (0.85,), 10_000)
        assert first_alarm(detector, random.binomial(100, 0.93, 100) / 100) == 100
        delays.append(first_alarm(detector, random.binomial(100, changed, 200) / 100))
    assert np.mean(delays) <= most


def test_after_a_recovery_it_begins_anew() -> None:
    detector = Detector(0.9, (0.8,), 1000)
    assert not any(detector.see(0.92) for _ in range(200))
    assert [detector.see(0.6) for _ in range(300)][-1]
    seen = [detector.see(0.95) for _ in range(100)]
    assert seen[0] and not seen[-1] and detector.evidence[0] < 1000
    assert seen == sorted(seen, reverse=True), "it goes once"


@pytest.mark.parametrize("null", [0.0, 0.01, 0.5, 0.99, 1.0])
@pytest.mark.parametrize("towards", [0.0, 0.3, 0.7, 1.0])
def test_no_value_takes_more_than_a_bet_may_lose(null: float, towards: float) -> None:
    for variance in (1e-12, 0.01, 0.25):
        bet = stake(null, towards, variance)
        least = min(1 + bet * (value - kept(null)) for value in (0.0, 1.0))
        assert least >= LEFT - 1e-6 and math.copysign(1, bet) * (towards - null) >= 0


def seen(alert: Drift, values: list[float]) -> list[bool | None]:
    watcher = alert.watch(Purse())
    return [watcher.see(stamped) for stamped in steps(alert.metric, values)]


def test_a_drift_of_a_metric_is_told_of_with_its_mean() -> None:
    watcher = Drift(mean=0.9, effect=0.1, apart=1000).watch(Purse())
    verdicts = [watcher.see(stamped) for stamped in steps("validation_accuracy", [0.91] * 50 + [0.7] * 30)]
    assert not any(verdicts[:50]) and verdicts[-1]
    assert watcher.found().text == (
        "the mean of validation_accuracy is not at least 0.9 any more; it is 0.7 "
        "(by chance once in 1,000 values at most)"
    )
    assert watcher.at(10**9) is None


def test_values_while_it_is_trained_are_passed_over_and_other_metrics_say_nothing() -> None:
    alert = Drift(mean=0.9, effect=0.1, after=40, apart=100)
    verdicts = seen(alert, [0.1] * 40 + [0.92] * 10)
    assert verdicts[:40] == [None] * 40 and not any(verdicts[40:])
    assert alert.watch(Purse()).see(Stamped(1.0, steps("loss", [1.0], first=50)[0].event)) is None


@pytest.mark.parametrize("value", [1.2, -0.1, math.nan])
def test_a_value_that_the_metric_cannot_have_is_told_of_at_once(value: float) -> None:
    watcher = Drift().watch(Purse())
    (stamped,) = steps("validation_accuracy", [value])
    assert watcher.see(stamped) is True and "outside [0, 1]" in watcher.found().text


def test_a_range_other_than_0_to_1_gives_the_same_verdicts() -> None:
    random = np.random.default_rng(5)
    values = [float(value) for value in random.beta(8, 2, 60)] + [float(value) for value in random.beta(4, 4, 60)]
    plain = seen(Drift(mean=0.8, effect=0.2, side="both", apart=500), values)
    wide = Drift("loss", mean=-0.4, effect=0.8, side="both", low=-2.0 - 1.6, high=0.4, apart=500)
    assert any(plain) and seen(wide, [4 * value - 3.6 for value in values]) == plain
