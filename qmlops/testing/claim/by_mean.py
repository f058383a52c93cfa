"""The decision of claims about one number: exact where it is known, else a sequential test of its samples."""

from __future__ import annotations

from qmlops.core.work import Work
from qmlops.testing.level import Level
from qmlops.testing.meter import Meter
from qmlops.testing.statistic.binary import BinaryTest
from qmlops.testing.statistic.bounded import certain
from qmlops.testing.statistic.mean import MeanTest, Source
from qmlops.testing.verdict import Outcome, Verdict, exactly

_ROUNDING = 1e-6
"""What single precision leaves of a number that is exactly on a bound."""
_LARGEST = 10**7
"""Shots of a test that looks once, of which the exact boundary is found in seconds."""


def mean_test(meter: Meter, value: float, effect: float, level: Level, sides: int) -> BinaryTest | MeanTest:
    """The test of a meter's mean: of two values the exact one, where it fits into the shots that may be drawn."""
    given = (value, effect, *meter.reach, level.alpha, level.beta, sides, level.looks)
    if meter.binary:
        test = BinaryTest(*given)
        if certain(test) or test.size <= min(level.shots, _LARGEST):
            return test
    return MeanTest(*given)


def by_meter(meter: Meter, value: float, effect: float, sides: int, level: Level, seed: int, what: str) -> Verdict:
    """The exact decision where the meter's mean is known, else the sequential one."""
    if meter.known:
        return by_exact(meter.exact()[0], value, effect, sides, what)
    return by_samples(meter, mean_test(meter, value, effect, level, sides), meter.source(seed), level, seed, what)


def requests(meter: Meter, value: float, effect: float, sides: int, level: Level) -> list[list[Work]]:
    """What `by_meter` would send at most."""
    if meter.known:
        return []
    return sampled(meter, mean_test(meter, value, effect, level, sides), level)


def sampled(meter: Meter, test: BinaryTest | MeanTest, level: Level) -> list[list[Work]]:
    """What `by_samples` would send at most."""
    if certain(test):
        return []
    return meter.requests(level.schedule(test, samples(meter, test, level)))


def samples(meter: Meter, test: BinaryTest | MeanTest, level: Level) -> int:
    """Most samples, each of which takes a shot a reading."""
    return max(1, min(test.most, level.shots // len(meter.readings)))


def by_exact(found: float, value: float, effect: float, sides: int, what: str) -> Verdict:
    """Right where the number is nearer than the effect (or above `value` less the effect)."""
    away = found - value
    reach = effect + min(_ROUNDING, effect / 10)
    held = abs(away) < reach if sides == 2 else away > -reach
    reason = f"{what} is {found:.6g}; {_noticed(value, effect, sides)} would be an error."
    return exactly(held, reason, away)


def by_samples(
    meter: Meter, test: BinaryTest | MeanTest, source: Source, level: Level, seed: int, what: str
) -> Verdict:
    """The verdict of a sequential test; nothing is drawn where no other one is possible."""
    if certain(test):
        return beyond(test, what)
    decision = test.decide(source, samples(meter, test, level))
    low, high = decision.interval
    found = f"{what} is about {decision.mean:.4g}"
    right = f"{test.value:.6g}" + ("" if test.sides == 2 else " or more")
    told: dict[Outcome, str] = {
        "pass": f"{found}; {_noticed(test.value, test.effect, test.sides)} is ruled out.",
        "fail": f"{found}, and {right} is ruled out.",
        "inconclusive": f"{found}; suite.shots={level.shots:,} ended before {right} was told from an error of "
        f"{test.effect:.3g}, which takes {test.most:,} samples at most.",
    }
    return Verdict(
        decision.outcome,
        told[decision.outcome],
        decision.mean - test.value,
        (low - test.value, high - test.value),
        decision.p_value,
        decision.e_value,
        shots=decision.shots * len(meter.readings),
        seed=seed,
    )


def beyond(test: BinaryTest | MeanTest, what: str) -> Verdict:
    """The verdict where all that can be read lies on one side of what is claimed."""
    reach = f"{what} lies between {test.low:.4g} and {test.high:.4g} whatever is read"
    if certain(test) == "fail":
        return Verdict("fail", f"{reach}; {test.value:.4g}{'' if test.sides == 2 else ' or more'} is claimed.")
    return Verdict("pass", f"{reach}; {_noticed(test.value, test.effect, test.sides)} would be an error.")


def _noticed(value: float, effect: float, sides: int) -> str:
    """Which values are errors worth noticing."""
    below = f"{value - effect:.4g} or less"
    return below if sides == 1 else f"{below}, or {value + effect:.4g} or more,"
