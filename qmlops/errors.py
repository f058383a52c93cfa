"""Every error that qmlops raises on purpose, and the exit code that each one means.

An error says three things: what was written, why it cannot be, and what to write instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

BUG = 70
"""The exit code of an error that is our own."""


class QmlopsError(Exception):
    """The base of all errors for which a person needs no traceback."""

    exit_code = 2


class RequestError(QmlopsError):
    """The request cannot be carried out as it was written."""


class DataError(RequestError):
    """The data cannot be used: missing, not numeric, or not fitting the objective."""


class CapacityError(RequestError):
    """The work does not fit into this machine's memory."""


class Diverged(RequestError):
    """The training left the numbers: the loss is infinite or not a number."""


class RunFolderError(RequestError):
    """A run folder cannot be found, read, written, or is in use."""


class CredentialError(RequestError):
    """A key that a provider asks for is not there, or the provider does not take it."""


class BackendError(QmlopsError):
    """A backend failed to do work that was right."""

    exit_code = 3


class Unsent(BackendError):
    """A request did not reach the provider, or was refused: it certainly has no job of it.

    `again` tells that the same request may be taken later, after `wait` seconds where those were named.
    """

    def __init__(self, message: str, again: bool = False, wait: float | None = None) -> None:
        super().__init__(message)
        self.again = again
        self.wait = wait


class Ambiguous(BackendError):
    """A request was sent and no usable answer came: the provider may have a job of it or not."""


class Unavailable(BackendError):
    """A question to the provider was not answered; asking again does no harm."""


class JobFailed(BackendError):
    """A job ended without results: it failed, was cancelled, or its results cannot be read."""


class UnknownJob(BackendError):
    """Whether the provider has a job cannot be found out, or it does not show it; never sent again by itself."""


class BudgetError(QmlopsError):
    """The budget does not allow the next request; nothing was sent.

    `allow` are the overrides that would allow it.
    """

    exit_code = 4

    def __init__(self, message: str, allow: str = "") -> None:
        super().__init__(message)
        self.allow = allow


class Stopped(QmlopsError):
    """A person ended the run; what it had is saved."""

    exit_code = 130


class GoalMissed(QmlopsError):
    """Everything ran, and a declared goal was not reached."""

    exit_code = 1


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong with a request, at one key of its config."""

    path: str
    """Key path, such as `circuit.blocks[1].gate`."""
    why: str
    """A sentence that says what was written and why it cannot be."""
    instead: str = ""
    """What to write instead."""

    def __str__(self) -> str:
        return f"{self.path}: {self.why}" + (f"\n    {self.instead}" if self.instead else "")


class ConfigError(RequestError):
    """All the mistakes of one request, together."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        count = len(self.mistakes)
        head = "The request has a mistake:" if count == 1 else f"The request has {count} mistakes:"
        super().__init__("\n".join([head, *(f"  {mistake}" for mistake in self.mistakes)]))


def shown(value: object) -> str:
    """A value as it was written, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"


def nearest(word: str, known: Sequence[str]) -> str:
    """A hint that names the closest known word, or lists all of them."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return "known: " + ", ".join(sorted(known)) if known else ""
