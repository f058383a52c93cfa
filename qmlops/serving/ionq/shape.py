"""How the emulated API shows machines, estimates and sessions. All prices here are made up."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from qmlops.core.target import Target
from qmlops.serving.ionq.job import PROJECT, USER, now
from qmlops.serving.ionq.order import Order
from qmlops.serving.web import Request

__all__ = ["PROJECT", "USER", "backend", "characterization", "cost", "estimate", "now", "session"]

RATES = {"cost_1q_gate": 0.0002, "cost_2q_gate": 0.001, "job_cost_minimum": 1.0}
"""USD for a gate in a shot, and for a job at least. No provider's: they let budgets be rehearsed."""


def cost(order: Order, machine: Target) -> float:
    """USD that a job is billed."""
    return _price(machine, order.gates["1q"], order.gates["2q"], order.shots)


def _price(machine: Target, one: int, two: int, shots: int) -> float:
    if not machine.hardware:
        return 0.0
    gates = one * RATES["cost_1q_gate"] + two * RATES["cost_2q_gate"]
    return round(max(RATES["job_cost_minimum"], gates * shots), 6)


def estimate(request: Request, machine: Target) -> dict[str, Any]:
    """The answer of /jobs/estimate."""
    numbers = {"qubits": 25, "shots": 1000, "1q_gates": 0, "2q_gates": 0}
    numbers = {name: int(request.option(name, str(default))) for name, default in numbers.items()}
    asked = {"backend": machine.name, "organization": "emulated", "project": PROJECT, **numbers}
    return {
        "estimate_context": asked,
        "estimated_at": now(),
        "estimated_unit": "usd",
        "rate_card": {"id": "emulated", "rates": [{"sku": "emulated", "unit": "gates", **RATES}]},
        "estimated_total_cost": _price(machine, numbers["1q_gates"], numbers["2q_gates"], numbers["shots"]),
        "estimated_execution_time": 1,
        "current_predicted_queue_time": 0,
    }


def backend(machine: Target, offline: bool) -> dict[str, Any]:
    """A machine as /backends lists it."""
    known = characterization(machine)
    content: dict[str, Any] = {
        "backend": machine.name,
        "status": "unavailable" if machine.hardware and offline else "available",
        "qubits": machine.qubits,
        "average_queue_time": 0,
        "last_updated": now(),
        "degraded": False,
    }
    if known is not None:
        content |= {"characterization_id": known["id"], "supported_error_mitigations": ["debiasing"]}
    return content


def characterization(machine: Target) -> dict[str, Any] | None:
    """What is known of a machine's errors and times; None for a simulator."""
    facts, qubits = machine.calibration, machine.qubits or 0
    if facts is None:
        return None
    gates = {"1q": (facts.one_qubit_error or (None,))[0], "2q": facts.two_qubit_error}
    fidelity = {name: {"median": 1 - error} for name, error in gates.items() if isinstance(error, float)}
    read = (facts.readout or ((0.0, 0.0),))[0]
    times = {"t1": (facts.t1 or (None,))[0], "t2": (facts.t2 or (None,))[0]}
    times |= {"1q": facts.one_qubit_seconds, "readout": facts.readout_seconds}
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{machine.name} {facts.id}")),
        "backend": machine.name,
        "date": facts.time,
        "qubits": qubits,
        "connectivity": [[first, second] for first in range(qubits) for second in range(first + 1, qubits)],
        "fidelity": fidelity | {"spam": {"median": 1 - sum(read) / 2}},
        "timing": {name: seconds for name, seconds in times.items() if seconds is not None} | {"reset": 0},
    }


def session(number: str, machine: str, settings: dict[str, Any]) -> dict[str, Any]:
    """A session that has just been opened."""
    return {
        "id": number,
        "created_at": now(),
        "organization_id": PROJECT,
        "backend": machine,
        "project_id": PROJECT,
        "creator_id": USER,
        "ended_at": None,
        "ender_id": None,
        "settings": settings,
        "active": True,
        "status": "created",
        "started_at": None,
    }
