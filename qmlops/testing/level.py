"""The two chances of an error that one claim may have, and how much it may draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Looks(Protocol):
    """A test that draws some shots, looks, and draws more or ends."""

    def schedule(self, most: int) -> list[int]:
        """Shots in all at each look, ascending, the last of them `most` at most."""
        ...


@dataclass(frozen=True)
class Level:
    """What a claim may spend, and how much one that draws may draw."""

    alpha: float
    """Most chance that a right claim fails."""
    power: float
    """Least chance that an effect as large as the claim names does not pass."""
    shots: int
    """Most shots."""
    looks: int | None = None
    """Most requests, where each has a price and a queue; None: they cost nothing."""

    @property
    def beta(self) -> float:
        return 1 - self.power

    def schedule(self, test: Looks, most: int) -> list[int]:
        """Shots in all after each request to plan for; where they cost nothing, of all in one."""
        return [most] if self.looks is None else test.schedule(most)
