"""The two sides of a place where work runs: Backend, cheap and frozen, and Session, the connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from qmlops.core.program import Program
from qmlops.core.work import Array, Pullback, Result, Work
from qmlops.errors import Mistake

State = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Target:
    """What a device offers; None means that it is not known or has no bound."""

    name: str
    qubits: int | None
    hardware: bool
    source: str
    """Where these facts come from."""


@dataclass(frozen=True)
class Cost:
    """Money or time; `amount` None means unknown and is never shown as 0."""

    amount: float | None
    unit: str
    basis: str


@dataclass(frozen=True)
class Ticket:
    """A receipt for submitted work: plain text that survives the process."""

    backend: str
    job: str
    token: str


@dataclass(frozen=True)
class Status:
    """Where a ticket stands, and why."""

    state: State
    reason: str = ""


class Session(Protocol):
    """An open connection. `submit` makes exactly one attempt."""

    def submit(self, works: Sequence[Work], token: str) -> Ticket: ...
    def find(self, token: str) -> Ticket | None: ...
    def status(self, ticket: Ticket) -> Status: ...
    def result(self, ticket: Ticket) -> list[Result]: ...
    def cancel(self, ticket: Ticket) -> None: ...
    def cost(self, ticket: Ticket) -> Cost: ...


@runtime_checkable
class Differentiates(Protocol):
    """A session that differentiates by itself, on exact values without noise."""

    def vjp(self, work: Work) -> tuple[Array, Pullback]:
        """Values [points × observables], and the pullback of a cotangent of the same shape.

        The pullback gives the gradient in the weights, unsummed: [points × weights]. It may be
        called once; the final states wait in it until then.
        """
        ...


@runtime_checkable
class HoldsStates(Protocol):
    """A session that can show final state vectors."""

    def states(self, work: Work) -> NDArray[np.complexfloating]:
        """State vectors [points × 2^width], qubit 0 leftmost in the index."""
        ...


class Backend(Protocol):
    """The configuration of a place where work runs: picklable, opens no connection by itself."""

    def target(self) -> Target: ...
    def lower(self, program: Program) -> Program:
        """The program as the device runs it, parameters kept."""
        ...

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        """What cannot run here, offline; empty when all can. Never raises for a user's mistake."""
        ...

    def estimate(self, works: Sequence[Work]) -> Cost: ...
    def open(self) -> Session: ...


@dataclass
class Immediate:
    """The Session of a local simulator: the work is done inside `submit`, and costs nothing.

    `abilities` are the methods that it has beyond Session, such as `vjp` and `states`.
    """

    backend: str
    run: Callable[[Work], Result]
    abilities: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    _done: dict[str, list[Result]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.__dict__.update(self.abilities)

    def submit(self, works: Sequence[Work], token: str) -> Ticket:
        self._done[token] = [self.run(work) for work in works]
        return Ticket(self.backend, token, token)

    def find(self, token: str) -> Ticket | None:
        return Ticket(self.backend, token, token) if token in self._done else None

    def status(self, ticket: Ticket) -> Status:
        return Status("done") if ticket.token in self._done else Status("failed", "unknown ticket")

    def result(self, ticket: Ticket) -> list[Result]:
        return self._done.pop(ticket.token)

    def cancel(self, ticket: Ticket) -> None:
        self._done.pop(ticket.token, None)

    def cost(self, ticket: Ticket) -> Cost:
        return Cost(0.0, "USD", "a local simulation is free")
