"""The two chances of an error that one claim may have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """What a claim may spend, and how much one that draws may draw."""

    alpha: float
    """Most chance that a right claim fails."""
    power: float
    """Least chance that an effect as large as the claim names does not pass."""
    shots: int
    """Most shots."""

    @property
    def beta(self) -> float:
        return 1 - self.power
