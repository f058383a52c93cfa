"""The capabilities of a small machine, as GetDevice tells them: prx and cz on a line of qubits that begin with 1."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

ONE, TWO, READOUT = 0.999, 0.98, 0.97
"""Fidelities."""


def capabilities(qubits: int) -> dict[str, Any]:
    """Valid for Braket's schema of IQM's devices."""
    labels = [str(number + 1) for number in range(qubits)]
    pairs = list(pairwise(labels))
    return {
        "braketSchemaHeader": {"name": "braket.device_schema.iqm.iqm_device_capabilities", "version": "1"},
        "service": {
            "braketSchemaHeader": {"name": "braket.device_schema.device_service_properties", "version": "1"},
            "executionWindows": [{"executionDay": "Everyday", "windowStartHour": "00:00", "windowEndHour": "23:59:59"}],
            "shotsRange": [1, 20000],
            "updatedAt": "2026-11-01T00:00:00",
        },
        "action": {
            "braket.ir.openqasm.program": {
                "actionType": "braket.ir.openqasm.program",
                "version": ["1"],
                "supportedOperations": ["prx", "cz", "rx", "ry", "rz", "h", "cnot"],
                "supportedResultTypes": [
                    {"name": "Probability", "observables": None, "minShots": 1, "maxShots": 20000}
                ],
                "supportPhysicalQubits": True,
            },
            "braket.ir.openqasm.program_set": {
                "actionType": "braket.ir.openqasm.program_set",
                "version": ["1"],
                "maximumExecutables": 50,
                "maximumTotalShots": 100000,
            },
        },
        "paradigm": {
            "braketSchemaHeader": {
                "name": "braket.device_schema.gate_model_qpu_paradigm_properties",
                "version": "1",
            },
            "qubitCount": qubits,
            "nativeGateSet": ["prx", "cz"],
            "connectivity": {
                "fullyConnected": False,
                "connectivityGraph": {label: [b for a, b in pairs if a == label] for label in labels[:-1]},
            },
        },
        "deviceParameters": {},
        "standardized": {
            "braketSchemaHeader": {
                "name": "braket.device_schema.standardized_gate_model_qpu_device_properties",
                "version": "1",
            },
            "oneQubitProperties": {label: _qubit() for label in labels},
            "twoQubitProperties": {f"{a}-{b}": {"twoQubitGateFidelity": [_gate()]} for a, b in pairs},
        },
    }


def _qubit() -> dict[str, Any]:
    kinds = {"RANDOMIZED_BENCHMARKING": ONE, "READOUT": READOUT}
    return {
        "T1": {"value": 40.0, "standardError": None, "unit": "us"},
        "T2": {"value": 20.0, "standardError": None, "unit": "us"},
        "oneQubitFidelity": [{"fidelityType": {"name": name}, "fidelity": value} for name, value in kinds.items()],
    }


def _gate() -> dict[str, Any]:
    return {"gateName": "CZ", "fidelity": TWO, "fidelityType": {"name": "RANDOMIZED_BENCHMARKING"}}
