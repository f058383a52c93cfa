"""Random requests that are small enough to be run."""

from __future__ import annotations

import os

from qmlops.core.seed import stream

COUNT = int(os.environ.get("QMLOPS_PLANS", "10"))
_EXPERIMENTS = (
    ("+experiment=vqc_moons", "data.rows={rows}", "qubits=2", "circuit.layers={layers}"),
    ("+experiment=vqe_h2",),
    ("+experiment=qaoa_maxcut", "circuit.layers={layers}"),
    ("+experiment=vqc", "circuit=hardware_efficient", "circuit.layers=1", "data.split.test=0.8"),
)
_OPTIMIZERS = ("adam", "gradient_descent", "spsa")
ENDS_EARLY = ("cobyla", "l_bfgs_b")


def request(number: int, optimizers: tuple[str, ...] = _OPTIMIZERS) -> list[str]:
    """Overrides that belong to a number: a short run with a fixed number of steps."""
    random = stream(number, "plan")
    experiment = _EXPERIMENTS[number % len(_EXPERIMENTS)]
    rows, layers = int(random.integers(16, 40)), int(random.integers(1, 3))
    words = [word.format(rows=rows, layers=layers) for word in experiment]
    words += [f"optimizer={random.choice(optimizers)}", f"gradient={random.choice(['auto', 'spsa'])}"]
    words += [f"shots={random.choice([2, 7, 20])}", f"steps={int(random.integers(1, 4))}", f"seed={number}"]
    if "moons" in words[0] and random.integers(2):
        words.append(f"data.batch={int(random.integers(2, 8))}")
    if "vqc" in words[0]:
        words.append(f"metric.every={int(random.integers(1, 4))}")
    return words


def small(number: int) -> list[str]:
    """The same for doubles that compute with a provider's own slow simulator: few rows, directions and qubits."""
    words = [*request(number), "budget.usd=null", "steps=2"]
    if words[0] == "+experiment=vqc":
        return [*words, "data.split.test=0.8", "data.batch=4"]
    if words[0] == "+experiment=qaoa_maxcut":
        return [*words, "readout.nodes=4"]
    return [*words, "data.rows=16", "data.batch=3", "gradient=spsa"] if "moons" in words[0] else words
