"""The two sides of a place where work runs: Backend, cheap and frozen, and Session, the connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from qmlops.core.program import Program
from qmlops.core.target import Target
from qmlops.core.ticket import Cost, Status, Ticket
from qmlops.core.work import Array, Pullback, Result, Work
from qmlops.errors import Mistake


class Session(Protocol):
    """An open connection. It takes works that are lowered, and translates them one to one."""

    def submit(self, works: Sequence[Work], token: str) -> Ticket:
        """Exactly one attempt to hand over all works as one request that carries the token.

        Raises Unsent where the provider certainly has nothing, and Ambiguous where it may have
        accepted the request.
        """
        ...

    def find(self, token: str) -> Ticket | None:
        """The request that carries a token, after a crash or a lost reply; None where there is none."""
        ...

    def status(self, ticket: Ticket) -> Status:
        """Where a job stands. Raises JobFailed where the provider shows no such job: a failed one has a Status."""
        ...

    def result(self, ticket: Ticket, works: Sequence[Work]) -> list[Result]:
        """The results of a request that is done. Their points are not looked at, only their number."""
        ...

    def cancel(self, ticket: Ticket) -> None: ...
    def cost(self, ticket: Ticket) -> Cost:
        """What was billed; the amount is None where the provider does not tell."""
        ...


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


@runtime_checkable
class HoldsDensities(Protocol):
    """A session that can show final density matrices, noise included."""

    def densities(self, work: Work) -> NDArray[np.complexfloating]:
        """Density matrices [points × 2^width × 2^width], qubit 0 leftmost in the indices."""
        ...


@runtime_checkable
class HoldsMetric(Protocol):
    """A session that can say how far states move when weights do, without shots and noise."""

    def metric(self, work: Work) -> Array:
        """The Fubini-Study metric in the weights [points × weights × weights].

        Raises CapacityError where one point's tangents do not fit into memory.
        """
        ...


ABILITIES = ("vjp", "states", "densities", "metric")
"""The methods by which a session may have more than Session; a wrapper has them exactly when what it wraps has."""


class Backend(Protocol):
    """The configuration of a place where work runs: picklable, opens no connection by itself."""

    def target(self) -> Target:
        """What the device offers; a provider's is its catalogue's unless a session has asked it."""
        ...

    def lower(self, program: Program) -> Program:
        """The program as the device runs it, parameters kept. Pure; equal values of all observables."""
        ...

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        """What cannot run here, offline; empty when all can. Never raises for a user's mistake."""
        ...

    def estimate(self, works: Sequence[Work]) -> Cost:
        """What one request with these works, lowered, will cost. Offline."""
        ...

    def open(self) -> Session: ...


@runtime_checkable
class Remote(Protocol):
    """What a backend has besides when its sessions reach out to a provider: work there can cost money.

    `open` connects to nobody by itself: the first use of the session does.
    """

    provider: ClassVar[str]
    """The provider's name: ionq, braket, ibm."""

    def missing(self) -> list[Mistake]:
        """What keeps this machine from using the provider: packages, keys. Offline and cheap."""
        ...

    def split(self, works: Sequence[Work]) -> list[list[Work]]:
        """The requests that the provider's limits allow, as few as possible, in order.

        A work may be cut between two rows; `lower.split` does it. Offline.
        """
        ...

    def current(self) -> Target:
        """What the provider says of the device now. Raises BackendError within some seconds."""
        ...


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

    def result(self, ticket: Ticket, works: Sequence[Work]) -> list[Result]:
        return self._done.pop(ticket.token)

    def cancel(self, ticket: Ticket) -> None:
        self._done.pop(ticket.token, None)

    def cost(self, ticket: Ticket) -> Cost:
        return Cost(0.0, "USD", "a local simulation is free")
