"""The plan of one run: what is sent, what it costs, how long it takes, and what it can be worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from qmlops.config.spec import RunSpec
from qmlops.core.backend import Remote
from qmlops.core.budget import Budget, Spent, objections
from qmlops.core.target import Target
from qmlops.core.ticket import Cost
from qmlops.lower.figure import Figures, figures
from qmlops.pipeline.plan.fidelity import Fidelity, fidelity_of
from qmlops.pipeline.plan.load import total
from qmlops.pipeline.plan.signal import Signal, signal_of
from qmlops.pipeline.plan.subject import described
from qmlops.pipeline.plan.whole import Whole, counted
from qmlops.pipeline.prepare import prepare


@dataclass(frozen=True)
class Plan:
    """What a run would do. Numbers that rest on a guess say so in their basis; None is not known."""

    name: str
    target: Target
    remote: bool
    steps: int
    shots: int | None
    subject: dict[str, Any]
    figures: Figures
    """Of the circuit as it is sent, basis changes left out."""
    whole: Whole
    cost: Cost
    """Of the whole run."""
    fidelity: Fidelity
    signal: Signal | str
    """Or why there is none."""
    budget: Budget

    @property
    def refused(self) -> list[tuple[str, str]]:
        """Why the budget would end the run, each with the override that allows it."""
        return refused([self])

    @property
    def where(self) -> str:
        if self.target.hardware:
            return "hardware"
        return "a provider's simulator" if self.remote else "this machine"

    @property
    def waiting(self) -> float | None:
        """Seconds in the queue over all rounds, if each waits as long as a job that is sent now; None: not known."""
        if not self.remote:
            return 0.0
        queue = self.target.queue
        return None if queue is None or queue.seconds is None else queue.seconds * self.whole.all.rounds


def plan(spec: RunSpec, ask: bool = False, rehearsed: bool = True) -> Plan:
    """Count, price and judge a run; nothing is sent. Raises ConfigError where it could not run.

    `ask` puts questions to the provider: for its queue, its calibration, and a price that is in no
    catalogue; raises BackendError where it does not answer. `rehearsed` draws the first gradient
    some times on this machine, which can take seconds.
    """
    task = prepare(spec)
    whole, tally = counted(spec, ask)
    remote = isinstance(spec.backend, Remote)
    target = spec.backend.current() if ask and isinstance(spec.backend, Remote) else spec.backend.target()
    lowered = spec.backend.lower(task.program)
    load = whole.all
    cost = Cost(load.money, tally.unit, tally.basis or spec.backend.estimate(()).basis, load.seconds)
    return Plan(
        name=spec.name,
        target=target,
        remote=remote,
        steps=whole.steps,
        shots=spec.shots,
        subject=described(task),
        figures=figures(lowered),
        whole=whole,
        cost=cost,
        fidelity=fidelity_of(spec, lowered, target),
        signal=signal_of(task, whole.step.circuits) if rehearsed else "not rehearsed",
        budget=spec.budget,
    )


def refused(plans: Sequence[Plan]) -> list[tuple[str, str]]:
    """Why the budget of a sweep would end it, each with the override that allows it; here runs cost nothing."""
    paid = [item for item in plans if item.remote]
    if not paid:
        return []
    load = total(item.whole.all for item in paid)
    return objections(paid[0].budget, Spent(), together(paid), load.circuits, load.shots)


def together(plans: Sequence[Plan]) -> Cost:
    """What runs cost together; not known where one of them is not, or where units differ."""
    units = {item.cost.unit for item in plans}
    amounts = [item.cost.amount for item in plans if item.cost.amount is not None]
    known = len(amounts) == len(plans) and len(units) == 1
    seconds = total(item.whole.all for item in plans).seconds
    return replace(plans[0].cost, amount=sum(amounts) if known else None, seconds=seconds)
