"""What a run lets others see of its circuit, of the state in it, and of its device: three kinds of events.

Imports only the standard library. Lists and mappings stay what JSON makes of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CircuitDrawn:
    """The program that is trained, gate by gate; once for each start of a run, before its first step."""

    width: int
    moments: int
    gates: Sequence[tuple[int, str, Sequence[int], float | None]]
    """Moment, name, wires (controls first), and for a gate that never turns its angle in rad, where it has one."""
    symbols: Sequence[str] = ()
    """The symbols of the gates that turn, in the order of the gates, one text a gate, such as `2*theta_0`."""
    turning: Sequence[int] = ()
    """Places in `gates` of those gates: `StateSeen.angles` has one entry for each."""
    left_out: int = 0
    """Gates at the end of a long circuit that are not listed."""


@dataclass(frozen=True)
class StateSeen:
    """The state that one point leaves at the end of the circuit, after a step.

    From state vectors it is exact; where only shots exist it is estimated by classical shadows
    (Huang, Kueng and Preskill 2020, arXiv:2002.08953), and every number has an interval.
    """

    step: int
    point: int
    """The row of the training data; 0 where there are none."""
    bloch: Sequence[Sequence[float]]
    """Expectation values of X, Y and Z, one row a wire."""
    probabilities: Mapping[str, float]
    """Of the most likely outcomes, wire 0 leftmost; the rest is left out."""
    metrics: Mapping[str, float]
    """`purity` and `meyer_wallach`; `fidelity_start` with the state before training, and `entropy_K` in bits of the
    cut after K wires; from shots instead of these `purity_K` of the first K wires; and of the search
    `gradient_variance` and `convergence_rate`."""
    angles: Sequence[float] = ()
    """In rad, one for each of `CircuitDrawn.turning`."""
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """95 % intervals where they were estimated from shots: of metrics, of Bloch entries as `x0`, `y0`, `z0`, and of
    probabilities by their outcome."""
    shots: int = 0
    """That were drawn for it; 0: exact."""
    seconds: float = 0.0
    """What it took to look."""


@dataclass(frozen=True)
class DeviceSeen:
    """What is known of the place where the run computes. Medians over its qubits; null: it does not tell."""

    backend: str
    device: str
    qubits: int | None
    hardware: bool
    source: str
    """Where the facts come from, with their date where they can age."""
    calibrated: float | None = None
    """Seconds since 1970."""
    t1: float | None = None
    """Seconds, as `t2`."""
    t2: float | None = None
    one_qubit_error: float | None = None
    two_qubit_error: float | None = None
    readout_error: float | None = None
    queue_jobs: int | None = None
    queue_seconds: float | None = None
