"""From offers and a wish to one choice, with the reason for it and for each that was passed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qmlops.core.offer import Offer
from qmlops.errors import ConfigError, Mistake
from qmlops.parts.router import Router
from qmlops.route.pareto import pareto


@dataclass(frozen=True)
class Chosen:
    """One offer out of several."""

    offer: Offer
    reason: str
    offers: tuple[Offer, ...]
    """All of them; `why_not` tells of those that a limit ruled out."""
    pareto: tuple[Offer, ...]
    """Of those that no limit ruled out: each is best at something."""


def choose(router: Router, offers: Sequence[Offer]) -> Chosen:
    """The first of the Pareto set in the router's order. Raises ConfigError where every offer is ruled out."""
    judged = [replace(offer, why_not=offer.why_not or router.objection(offer)) for offer in offers]
    possible = [offer for offer in judged if not offer.why_not]
    if not possible:
        told = "\n".join(f"    {offer.name}: {offer.why_not}" for offer in judged)
        raise ConfigError([Mistake("backend", f"auto finds no place within the limits of router:\n{told}", _REMEDY)])
    best = pareto(possible)
    first = router.order(best)[0]
    alone = "no other place is possible" if len(possible) == 1 else router.reason()
    return Chosen(first, alone, tuple(judged), tuple(best))


_REMEDY = "widen router.max_usd, max_wait, min_fidelity or allow, or the budget; see `qmlops plan --compare`"
