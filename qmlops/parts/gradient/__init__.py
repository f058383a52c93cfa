"""How expectation values are differentiated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from qmlops.core.backend import Session
from qmlops.core.work import Array, Pullback, Result, Work

KINDS = {
    "auto": "qmlops.parts.gradient.auto:Auto",
    "adjoint": "qmlops.parts.gradient.adjoint:Adjoint",
    "parameter_shift": "qmlops.parts.gradient.parameter_shift:ParameterShift",
    "spsa": "qmlops.parts.gradient.spsa:Spsa",
}


class Rule(Protocol):
    """A gradient from values at other points: hardware can do it.

    `construct` includes the unshifted rows; `combine` takes the results in the same order and
    gives what a session's `vjp` gives.
    """

    def construct(self, work: Work) -> list[Work]: ...
    def combine(self, work: Work, results: Sequence[Result]) -> tuple[Array, Pullback]: ...


@runtime_checkable
class TellsSpread(Protocol):
    """A rule that knows how much shots alone make its gradient vary."""

    def spread(self, work: Work, results: Sequence[Result], cotangent: Array) -> Array:
        """The trace of the covariance of the gradient in the weights [points], from the results' variances.

        NaN where observables that are read together vary together, of which variances do not tell.
        """
        ...


class Gradient(Protocol):
    """The choice of a config."""

    def rule(self, session: Session, work: Work) -> Rule | None:
        """The rule for this work, or None where the session's own `vjp` is to be used.

        Raises ConfigError where the choice cannot work.
        """
        ...
