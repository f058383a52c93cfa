"""What tests of the mean of bounded values have in common: what they are about, and what needs no drawing."""

from __future__ import annotations

from typing import Protocol

from qmlops.testing.verdict import Outcome

_SLACK = 1e-6
"""What single precision leaves of a value at an end of the range, in parts of it."""


class BoundedTest(Protocol):
    """Of the mean `value` of values in [low, high], or of `value` and more with one side."""

    @property
    def value(self) -> float: ...
    @property
    def effect(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def sides(self) -> int: ...


def ends(test: BoundedTest) -> tuple[float, ...]:
    """The nearest means that are to be noticed."""
    return (test.value - test.effect, test.value + test.effect)[: test.sides]


def certain(test: BoundedTest) -> Outcome | None:
    """Fails where no mean of values in [low, high] is what is claimed, passes where none is far enough from it."""
    slack = _SLACK * (test.high - test.low)
    if test.value > test.high + slack or (test.sides == 2 and test.value < test.low - slack):
        return "fail"
    return None if any(test.low <= end <= test.high for end in ends(test)) else "pass"
