"""A backend that computes nothing and counts everything: what a run would send, by the run's own code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from qmlops.core.backend import ABILITIES, Backend, Remote, Session
from qmlops.core.budget import seconds_of
from qmlops.core.program import Program
from qmlops.core.target import Target
from qmlops.core.ticket import Cost, Status, Ticket
from qmlops.core.work import Array, Pullback, Result, Work
from qmlops.errors import Mistake
from qmlops.execute.identity import content_of, token_of
from qmlops.lower.figure import seconds
from qmlops.lower.reading import circuits_of, shots_of
from qmlops.pipeline.plan.load import Load, total

_Shape = tuple[tuple[str, int, int | None], ...]
"""Program, rows and shots of each work: what a request costs, and how it is cut, depends on nothing else."""
_Rows = tuple[int, int, int]
"""A work's place, and the rows of it from one to before another."""


@dataclass
class Tally:
    """What was sent, by the first word of the request's name: `step`, `validation`, `predict`, …"""

    loads: dict[str, Load] = field(default_factory=dict)
    basis: str = ""
    """What the prices rest on."""
    unit: str = "USD"
    lowered: dict[str, Program] = field(default_factory=dict)
    """By the digests of the logical ones; a run lowers a program once, whoever opens a session."""
    costs: dict[_Shape, Load] = field(default_factory=dict)
    cuts: dict[_Shape, list[list[_Rows]]] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    """By the token of a request, what it is known by once it is answered."""
    answered: set[str] = field(default_factory=set)

    def add(self, name: str, load: Load) -> None:
        phase = name.partition("-")[0]
        self.loads[phase] = self.loads.get(phase, Load()) + load

    def take(self) -> dict[str, Load]:
        """What was sent since the last time."""
        taken, self.loads = self.loads, {}
        return taken


@dataclass(frozen=True)
class Counted:
    """Stands in a RunSpec for the backend that it counts for. It is local: nothing of it is journalled."""

    backend: Backend
    tally: Tally
    asked: bool = False
    """Whether the provider is asked for a price that the catalogue has not."""

    def target(self) -> Target:
        return self.backend.target()

    def lower(self, program: Program) -> Program:
        return self.backend.lower(program)

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        return self.backend.validate(works)

    def estimate(self, works: Sequence[Work]) -> Cost:
        cost: Cost = self.backend.estimate(works)
        quote = getattr(self.backend, "quote", None)
        if self.asked and quote is not None and cost.amount is None:
            cost = quote(works)
        return cost

    def open(self) -> Session:
        return Counting(self)


