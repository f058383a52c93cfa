"""Declarative quantum machine learning.

The line, in the order in which data flows: config (YAML to typed parts), compile (parts to a
Program), execute (Work to Results), train (Program, data, optimizer to events and a model),
pipeline (the line put together). `parts` is the pantry: what a YAML can choose. `core` holds the
nouns that flow, `simulate` the exact engine, `lower` the rewriting of programs, `cli` the command line.

    import qmlops
    run = qmlops.run(["+experiment=vqc", "steps=20"])
    run.model.predict([[5.1, 3.5, 1.4, 0.2]])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qmlops.pipeline.api import QuantumMLPipeline, run, spec
    from qmlops.pipeline.record import Run
    from qmlops.pipeline.sweep import Sweep, sweep
    from qmlops.train.model import QuantumModel
    from qmlops.train.quantum_monitor import QuantumMonitor

__all__ = ["QuantumMLPipeline", "QuantumModel", "QuantumMonitor", "Run", "Sweep", "run", "spec", "sweep"]

_HOMES = {
    "QuantumMLPipeline": "qmlops.pipeline.api",
    "run": "qmlops.pipeline.api",
    "spec": "qmlops.pipeline.api",
    "Run": "qmlops.pipeline.record",
    "Sweep": "qmlops.pipeline.sweep",
    "sweep": "qmlops.pipeline.sweep",
    "QuantumModel": "qmlops.train.model",
    "QuantumMonitor": "qmlops.train.quantum_monitor",
}


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used, so that `import qmlops` costs nothing."""
    if name == "__version__":
        from importlib.metadata import version

        return version("qmlops")
    if name not in _HOMES:
        raise AttributeError(f"module 'qmlops' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
