"""Claims about circuits, models and backends, and the statistics that decide them.

`statistic` holds pure functions of counts, `claim` the kinds that a config can name, `subject` what a
claim looks at, `suite` the budget and the runner, `plugin` pytest's way in, `case` unittest's,
`contracts` what parts of other packages can be held to.

    from qmlops.testing import Bench, ErrorBudget
    Bench(["+experiment=vqe_h2"]).check(ErrorBudget(0.05), "metamorphic", relation="inverse").outcome
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qmlops.testing.bench import Bench
    from qmlops.testing.case import QuantumTestCase
    from qmlops.testing.error_budget import ErrorBudget

__all__ = ["Bench", "ErrorBudget", "QuantumTestCase"]

_HOMES = {
    "Bench": "qmlops.testing.bench",
    "ErrorBudget": "qmlops.testing.error_budget",
    "QuantumTestCase": "qmlops.testing.case",
}


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used: pytest imports this package at every start."""
    if name not in _HOMES:
        raise AttributeError(f"module 'qmlops.testing' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
