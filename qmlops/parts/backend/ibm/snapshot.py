"""What IBM says of a machine, as a Target: now, or when a snapshot of it was packed into qiskit-ibm-runtime."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC
from functools import cache
from statistics import median
from typing import Any

from qmlops.core.target import Calibration, Pair, Target
from qmlops.errors import ConfigError, Mistake, nearest
from qmlops.lower.gate_set import IBM, IBM_CX, IBM_ECR, GateSet

_ENTANGLING = ("cz", "ecr", "cx")
GATES: dict[str, GateSet] = {"cz": IBM, "ecr": IBM_ECR, "cx": IBM_CX}
"""The gate set of a machine by its gate on two qubits."""


def gates_of(target: Target) -> GateSet:
    """That of a Target; of one that does not tell, IBM's newest."""
    return next((GATES[name] for name in target.gates or () if name in GATES), IBM)


def names() -> list[str]:
    """All machines of which there is a snapshot, as fake_fez."""
    return sorted(_classes())


@cache
def fake(name: str) -> Any:
    """Qiskit's fake backend behind fake_fez or ibm_fez; raises ConfigError where there is no snapshot."""
    known, wanted = _classes(), "fake_" + name.removeprefix("ibm_").removeprefix("fake_")
    if wanted not in known:
        raise ConfigError([Mistake("name", f"there is no snapshot of {name!r}.", nearest(wanted, [*known]))])
    return known[wanted]()


@cache
def snapshot(name: str) -> Target:
    """A machine with its edges and its whole calibration on the day of its snapshot. Needs no network.

    `name` is ibm_fez or fake_fez. The first one costs seconds, because Qiskit is imported.
    """
    backend = fake(name)
    if "sx" not in backend.target.operation_names:
        why = f"{name} had the gates of before 2020, and programs are not lowered to these."
        raise ConfigError([Mistake("name", why, "choose a newer one, such as ibm_fez")])
    properties = backend.properties()
    day = f"{properties.last_update_date:%Y-%m-%d}"
    source = f"the snapshot of {day} in qiskit-ibm-runtime"
    return told(backend.name, backend.target, properties, source)


def told(name: str, target: Any, properties: Any, source: str) -> Target:
    """A Target from Qiskit's own and from what IBM calls the properties of a machine.

    A gate whose error is not told is taken for a broken one, with an error of 1.
    """
    entangling = next((gate for gate in _ENTANGLING if gate in target.operation_names), None)
    pairs = dict(target[entangling]) if entangling else {}
    return Target(
        name,
        target.num_qubits,
        hardware=True,
        source=source,
        gates=tuple(name for name in target.operation_names if name in ("rz", "sx", "x", entangling)),
        edges=tuple(sorted({(min(pair), max(pair)) for pair in pairs})),
        calibration=None if properties is None else _calibration(name, target, properties, pairs),
    )


def _calibration(name: str, target: Any, properties: Any, pairs: Mapping[Pair, Any]) -> Calibration:
    qubits = range(target.num_qubits)
    physical = [properties.qubit_property(qubit) for qubit in qubits]
    turns = [target["sx"][(qubit,)] for qubit in qubits]
    time = properties.last_update_date.astimezone(UTC).isoformat()
    return Calibration(
        id=f"{name} {time}",
        time=time,
        t1=tuple(_value(known, "T1") for known in physical),
        t2=tuple(_value(known, "T2") for known in physical),
        one_qubit_error=tuple(_error(turn) for turn in turns),
        two_qubit_error=dict(_each(pairs, _error)),
        readout=tuple(_flips(known) for known in physical),
        one_qubit_seconds=_median([turn.duration for turn in turns if turn is not None]),
        two_qubit_seconds=dict(_each(pairs, lambda known: float(getattr(known, "duration", None) or 0.0))),
        readout_seconds=_median([reading.duration for reading in target["measure"].values() if reading is not None]),
    )


def _value(known: Mapping[str, Any], name: str) -> float:
    """In seconds; infinite where it is not told, so that the errors of gates alone decide."""
    return float(known[name][0]) if name in known else math.inf


def _flips(known: Mapping[str, Any]) -> tuple[float, float]:
    both = float(known["readout_error"][0]) if "readout_error" in known else 0.5
    up, down = (known.get(name, (both,))[0] for name in ("prob_meas1_prep0", "prob_meas0_prep1"))
    return float(up), float(down)


def _error(known: Any) -> float:
    error = getattr(known, "error", None)
    return 1.0 if error is None else min(1.0, float(error))


def _each(pairs: Mapping[Pair, Any], value: Any) -> Iterator[tuple[Pair, float]]:
    """One entry a pair in ascending order, the worse of its two directions."""
    for first, second in sorted({(min(pair), max(pair)) for pair in pairs}):
        known = [pairs[pair] for pair in ((first, second), (second, first)) if pair in pairs]
        yield (first, second), max(map(value, known))


def _median(values: list[float | None]) -> float | None:
    told = [float(value) for value in values if value is not None]
    return median(told) if told else None


@cache
def _classes() -> dict[str, Any]:
    from qiskit_ibm_runtime import fake_provider

    found = [item for item in vars(fake_provider).values() if hasattr(item, "backend_name")]
    return {item.backend_name: item for item in found if item.backend_name.startswith("fake_")}
