"""The session of a backend of this machine, wrapped: each program is lowered once, as it is for a provider."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from qmlops.core.backend import ABILITIES, Session
from qmlops.core.program import Program
from qmlops.core.ticket import Cost, Status, Ticket
from qmlops.core.work import Result, Work
from qmlops.lower.reading import first_wires

_MOST_KEPT = 256
"""Programs; a run has a few, and claims that draw circuits many."""

Lower = Callable[[Program], Program]


@dataclass(eq=False)
class Local:
    """A Session that takes logical works: lowered here, run as they then are, read on their own wires.

    It has the abilities of the session that it wraps.
    """

    session: Session
    lower: Lower
    _lowered: dict[str, Program] = field(default_factory=dict)
    """By the digests of logical programs, so that equal ones are one for the session, too."""

    def __post_init__(self) -> None:
        for name in ABILITIES:
            if hasattr(self.session, name):
                setattr(self, name, partial(self._able, getattr(self.session, name)))

    def submit(self, works: Sequence[Work], token: str) -> Ticket:
        return self.session.submit(self._below(works), token)

    def find(self, token: str) -> Ticket | None:
        return self.session.find(token)

    def status(self, ticket: Ticket) -> Status:
        return self.session.status(ticket)

    def result(self, ticket: Ticket, works: Sequence[Work]) -> list[Result]:
        results = self.session.result(ticket, self._below(works))
        return [_on_wires(result, work.program.width) for work, result in zip(works, results, strict=True)]

    def cancel(self, ticket: Ticket) -> None:
        self.session.cancel(ticket)

    def cost(self, ticket: Ticket) -> Cost:
        return self.session.cost(ticket)

    def _able(self, ability: Callable[[Work], Any], work: Work) -> Any:
        return ability(*self._below([work]))

    def _below(self, works: Sequence[Work]) -> list[Work]:
        lowered = [self._program(work.program) for work in works]
        pairs = zip(works, lowered, strict=True)
        return [work if program is work.program else replace(work, program=program) for work, program in pairs]

    def _program(self, program: Program) -> Program:
        digest = program.digest()
        if digest not in self._lowered:
            if len(self._lowered) >= _MOST_KEPT:
                self._lowered.clear()
            self._lowered[digest] = self.lower(program)
        return self._lowered[digest]


def _on_wires(result: Result, width: int) -> Result:
    """Counts of a program's own wires: routing may have added others, behind them."""
    if result.counts is None or all(item.bits.shape[1] == width for basis in result.counts for item in basis):
        return result
    return replace(result, counts=tuple(tuple(first_wires(item, width) for item in basis) for basis in result.counts))