class Counting:
    """A session with the abilities of the backend's own. Its answers move with the points, and mean nothing.

    Requests are those of `backend.split` on lowered works. What the journal would answer is not counted:
    the same request of one step, and exact values that were had before.
    """

    def __init__(self, counted: Counted) -> None:
        self.counted, self.backend, self.tally = counted, counted.backend, counted.tally
        self.target = self.backend.target()
        self._first = True
        own = self.backend.open()
        for name in ABILITIES:
            if hasattr(own, name):
                setattr(self, name, partial(getattr(self, f"_{name}")))

    def split(self, works: Sequence[Work]) -> list[list[Work]]:
        """As the provider's limits allow. Begins a round."""
        self._first = True
        if not isinstance(self.backend, Remote):
            return [list(works)]
        lowered = [self._below(work) for work in works]
        shape = _shape(lowered)
        if shape not in self.tally.cuts:
            self.tally.cuts[shape] = _cuts(lowered, self.backend.split(lowered))
        return [
            [replace(lowered[number], points=lowered[number].points[begin:end]) for number, begin, end in request]
            for request in self.tally.cuts[shape]
        ]

    def submit(self, works: Sequence[Work], token: str) -> Ticket:
        ticket = Ticket(self.target.name, token, token_of("", token, works))
        if not self._known(works, ticket):
            self.tally.add(token, replace(self._load(works), rounds=int(self._first)))
            self._first = False
        return ticket

    def find(self, token: str) -> Ticket | None:
        return None

    def status(self, ticket: Ticket) -> Status:
        return Status("done")

    def result(self, ticket: Ticket, works: Sequence[Work]) -> list[Result]:
        self.tally.answered.add(self.tally.sent[ticket.token])
        return [self._result(work) for work in works]

    def cancel(self, ticket: Ticket) -> None:
        return None

    def cost(self, ticket: Ticket) -> Cost:
        return Cost(0.0, "USD", "nothing was sent")

    def _result(self, work: Work) -> Result:
        values = _answers(work)
        simulated = work.shots is None and hasattr(self, "vjp")
        circuits = len(work.points) if simulated else circuits_of(work)
        return Result(values, np.zeros_like(values), circuits, shots_of(work))

    def _vjp(self, work: Work) -> tuple[Array, Pullback]:
        self.tally.add("step", Load(1, len(work.points), seconds=None, rounds=1))
        slopes = np.cos(np.arange(len(work.program.weights)))

        def pullback(cotangent: Array) -> Array:
            return np.outer(cotangent.sum(axis=1), slopes)

        return _answers(work), pullback

    def _states(self, work: Work) -> Array:
        """Vectors of one component: their fidelities have the right shape, which is all that is counted."""
        self.tally.add("states", Load(1, len(work.points), seconds=None, rounds=1))
        return np.ones((len(work.points), 1))

    def _densities(self, work: Work) -> Array:
        """Of no component at all: they are only looked at, and nothing is counted for it."""
        return np.ones((len(work.points), 1, 1))

    def _metric(self, work: Work) -> Array:
        weights = len(work.program.weights)
        return np.broadcast_to(np.eye(weights), (len(work.points), weights, weights))

    def _below(self, work: Work) -> Work:
        digest = work.program.digest()
        if digest not in self.tally.lowered:
            self.tally.lowered[digest] = self.backend.lower(work.program)
        return Work(self.tally.lowered[digest], work.points, work.shots, work.seed, work.noise, work.keep_counts)

    def _known(self, works: Sequence[Work], ticket: Ticket) -> bool:
        """Whether the journal has it: the same request of the same step, or exact values that were had before."""
        exact = all(work.shots is None for work in works)
        content = content_of("", "", works, [work.program.digest() for work in works]) if exact else ticket.token
        known = ticket.token in self.tally.sent or content in self.tally.answered
        self.tally.sent[ticket.token] = content
        return known and isinstance(self.backend, Remote)

    def _load(self, works: Sequence[Work]) -> Load:
        shape = _shape(works)
        if shape not in self.tally.costs:
            cost = self.counted.estimate(works)
            self.tally.basis, self.tally.unit = cost.basis, cost.unit
            spent = seconds_of(cost)
            if spent is None:
                each = [_or_none(seconds(work.program, self.target), shots_of(work)) for work in works]
                spent = total(Load(seconds=item) for item in each).seconds
            counts = (sum(self._result(work).circuits for work in works), sum(map(shots_of, works)))
            self.tally.costs[shape] = Load(1, *counts, cost.amount, spent if self.target.hardware else None)
        return self.tally.costs[shape]


def _cuts(works: Sequence[Work], requests: Sequence[Sequence[Work]]) -> list[list[_Rows]]:
    """Which rows of which works each request has; requests hold all rows in order."""
    ends = [(number, 0) for number, work in enumerate(works) if len(work.points)]
    found: list[list[_Rows]] = []
    for request in requests:
        found.append([])
        for part in request:
            number, begin = ends.pop(0)
            end = begin + len(part.points)
            found[-1].append((number, begin, end))
            if end < len(works[number].points):
                ends.insert(0, (number, end))
    return found


def _or_none(seconds: float | None, count: int) -> float | None:
    return None if seconds is None else seconds * count


def _shape(works: Sequence[Work]) -> _Shape:
    return tuple((work.program.digest(), len(work.points), work.shots) for work in works)


def _answers(work: Work) -> Array:
    """Numbers in [-1, 1] that tell points apart, so that no optimizer stands still."""
    rows, columns = work.points.shape
    phases = work.points @ np.cos(np.arange(1, columns + 1)) if columns else np.zeros(rows)
    answers: Array = np.cos(phases[:, None] + np.arange(len(work.program.observables)))
    return answers
