"""What Braket tells of a device: its capabilities, the JSON document of GetDevice, read into a Target."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from qmlops.core.program import Program
from qmlops.core.target import Calibration, Limits, Pair, Target
from qmlops.errors import ConfigError, Mistake, shown
from qmlops.lower.gate_set import native_set
from qmlops.parts.backend.braket.program import Natively

_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_BENCHMARKS = ("RANDOMIZED_BENCHMARKING", "SIMULTANEOUS_RANDOMIZED_BENCHMARKING")
_READINGS = ("READOUT", "READOUT_ERROR")


@dataclass(frozen=True)
class Capabilities:
    """A gate-based device. Qubits count from 0 here; `labels` are the device's own numbers of them."""

    labels: tuple[int, ...]
    natives: tuple[str, ...]
    edges: tuple[Pair, ...] | None
    limits: Limits
    calibration: Calibration | None

    @property
    def gate_set(self) -> str | None:
        """The name in `lower.gate_set` of its native gates; None where no set is known for them."""
        gates = native_set(self.natives)
        return None if gates is None else gates.name

    @property
    def natively(self) -> Natively | None:
        """How its verbatim programs are written."""
        return None if self.gate_set is None else Natively(self.gate_set, self.labels)

    def target(self, source: str, hardware: bool, name: str = "emulated") -> Target:
        """All that is told; the price is not among it."""
        known = (self.natives or None, self.edges, self.limits, None, self.calibration)
        return Target(name, len(self.labels), hardware, source, *known, all_pairs=self.edges is None)

    def lower(self, program: Program) -> Program:
        """The program in native gates, placed on the device's pairs."""
        from qmlops.lower.gate_set import GATE_SETS
        from qmlops.lower.route import route

        assert self.gate_set is not None
        return route(program, self.target("", True), GATE_SETS[self.gate_set])


@lru_cache(maxsize=16)
def from_file(path: str) -> Capabilities:
    """The capabilities in a file. Raises ConfigError where there are none, or none that can be lowered to."""
    try:
        found = from_document(json.loads(Path(path).read_text(encoding="utf-8")))
    except OSError as error:
        raise _unfit(path, f"cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _unfit(path, "holds no capabilities of a gate-based device") from None
    if found.gate_set is None:
        raise _unfit(path, f"has native gates that are not known here: {', '.join(found.natives) or 'none'}")
    return found


def _unfit(path: str, why: str) -> ConfigError:
    instead = "save what `aws braket get-device` prints as deviceCapabilities"
    return ConfigError([Mistake("capabilities", f"{shown(path)} {why}.", instead)])


def from_document(document: Mapping[str, Any]) -> Capabilities:
    """Raises KeyError, TypeError or ValueError for a document of another kind."""
    facts, standard = document["paradigm"], document.get("standardized") or {}
    graph = {} if facts.get("connectivity", {}).get("fullyConnected") else facts["connectivity"]["connectivityGraph"]
    named = {*(standard.get("oneQubitProperties") or {}), *graph, *(other for ends in graph.values() for other in ends)}
    labels = tuple(sorted(int(label) for label in named)) or tuple(range(int(facts["qubitCount"])))
    place = {label: number for number, label in enumerate(labels)}
    pairs = {tuple(sorted((place[int(first)], place[int(other)]))) for first in graph for other in graph[first]}
    return Capabilities(
        labels,
        tuple(facts.get("nativeGateSet") or ()),
        tuple(sorted((first, second) for first, second in pairs)) if graph else None,
        _limits(document),
        _calibration(standard, str((document.get("service") or {}).get("updatedAt") or ""), place),
    )


def _limits(document: Mapping[str, Any]) -> Limits:
    least, most = (document.get("service") or {}).get("shotsRange") or (1, None)
    sets = document.get("action", {}).get("braket.ir.openqasm.program_set")
    if sets is None:
        return Limits(max(1, int(least)), None if most is None else int(most), circuits=1)
    total = sets.get("maximumTotalShots")
    executions = None if total is None else int(total)
    return Limits(
        max(1, int(least)), None if most is None else int(most), int(sets["maximumExecutables"]), None, executions
    )


def _calibration(standard: Mapping[str, Any], time: str, place: Mapping[int, int]) -> Calibration | None:
    """Where every qubit has a number it is told qubit by qubit; what some lack is left out."""
    ones, twos = standard.get("oneQubitProperties") or {}, standard.get("twoQubitProperties") or {}
    if not ones:
        return None
    entries = [ones[str(label)] for label in sorted(place)] if len(ones) == len(place) else list(ones.values())
    pairs = {tuple(sorted(place[int(label)] for label in name.split("-"))): facts for name, facts in twos.items()}
    errors = {(pair[0], pair[1]): _two_qubit_error(facts) for pair, facts in pairs.items()}
    read = _each([_error(entry, _READINGS) for entry in entries])
    return Calibration(
        id=hashlib.sha256(json.dumps(standard, sort_keys=True).encode()).hexdigest()[:16],
        time=time,
        t1=_each([_seconds(entry.get("T1")) for entry in entries]),
        t2=_each([_seconds(entry.get("T2")) for entry in entries]),
        one_qubit_error=_each([_error(entry, _BENCHMARKS) for entry in entries]),
        two_qubit_error={pair: error for pair, error in errors.items() if error is not None} or None,
        readout=None if read is None else tuple((error, error) for error in read),
    )


def _each(values: list[float | None]) -> tuple[float, ...] | None:
    known = tuple(value for value in values if value is not None)
    return known if len(known) == len(values) else None


def _error(entry: Mapping[str, Any], kinds: tuple[str, ...]) -> float | None:
    found = {item["fidelityType"]["name"]: 1 - float(item["fidelity"]) for item in entry.get("oneQubitFidelity") or ()}
    return next((found[kind] for kind in kinds if kind in found), None)


def _two_qubit_error(entry: Mapping[str, Any]) -> float | None:
    """Of the best gate of the pair."""
    return min((1 - float(item["fidelity"]) for item in entry.get("twoQubitGateFidelity") or ()), default=None)


def _seconds(told: Mapping[str, Any] | None) -> float | None:
    if not told or told.get("value") is None:
        return None
    return float(told["value"]) * _SECONDS.get(str(told.get("unit", "s")).lower(), 1.0)
