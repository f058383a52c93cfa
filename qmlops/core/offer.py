"""What a place would make of a run: the facts between which a router chooses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Offer:
    """One run at one place. None is not known, and counts as the worst."""

    name: str
    """The overrides that choose it."""
    place: Literal["here", "provider", "hardware"]
    """This machine, a provider's simulator, or a quantum computer."""
    realistic: bool
    """Whether it has the errors of a device: the device itself, or its twin."""
    usd: float | None
    """For the whole run."""
    wait: float | None
    """Seconds in queues, for the whole run."""
    fidelity: float | None
    """The chance that a shot is free of errors, as it is predicted."""
    why_not: str = ""
    """Why it cannot be had: a key, the budget, a limit of the device."""
    circuits: int = 0
    """For the whole run: what decides between places that are equal otherwise."""

    def costs(self) -> tuple[float, float, float]:
        """Money, waiting and error, each the smaller the better."""
        error = math.inf if self.fidelity is None else 1 - self.fidelity
        return (_or_worst(self.usd), _or_worst(self.wait), error)


def _or_worst(value: float | None) -> float:
    return math.inf if value is None else value
