"""COBYLA from SciPy: linear models on a simplex, no gradient (Powell 1994)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from qmlops.core.option import option, validate
from qmlops.core.work import Array
from qmlops.parts.optimizer import Answer, Request, State
from qmlops.parts.optimizer.transcript import Found, ask, begin, tell


@dataclass(frozen=True)
class Cobyla:
    """Ends by itself when its simplex is small; each evaluation counts as a step."""

    ends_early: ClassVar[bool] = True

    distance: float = option(0.5, "size of the first simplex", unit="rad", above=0, most=100)
    tolerance: float = option(1e-6, "size of the last simplex", unit="rad", above=0)

    def __post_init__(self) -> None:
        validate(self)

    def init(self, weights: Array, seed: int) -> State:
        return begin(weights)

    def ask(self, state: State) -> Request:
        return ask(state, self._minimise, gradient=False)

    def tell(self, state: State, answer: Answer) -> State:
        return tell(state, answer, self._minimise)

    def _minimise(self, function: Callable[[Array], Found], start: Array) -> Any:
        from scipy.optimize import minimize

        options = {"rhobeg": self.distance, "tol": self.tolerance, "maxiter": 10**9}
        return minimize(lambda point: function(point)[0], start, method="COBYLA", options=options)
