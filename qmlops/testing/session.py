"""From a request to checked claims: what `qmlops test` and Python users call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import uuid4

import numpy as np

from qmlops.config.spec import RunSpec
from qmlops.core.account import Account
from qmlops.core.backend import Remote
from qmlops.errors import BudgetError, Diverged, RequestError, nearest
from qmlops.execute.ledger import FILE, FREE, Entry, entries
from qmlops.parts.objective import FitsGram
from qmlops.pipeline.prepare import prepare
from qmlops.pipeline.record import Run
from qmlops.testing.load import Loads, loads
from qmlops.testing.subject import Subject
from qmlops.testing.suite import Checked, Planned, plan, refuse, run
from qmlops.train.loop import begin, steps
from qmlops.train.model import QuantumModel, model_of
from qmlops.train.support import fit
from qmlops.train.task import Task

_HOW = """Declare some in the experiment, or on the command line:
  tests:
    undone: {kind: metamorphic, relation: inverse}
  qmlops test +experiment=NAME +test@tests.undone=metamorphic
See `qmlops list test`."""


@dataclass(frozen=True, eq=False)
class Session:
    """Claims that are ready to be checked, with their budget."""

    subject: Subject
    planned: list[Planned]
    spend: float | None = None
    """USD that the whole session may cost; None: nobody has said."""
    trained: bool = False
    """Whether there is a model, so that none is trained."""
    asked: bool = False
    """Whether the provider is asked for prices that its catalogue has not."""

    @cached_property
    def loads(self) -> Loads:
        """The most that it would send."""
        return loads(self.subject, self.planned, self.trained, self.asked)

    @property
    def jobs(self) -> list[Entry]:
        """What was sent to a provider in this session's name, and may have been paid."""
        if not isinstance(self.subject.spec.backend, Remote):
            return []
        account = self.subject.task.account
        found = entries(account.folder / FILE, run=account.run)
        return [entry for entry in found if entry.state not in FREE]

    def unchecked(self, checked: Sequence[Checked]) -> list[str]:
        """The names of claims that have no verdict, because an error or a person ended the session before them."""
        return [item.name for item in self.planned[len(checked) :]]

    def check(self, watch: Callable[[str], None]) -> list[Checked]:
        """All verdicts; see `checks`."""
        return list(self.checks(watch))

    def checks(self, watch: Callable[[str], None]) -> Iterator[Checked]:
        """Verdict after verdict; `watch` is told the name of each claim before it is checked.

        Raises BudgetError, before anything runs, where claims send what a provider may bill, and nobody has
        said what that may cost.
        """
        self._refuse_unpaid()
        yield from run(self.subject, self.planned, watch)

    def _refuse_unpaid(self) -> None:
        backend = self.subject.spec.backend
        if self.spend is not None or not isinstance(backend, Remote):
            return
        cost, load = self.loads.cost, self.loads.all
        if not load.requests or cost.amount == 0:
            return
        price = "what they cost is not known" if cost.amount is None else f"that is {cost.amount:,.2f} {cost.unit}"
        told = f"{load.requests:,} requests with {load.shots:,} shots"
        raise BudgetError(
            f"The claims send up to {told} to {backend.target().name}; {price} ({cost.basis}).\n"
            "Say what all of them may cost, such as qmlops test … --spend 10, or pytest --qmlops-spend 10;\n"
            "or leave them out with --category."
        )


def open_session(
    spec: RunSpec,
    names: Collection[str] = (),
    category: str | None = None,
    stored: Run | None = None,
    watch: Callable[[str], None] = lambda text: None,
    spend: float | None = None,
    asked: bool = False,
) -> Session:
    """The claims of a spec, or those of some names or of a category.

    A model is trained when a claim asks for one, and left nowhere; `stored` gives that of a run.
    What a session spends at a provider is its own, bounded by `spend` USD in place of the config's.
    Alpha is divided over all claims that are declared, so that leaving some out changes no verdict.
    Raises RequestError where nothing is declared or chosen, ConfigError where a claim does not fit.
    """
    if not spec.tests:
        raise RequestError(f"{spec.name} declares no tests.\n{_HOW}")
    for name in names:
        if name not in spec.tests:
            raise RequestError(f"{spec.name} declares no claim {name!r}; {nearest(name, list(spec.tests))}")
    task = paid(prepare(spec), spend)
    subject = Subject(task, lambda: trained(task, watch) if stored is None else _of_run(task, stored))
    planned = [
        item
        for item in plan(subject, spec.tests, stored is not None)
        if (not names or item.name in names) and category in (None, item.category)
    ]
    if not planned:
        raise RequestError(f"{spec.name} declares no claim of category {category} among those asked for.")
    refuse(subject, planned)
    return Session(subject, planned, spend, stored is not None, asked)


def paid(task: Task, spend: float | None, scope: str | None = None) -> Task:
    """The task in the name of an account of this session, where its backend is a provider's.

    Sessions of one `scope` share what may be spent; without one, it is this session's alone.
    """
    if not isinstance(task.spec.backend, Remote):
        return task
    budget = task.spec.budget if spend is None else replace(task.spec.budget, usd=spend)
    name = f"test-{uuid4().hex}"
    return task.opened(Account(name, scope or name, budget, task.spec.reuse, once=False))


def trained(task: Task, watch: Callable[[str], None]) -> QuantumModel:
    """The model that `qmlops run` would train, without a folder. Raises Diverged."""
    watch(f"training {task.spec.name}")
    if isinstance(task.spec.objective, FitsGram):
        return model_of(task, support=fit(task)[0])
    state = begin(task)
    for event, after in steps(task, state):
        if not np.isfinite(event.metrics["loss"]):
            raise Diverged(f"The loss is {event.metrics['loss']} at step {event.step}, so there is no model to test.")
        state = after
    return model_of(task, state)


def _of_run(task: Task, stored: Run) -> QuantumModel:
    """A stored run's model, at this session's backend and in its account's name: what it sends is paid by `spend`.

    Raises RequestError where it is one of another circuit.
    """
    model = stored.model
    if model.program.digest() != task.program.digest():
        told = "Leave the overrides out that change the circuit, or test the run by itself: qmlops test --run RUN"
        raise RequestError(f"The model of {stored.folder} is one of another circuit than this experiment's.\n{told}")
    here = model.on(task.spec.backend, task.spec.shots or 0, task.spec.noise)
    return replace(here, account=task.account)
