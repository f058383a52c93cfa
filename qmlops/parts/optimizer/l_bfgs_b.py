"""L-BFGS-B from SciPy: quasi-Newton, for exact gradients (Byrd et al. 1995)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from qmlops.core.option import option, validate
from qmlops.core.work import Array
from qmlops.parts.optimizer import Answer, Request, State
from qmlops.parts.optimizer.transcript import Found, ask, begin, tell


@dataclass(frozen=True)
class LBfgsB:
    """Ends by itself when it has converged; each evaluation counts as a step."""

    ends_early: ClassVar[bool] = True

    memory: int = option(10, "number of corrections that the Hessian is made from", least=1, most=1000)
    tolerance: float = option(1e-12, "relative decrease of the loss below which it ends", least=0)
    gradient_tolerance: float = option(1e-8, "largest gradient component below which it ends", least=0)

    def __post_init__(self) -> None:
        validate(self)

    def init(self, weights: Array, seed: int) -> State:
        return begin(weights)

    def ask(self, state: State) -> Request:
        return ask(state, self._minimise, gradient=True)

    def tell(self, state: State, answer: Answer) -> State:
        return tell(state, answer, self._minimise)

    def _minimise(self, function: Callable[[Array], Found], start: Array) -> Any:
        from scipy.optimize import minimize

        options = {
            "maxcor": self.memory,
            "ftol": self.tolerance,
            "gtol": self.gradient_tolerance,
            "maxiter": 10**9,
            "maxfun": 10**9,
        }
        return minimize(function, start, jac=True, method="L-BFGS-B", options=options)
