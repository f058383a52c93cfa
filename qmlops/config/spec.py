"""A RunSpec: everything that one run is made of, typed and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qmlops.core.account import Reuse
from qmlops.core.alert import Alert
from qmlops.core.backend import Backend
from qmlops.core.budget import Budget
from qmlops.core.noise import Noise
from qmlops.core.option import option, validate
from qmlops.errors import Mistake
from qmlops.parts.circuit import Circuit
from qmlops.parts.data import Data
from qmlops.parts.encoder import Encoder
from qmlops.parts.gradient import Gradient
from qmlops.parts.metric import Metric
from qmlops.parts.objective import Objective
from qmlops.parts.optimizer import Optimizer
from qmlops.parts.readout import Readout
from qmlops.parts.router import Router
from qmlops.parts.tracker import Tracker


@dataclass(frozen=True)
class Suite:
    """What all tests of one session may spend together, and how far they go."""

    alpha: float = option(0.05, "chance that any right claim fails, over the whole session", least=1e-6, below=1)
    power: float = option(0.99, "least chance of noticing an effect that a claim names", above=0.5, below=1)
    shots: int = option(1_000_000, "most shots that one claim may draw", unit="shots", least=1, most=10**9)
    looks: int = option(8, "most requests that a claim sends to a provider; more stop earlier and wait longer", least=2)
    exact: bool = option(True, "decide by exact values where the backend has some; false: draw shots everywhere")

    def __post_init__(self) -> None:
        validate(self)


@dataclass(frozen=True)
class Monitor:
    """What a run shows of the state that it trains, and what that may cost."""

    share: float = option(
        0.02, "most of a run's time that looking at its state may take; 0: nobody looks", least=0, most=1
    )
    wires: int = option(12, "most qubits of which each cut's entropy is computed", unit="qubits", least=1, most=16)
    shadows: int = option(
        0, "bases of a look where only shots exist, each drawn as often as a circuit; 0: none", least=0, most=10_000
    )
    every: int = option(
        10, "steps from one look by shots to the next, beside the first and the last", unit="steps", least=1
    )

    def __post_init__(self) -> None:
        few = 0 < self.shadows < 3
        why = f"{self.shadows} bases do not read X, Y and Z of a qubit."
        validate(self, Mistake("shadows", why, "allowed: 0, or 3 and more") if few else None)


@dataclass(frozen=True)
class Words:
    """The words at the top of a config."""

    name: str = option("run", "what the run is called, in its folder and in MLflow")
    tags: dict[str, str] = option({}, "labels of your own for MLflow")
    seed: int = option(1, "the one seed of all random choices", least=0, most=2**32 - 1)
    steps: int = option(100, "most steps of the optimizer", unit="steps", least=1, most=10**9)
    shots: int | None = option(None, "shots a circuit; null: exact values", least=1, most=10**9)
    qubits: int | None = option(None, "width; null: the least that encoder and readout need", least=1)
    suite: Suite = option(Suite(), "the budget of `qmlops test`")
    budget: Budget = option(Budget(), "the most that a run, or a whole sweep, may spend at providers")
    reuse: Reuse = option("fresh", "how a provider's shots that were drawn before are used; exact values always are")
    monitor: Monitor = option(Monitor(), "what is shown of the state while a run goes on")

    def __post_init__(self) -> None:
        validate(self, self._unfit_name())

    def _unfit_name(self) -> Mistake | None:
        plain = self.name.isprintable() and not set(self.name) & set("/\\")
        if plain and len(self.name) <= 100 and self.name.strip(". "):
            return None
        told = "use 1 to 100 printable characters, without / and \\"
        return Mistake("name", f"{self.name[:80]!r} cannot name a folder.", told)


@dataclass(frozen=True, eq=False)
class RunSpec:
    """One run: the words and a part a group. `config` is the plain config that it came from.

    `tests` are claims by their names. Their Protocol stands far above, in `testing.claim`: nothing
    below `testing` reads them. `alerts` are what the run watches for, by their names too.
    """

    name: str
    tags: Mapping[str, str]
    seed: int
    steps: int
    shots: int | None
    qubits: int | None
    suite: Suite
    budget: Budget
    reuse: Reuse
    monitor: Monitor
    data: Data
    encoder: Encoder
    circuit: Circuit
    readout: Readout
    objective: Objective
    gradient: Gradient
    optimizer: Optimizer
    backend: Backend
    router: Router
    noise: Noise
    metric: Metric
    tracker: Tracker
    tests: Mapping[str, Any]
    alerts: Mapping[str, Alert]
    config: Mapping[str, Any]
