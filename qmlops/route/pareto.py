"""Which offers no other one beats in every regard."""

from __future__ import annotations

from collections.abc import Sequence

from qmlops.core.offer import Offer


def pareto(offers: Sequence[Offer]) -> list[Offer]:
    """Those for which no other is at least as good in money, waiting and fidelity and better in one, in order."""
    return [offer for offer in offers if not any(_beats(other, offer) for other in offers)]


def _beats(one: Offer, other: Offer) -> bool:
    pairs = list(zip(one.costs(), other.costs(), strict=True))
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)
