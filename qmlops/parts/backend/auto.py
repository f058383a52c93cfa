"""The wish that a router choose a backend: a place for nothing, until the choice is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qmlops.core.backend import Session
from qmlops.core.program import Program
from qmlops.core.target import Target
from qmlops.core.ticket import Cost
from qmlops.core.work import Work
from qmlops.errors import ConfigError, Mistake

_UNCHOSEN = Mistake("backend", "auto is a wish, and no place where work runs.", "let `qmlops run` choose, or name one")


@dataclass(frozen=True)
class Auto:
    """Exchanged for what `router` chooses before anything runs; takes no work itself."""

    def target(self) -> Target:
        return Target("auto", None, hardware=False, source="the choice is still to be made")

    def lower(self, program: Program) -> Program:
        return program

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        return [_UNCHOSEN]

    def estimate(self, works: Sequence[Work]) -> Cost:
        return Cost(None, "USD", "no place is chosen")

    def open(self) -> Session:
        raise ConfigError([_UNCHOSEN])
