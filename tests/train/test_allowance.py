"""What is watched keeps its share of the time."""

from __future__ import annotations

import random

from qmlops.train.allowance import Allowance


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_is_done_whenever_it_is_due_stays_below_its_share() -> None:
    clock, drawn = Clock(), random.Random(1)
    allowance, times = Allowance(0.02, clock=clock), 0
    began = clock.now
    for _ in range(20_000):
        clock.now += drawn.uniform(0.0, 0.02)
        if allowance.due():
            before = allowance.spent
            with allowance.spending():
                clock.now += drawn.uniform(0.5, 1.0) * 0.004
            times += 1
            # One that costs more than the one before exceeds what was set aside by the difference.
            assert before <= 0.02 * (clock.now - began) or times == 1
    assert 0.01 <= allowance.spent / (clock.now - began) <= 0.02
    assert times > 500


def test_an_expensive_first_one_makes_the_others_wait() -> None:
    clock = Clock()
    allowance = Allowance(0.1, clock=clock)
    with allowance.spending():
        clock.now += 2.0
    clock.now += 37.0
    assert not allowance.due()
    clock.now += 1.01
    assert allowance.due()


def test_a_first_one_that_is_known_to_be_expensive_waits_too() -> None:
    clock = Clock()
    allowance = Allowance(0.02, 0.1, clock)
    clock.now += 4.9
    assert not allowance.due()
    clock.now += 0.11
    assert allowance.due()


def test_cheap_ones_are_a_tenth_of_a_second_apart() -> None:
    clock = Clock()
    allowance = Allowance(1.0, clock=clock)
    with allowance.spending():
        clock.now += 1e-6
    clock.now += 0.09
    assert not allowance.due()
    clock.now += 0.02
    assert allowance.due()


def test_without_a_share_nothing_is_due() -> None:
    clock = Clock()
    allowance = Allowance(0.0, clock=clock)
    with allowance.spending():
        clock.now += 1.0
    clock.now += 1e9
    assert not allowance.due()
