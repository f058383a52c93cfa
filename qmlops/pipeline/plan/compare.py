"""All places side by side, with the ones marked that no other beats in every regard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from qmlops.config.spec import RunSpec
from qmlops.core.offer import Offer
from qmlops.pipeline.plan import text
from qmlops.pipeline.plan.candidate import Candidate, candidates
from qmlops.pipeline.plan.quantity import UNKNOWN, duration, money
from qmlops.pipeline.table import Rows, aligned
from qmlops.route.pareto import pareto

_HEAD = ("", "backend", "cost", "waiting", "fidelity", "requests", "circuits", "shots", "where", "")


def offer_of(candidate: Candidate, within_budget: bool = True) -> Offer:
    """What a router looks at; a place that the budget refuses is none, unless it is only compared."""
    planned = candidate.plan
    if planned is None:
        return Offer(candidate.name, "here", False, None, None, None, candidate.why_not)
    refused = "; ".join(why for why, _ in planned.refused) if within_budget else ""
    place = "hardware" if planned.target.hardware else "provider" if planned.remote else "here"
    return Offer(
        candidate.name,
        place,  # type: ignore[arg-type]
        realistic=planned.target.hardware or planned.target.calibration is not None,
        usd=planned.cost.amount if planned.cost.unit == "USD" else None,
        wait=planned.waiting,
        fidelity=planned.fidelity.value,
        why_not=candidate.missing or refused,
        circuits=planned.whole.all.circuits,
    )


def compare(spec: RunSpec, ask: bool = False) -> list[tuple[Candidate, bool]]:
    """Each place, and whether it is of the Pareto set of those at which the run is possible."""
    found = list(candidates(spec, ask))
    offers = [offer_of(item, within_budget=False) for item in found]
    best = pareto([offer for item, offer in zip(found, offers, strict=True) if item.plan is not None])
    return [(item, offer in best) for item, offer in zip(found, offers, strict=True)]


def as_text(rows: Sequence[tuple[Candidate, bool]], table: Callable[[Sequence[str], Rows], str] = aligned) -> str:
    """A row a place."""
    legend = "* no other place is at least as good in cost, waiting and fidelity, and better in one; unknown is worst"
    return "\n\n".join([table(_HEAD, [_row(*row) for row in rows]), legend])


def as_json(row: tuple[Candidate, bool]) -> dict[str, Any]:
    """Stable keys; null is not known."""
    candidate, best = row
    told: dict[str, Any] = {"overrides": list(candidate.overrides), "pareto": best, "missing": candidate.missing}
    if candidate.plan is None:
        return told | {"why_not": candidate.why_not}
    return told | {"plan": text.as_json(candidate.plan)}


def _row(candidate: Candidate, best: bool) -> list[str]:
    planned = candidate.plan
    if planned is None:
        return ["", candidate.name, *[""] * 7, candidate.why_not]
    load, found = planned.whole.all, planned.fidelity
    fidelity = UNKNOWN if found.value is None else f"{'≤ ' if found.bound else ''}{found.value:.3f}"
    counts = [f"{load.requests:,}", f"{load.circuits:,}", f"{load.shots:,}"]
    cost = [money(load.money, planned.cost.unit), duration(planned.waiting), fidelity]
    wants = [f"wants {allow}" for _, allow in planned.refused]
    remark = "; ".join(why for why in (candidate.missing, *wants) if why)
    return ["*" if best else "", candidate.name, *cost, *counts, planned.where, remark]
