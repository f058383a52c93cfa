"""What claims would send at most, counted and priced as their backend would send it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qmlops.core.backend import Remote
from qmlops.core.ticket import Cost
from qmlops.execute.run import execute
from qmlops.pipeline.plan.counting import Counted, Tally
from qmlops.pipeline.plan.load import Load, total
from qmlops.pipeline.plan.whole import counted
from qmlops.pipeline.prepare import prepare
from qmlops.testing.claim import DrawsHere, asks_model
from qmlops.testing.subject import Subject
from qmlops.testing.suite import Planned


@dataclass(frozen=True)
class Loads:
    """The most that a session sends, by claim."""

    claims: dict[str, Load]
    training: Load | None
    """Of the model that claims ask for; None where there is one already, or where it costs nothing."""
    unit: str
    basis: str
    """What the prices rest on."""

    @property
    def all(self) -> Load:
        return total([*self.claims.values(), self.training or Load()])

    @property
    def cost(self) -> Cost:
        return Cost(self.all.money, self.unit, self.basis, self.all.seconds)


def loads(subject: Subject, planned: Sequence[Planned], trained: bool, asked: bool = False) -> Loads:
    """Nothing is sent. `trained` says that there is a model already, `asked` lets the provider tell prices that its
    catalogue has not; raises BackendError where it does not answer."""
    spec, tally = subject.spec, Tally()
    backend = Counted(spec.backend, tally, asked)
    session, claims = backend.open(), {}
    remote = isinstance(spec.backend, Remote)
    counting = replace(subject.untrained(), task=prepare(replace(spec, backend=backend))) if remote else subject
    tally.take()
    for item in planned:
        for number, request in enumerate(item.requests):
            execute(session, request, f"claim-{item.name}-{number}")
        elsewhere = getattr(item.claim, "of_model", False) or isinstance(item.claim, DrawsHere)
        if remote and subject.exact and not item.requests and not elsewhere:
            # What is asked for exact values does not depend on the answers.
            item.claim.check(counting, item.level, spec.seed)
        claims[item.name] = total(tally.take().values())
    training, basis, unit = None, tally.basis, tally.unit
    if remote and not trained and any(asks_model(item.claim) for item in planned):
        whole, of_training = counted(spec, asked)
        training = whole.training + whole.validation
        basis, unit = of_training.basis or basis, of_training.unit
    return Loads(claims, training, unit, basis or spec.backend.estimate(()).basis)
