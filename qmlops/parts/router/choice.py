"""The choice by one preference within limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qmlops.core.offer import Offer
from qmlops.core.option import option, validate

_REASONS = {
    "speed": "it is a simulator on this machine, or waits least",
    "realistic": "it has the errors of a device: a machine where the limits allow one, else a twin",
    "cost": "it costs least",
    "fidelity": "its shots are freest of errors",
    "value": "its places in the orders of cost, waiting and fidelity sum to the least",
}


@dataclass(frozen=True)
class Choice:
    """Filters by the limits, and orders what is left by `prefer`. What is not known breaks a limit.

    Of places that are equal otherwise the one that runs fewer circuits comes first.
    """

    prefer: Literal["speed", "realistic", "cost", "fidelity", "value"] = option("value", "what decides")
    max_usd: float | None = option(None, "for the whole run; null: as the budget says", unit="USD", least=0)
    max_wait: float | None = option(None, "in queues, for the whole run", unit="s", least=0)
    min_fidelity: float | None = option(None, "chance that a shot is free of errors", least=0, most=1)
    allow: tuple[str, ...] = option((), "names of backends that may be chosen; empty: all")

    def __post_init__(self) -> None:
        validate(self)

    def objection(self, offer: Offer) -> str:
        limits = (("max_usd", offer.usd, self.max_usd, "USD"), ("max_wait", offer.wait, self.max_wait, "s"))
        for name, value, most, unit in limits:
            if most is not None and (value is None or value > most):
                return f"{_shown(value, unit)}, and router.{name}={most:g}"
        least = self.min_fidelity
        if least is not None and (offer.fidelity is None or offer.fidelity < least):
            return f"fidelity {_shown(offer.fidelity, '')}, and router.min_fidelity={least:g}"
        return "it has no device's errors" if self.prefer == "realistic" and not offer.realistic else ""

    def order(self, offers: Sequence[Offer]) -> list[Offer]:
        if self.prefer == "value":
            return sorted(offers, key=lambda offer: (sum(_places(offer, offers)), offer.circuits))
        return sorted(offers, key=lambda offer: (*self._key(offer), offer.circuits))

    def reason(self) -> str:
        return _REASONS[self.prefer]

    def _key(self, offer: Offer) -> tuple[float, ...]:
        usd, wait, error = offer.costs()
        if self.prefer == "speed":
            return (float(offer.place != "here"), wait, usd, error)
        if self.prefer == "realistic":
            return (float(offer.place != "hardware"), usd, wait, error)
        return (usd, wait, error) if self.prefer == "cost" else (error, usd, wait)


def _places(offer: Offer, offers: Sequence[Offer]) -> list[int]:
    """How many offers are better, in each regard."""
    own = offer.costs()
    return [sum(other.costs()[regard] < own[regard] for other in offers) for regard in range(len(own))]


def _shown(value: float | None, unit: str) -> str:
    return "not known" if value is None else f"{value:.4g} {unit}".strip()
