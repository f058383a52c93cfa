"""Work to Results: submit, wait, collect. Knows no gradient rule by name and no backend."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from qmlops.core.backend import Differentiates, HoldsMetric, Session
from qmlops.core.work import Array, Pullback, Result, Work
from qmlops.errors import BackendError, ConfigError, Mistake
from qmlops.parts.gradient import Gradient


@dataclass(frozen=True, eq=False)
class Differentiated:
    """Values with their derivative, and what they cost."""

    values: Array
    pullback: Pullback
    circuits: int
    shots: int


def execute(session: Session, works: Sequence[Work], token: str) -> list[Result]:
    """The results of works, in their order. Raises BackendError where the job failed."""
    ticket = session.submit(works, token)
    wait = 0.05
    while (status := session.status(ticket)).state in ("queued", "running"):
        time.sleep(wait)
        wait = min(wait * 1.5, 10.0)
    if status.state != "done":
        raise BackendError(f"{ticket.backend} job {ticket.job} {status.state}: {status.reason or 'no reason given'}.")
    return session.result(ticket, works)


def metric(session: Session, work: Work) -> Array:
    """The metric tensor in the weights [points × weights × weights]; see `refuse_metric`."""
    refuse_metric(session, work)
    return cast(HoldsMetric, session).metric(work)


def refuse_metric(session: Session, work: Work) -> None:
    """Raises ConfigError where a session has no metric tensor for a work."""
    if not (work.exact and isinstance(session, HoldsMetric)):
        why = "its metric tensor needs a backend that holds states, exact values and no noise."
        instead = "use optimizer=adam, or backend=qsim shots=null noise=none"
        raise ConfigError([Mistake("optimizer", why, instead)])


def differentiate(session: Session, gradient: Gradient, work: Work, token: str) -> Differentiated:
    """Values at the work's points and their pullback, by the session itself or by a rule."""
    rule = gradient.rule(session, work)
    if rule is None:
        values, pullback = cast(Differentiates, session).vjp(work)
        return Differentiated(values, pullback, len(values), 0)
    results = execute(session, rule.construct(work), token)
    values, pullback = rule.combine(work, results)
    circuits = sum(result.circuits for result in results)
    return Differentiated(values, pullback, circuits, sum(result.shots for result in results))
