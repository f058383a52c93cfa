"""Small runs to be interrupted, and what must be equal afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from qmlops.core.event import RunStarted, history, of_kind, read
from qmlops.pipeline.folder import MODEL

MOONS = ("+experiment=vqc_moons", "data.rows=40", "circuit.layers=2", "qubits=2", "metric.every=3")
SMALL = {
    "adam on batches": (*MOONS, "data.batch=8", "steps=60"),
    "adam with shots": (*MOONS, "data.batch=4", "shots=20", "steps=20"),
    "natural gradient on batches": (*MOONS, "optimizer=natural_gradient", "data.batch=8", "steps=25"),
    "spsa": (*MOONS, "optimizer=spsa", "steps=60"),
    "l_bfgs_b": ("+experiment=qaoa_maxcut", "readout.nodes=4", "circuit.layers=2", "optimizer.tolerance=0", "steps=25"),
    "cobyla": ("+experiment=qaoa_maxcut", "readout.nodes=4", "circuit.layers=2", "optimizer=cobyla", "steps=60"),
}


def outcome(folder: Path) -> dict[str, Any]:
    """Weights, and the history that a reader sees, without the times."""
    with np.load(folder / MODEL / "weights.npz", allow_pickle=False) as file:
        weights = {name: (file[name].shape, file[name].tobytes()) for name in file.files}
    return {"weights": weights, "history": history(read(folder))}


def starts(folder: Path) -> list[int | None]:
    """At which step each beginning of a run stood; None is the first."""
    return [event.resumed_at for event in of_kind(read(folder), RunStarted)]
