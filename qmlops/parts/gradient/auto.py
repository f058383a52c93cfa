"""Adjoint where it can be, parameter shift elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from qmlops.core.backend import Session
from qmlops.core.work import Work
from qmlops.parts.gradient import Rule
from qmlops.parts.gradient.adjoint import differentiates
from qmlops.parts.gradient.parameter_shift import ParameterShift


@dataclass(frozen=True)
class Auto:
    """The session's own derivative without shots and noise, the parameter-shift rule otherwise."""

    def rule(self, session: Session, work: Work) -> Rule | None:
        return None if differentiates(session, work) else ParameterShift()
