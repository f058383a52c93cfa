"""How much is sent: requests, circuits, shots, money, time. What is not known stays so in every sum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What some requests take together."""

    requests: int = 0
    circuits: int = 0
    shots: int = 0
    """In all circuits together."""
    money: float | None = 0.0
    """In the unit of the price list; None: not known."""
    seconds: float | None = 0.0
    """On the machine; None: not known."""
    rounds: int = 0
    """Batches of requests of which each is waited for before the next one can be sent."""

    def __add__(self, other: Load) -> Load:
        return Load(
            self.requests + other.requests,
            self.circuits + other.circuits,
            self.shots + other.shots,
            _sum(self.money, other.money),
            _sum(self.seconds, other.seconds),
            self.rounds + other.rounds,
        )

    def times(self, count: int) -> Load:
        """So many of it; none of it is nothing, whatever is not known."""
        if not count:
            return Load()
        money = None if self.money is None else count * self.money
        seconds = None if self.seconds is None else count * self.seconds
        counts = (count * self.requests, count * self.circuits, count * self.shots)
        return Load(*counts, money, seconds, count * self.rounds)


def total(loads: Iterable[Load]) -> Load:
    return sum(loads, Load())


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
