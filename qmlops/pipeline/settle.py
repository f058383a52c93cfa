"""The choice of `backend=auto`: the run is planned everywhere it may go, and the router takes one place."""

from __future__ import annotations

from collections.abc import Sequence

from qmlops.config.spec import RunSpec
from qmlops.core.offer import Offer
from qmlops.parts.backend.auto import Auto


def settled(spec: RunSpec) -> tuple[RunSpec, str]:
    """The spec with a place for its work, and what was chosen among and why; empty where nothing was.

    Plans the run at each place that the router allows, which takes seconds, and asks no provider but
    where a wait is bounded. Raises ConfigError where no place is within the limits.
    """
    if not isinstance(spec.backend, Auto):
        return spec, ""
    from qmlops.pipeline.plan.candidate import candidates
    from qmlops.pipeline.plan.compare import offer_of
    from qmlops.route.choose import choose

    ask = getattr(spec.router, "max_wait", None) is not None
    found = list(candidates(spec, ask, spec.router.allow))
    chosen = choose(spec.router, [offer_of(item) for item in found])
    moved = next(item.spec for item in found if item.name == chosen.offer.name and item.spec is not None)
    best = [offer.name for offer in chosen.pareto]
    return moved, f"{chosen.offer.name}: {chosen.reason}\n{_table(chosen.offers, best, chosen.offer.name)}"


def _table(offers: Sequence[Offer], best: Sequence[str], chosen: str) -> str:
    from qmlops.pipeline.plan.quantity import UNKNOWN, duration, money
    from qmlops.pipeline.table import aligned

    rows = [
        [
            "→" if offer.name == chosen else "*" if offer.name in best else "",
            offer.name,
            money(offer.usd, "USD"),
            duration(offer.wait),
            UNKNOWN if offer.fidelity is None else f"{offer.fidelity:.3f}",
            offer.why_not,
        ]
        for offer in offers
    ]
    return aligned(["", "backend", "cost", "waiting", "fidelity", "why not"], rows)
