"""The session differentiates by itself."""

from __future__ import annotations

from dataclasses import dataclass

from qmlops.core.backend import Session
from qmlops.core.work import Work
from qmlops.errors import ConfigError, Mistake


@dataclass(frozen=True)
class Adjoint:
    """Adjoint differentiation on a simulator: exact, for the cost of about three evaluations."""

    def rule(self, session: Session, work: Work) -> None:
        if not differentiates(session, work):
            why = "adjoint needs a backend that differentiates, exact values and no noise."
            raise ConfigError([Mistake("gradient", why, "use gradient=parameter_shift, or shots=null noise=none")])


def differentiates(session: Session, work: Work) -> bool:
    """Whether the session's own `vjp` holds for this work."""
    return work.exact and hasattr(session, "vjp")
