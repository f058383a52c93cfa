"""Work to Results: submit, wait, collect. Knows no gradient rule by name and no backend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from qmlops.core.backend import Differentiates, HoldsMetric, Session
from qmlops.core.work import Array, Pullback, Result, Work
from qmlops.errors import ConfigError, Mistake
from qmlops.execute.wait import finished
from qmlops.lower.split import join
from qmlops.parts.gradient import Gradient, TellsSpread


@dataclass(frozen=True, eq=False)
class Differentiated:
    """Values with their derivative, and what they cost."""

    values: Array
    pullback: Pullback
    circuits: int
    shots: int
    spread: Callable[[Array], Array] | None = None
    """From a cotangent the trace of the gradient's covariance over shots [points], where the rule knows it."""


def execute(session: Session, works: Sequence[Work], token: str) -> list[Result]:
    """The results of works, in their order. All requests are submitted before one is waited for.

    Raises BackendError where a job failed, and what `execute.connect` says of providers.
    """
    split = getattr(session, "split", None)
    if split is None:
        ticket = session.submit(works, token)
        finished(session, ticket)
        return session.result(ticket, works)
    requests: list[list[Work]] = split(works)
    tickets = [session.submit(request, f"{token}-{number}") for number, request in enumerate(requests)]
    for ticket in tickets:
        finished(session, ticket)
    results = [session.result(ticket, request) for ticket, request in zip(tickets, requests, strict=True)]
    parts = [part for request in requests for part in request]
    return join(works, parts, [item for found in results for item in found])


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


def differentiate(session: Session, gradient: Gradient, works: Sequence[Work], token: str) -> list[Differentiated]:
    """Values at each work's points and their pullback, by the session itself or by a rule.

    What the rules construct of all works is executed together, so that a step is one batch.
    """
    rules = [gradient.rule(session, work) for work in works]
    if not any(rules):
        return [_by_itself(session, work) for work in works]
    built = [[] if rule is None else rule.construct(work) for rule, work in zip(rules, works, strict=True)]
    results = iter(execute(session, [work for constructed in built for work in constructed], token))
    found = []
    for work, rule, constructed in zip(works, rules, built, strict=True):
        if rule is None:
            found.append(_by_itself(session, work))
            continue
        own = [next(results) for _ in constructed]
        values, pullback = rule.combine(work, own)
        counts = (sum(result.circuits for result in own), sum(result.shots for result in own))
        sampled = isinstance(rule, TellsSpread) and work.shots is not None
        spread = partial(cast(TellsSpread, rule).spread, work, own) if sampled else None
        found.append(Differentiated(values, pullback, *counts, spread))
    return found


def _by_itself(session: Session, work: Work) -> Differentiated:
    values, pullback = cast(Differentiates, session).vjp(work)
    return Differentiated(values, pullback, len(values), 0)
