"""Alerts: what a run watches for while it goes on, and what it does about it.

An alert is a part of a config; a Watcher follows one run for it. A watcher only says what is true:
that it is told of once, and what is done then, is the run's (`pipeline.alarm`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from qmlops.core.budget import Budget, Spent
from qmlops.core.event import Stamped

Action = Literal["show", "bell", "checkpoint", "pause", "stop"]
"""What a run does itself; a command and a post are named with what they need."""


@dataclass(frozen=True)
class Finding:
    """What is true at this moment."""

    text: str
    """A sentence without a full stop, with the number."""
    value: float | None
    sure: bool = True
    """False: it cannot be told whether it is true, and the text says why. Such an alert is only shown."""


class Standing(Protocol):
    """What a watcher may ask beside events."""

    @property
    def budget(self) -> Budget:
        """Of the run, with what commands have changed in it."""
        ...

    def spent(self) -> Spent:
        """What all runs that share the budget have taken of it, or reserved."""
        ...


class Watcher(Protocol):
    """Follows one run. Equal events, moments and standings give equal answers."""

    @property
    def kinds(self) -> tuple[type[Any], ...]:
        """The classes of the events that it wants to see."""
        ...

    def see(self, stamped: Stamped) -> bool | None:
        """Whether the alert is true after an event, in microseconds.

        None: the event says nothing about it, or it may yet become true and was not proven untrue.
        """
        ...

    def at(self, moment: float) -> bool | None:
        """The same as time passes, in seconds since 1970; None: time alone changes nothing."""
        ...

    def found(self) -> Finding:
        """What is true. Only asked where it is."""
        ...


class Alert(Protocol):
    """A frozen dataclass: when, and what then."""

    @property
    def do(self) -> Sequence[Action]: ...
    @property
    def command(self) -> str | None: ...
    @property
    def post(self) -> str | None: ...
    @property
    def token(self) -> str | None: ...

    def watch(self, standing: Standing) -> Watcher:
        """A watcher that has seen nothing yet."""
        ...
