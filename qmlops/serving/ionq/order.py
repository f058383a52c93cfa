"""What a client orders by POST /jobs, in v0.4 and v0.3, checked as the documents say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qmlops.serving.ionq.circuit import Circuit, Unreadable, read

MOST_SHOTS = 1_000_000
MOST_CIRCUITS = 5_000
MOST_GATES = 150_000
MOST_BYTES = 10_000_000
LEAST_DEBIASED = 500
"""Shots that debiasing needs."""
MODELS = {
    "harmony": (0.005, 0.025, 0.007),
    "aria": (0.0005, 0.004, 0.0039),
}
"""Errors of one- and two-qubit gates and of readings on retired machines, for the simulator's noise models:
Wright et al. 2019, arXiv:1903.08181, and Microsoft's page on Aria (learn.microsoft.com/azure/quantum/provider-ionq)."""


class Refusal(Exception):
    """A request that the API turns down, with its status and words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Order:
    """A job as it was ordered."""

    backend: str
    circuits: tuple[Circuit, ...]
    batch: bool
    shots: int
    name: str | None = None
    metadata: Mapping[str, str] | None = None
    model: str = "ideal"
    """Of the simulator's noise."""
    noise_seed: int | None = None
    dry_run: bool = False
    session: str | None = None
    settings: Mapping[str, Any] | None = None

    @cached_property
    def width(self) -> int:
        return max(circuit.width for circuit in self.circuits)

    @cached_property
    def gates(self) -> dict[str, int]:
        counts = [circuit.counts() for circuit in self.circuits]
        return {kind: sum(count[kind] for count in counts) for kind in ("1q", "2q")}

    @property
    def exact(self) -> bool:
        """Whether the simulator answers with probabilities, and not with shots."""
        return self.backend == "simulator" and self.model == "ideal"


def take(body: Any, version: str) -> Order:
    """The order in a request's body. Raises Refusal."""
    try:
        return _take(body, version)
    except Unreadable as error:
        raise Refusal(400, f"Bad Request: {error}") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refusal(400, f"Bad Request: the body lacks or misstates {str(error)[:60]}") from None


def _take(body: Any, version: str) -> Order:
    if version == "v0.4":
        backend, work, settings = body["backend"], body["input"], body.get("settings") or {}
        batch = body["type"] == "ionq.multi-circuit.v1"
        if not batch and body["type"] != "ionq.circuit.v1":
            raise Refusal(400, f"Bad Request: this emulator runs circuits, and not {str(body['type'])[:40]}")
    else:
        backend, work = body.get("target", "simulator"), body.get("body") or body["input"]
        settings = {"error_mitigation": body.get("error_mitigation") or {}}
        batch = "circuits" in work
    shots = int(body.get("shots", 100))
    noise = body.get("noise") or {}
    order = Order(
        backend=str(backend),
        circuits=tuple(_circuits(work, batch)),
        batch=batch,
        shots=shots,
        name=body.get("name"),
        metadata=_metadata(body.get("metadata"), version),
        model=str(noise.get("model", "ideal")),
        noise_seed=None if noise.get("seed") is None else int(noise["seed"]),
        dry_run=bool(body.get("dry_run", False)),
        session=body.get("session_id"),
        settings=settings,
    )
    mitigation = settings.get("error_mitigation") or {}
    if not 1 <= shots <= MOST_SHOTS:
        raise Refusal(400, f"Bad Request: shots must be within 1 and {MOST_SHOTS}")
    if (mitigation.get("debiasing") or mitigation.get("debias")) and shots < LEAST_DEBIASED:
        raise Refusal(400, f"Bad Request: debiasing needs at least {LEAST_DEBIASED} shots")
    return order


def _circuits(work: Mapping[str, Any], batch: bool) -> list[Circuit]:
    entries = work["circuits"] if batch else [{"circuit": work["circuit"]}]
    if not 1 <= len(entries) <= MOST_CIRCUITS:
        raise Refusal(400, f"Bad Request: a multi-circuit job holds 1 to {MOST_CIRCUITS} circuits")
    if sum(len(entry["circuit"]) for entry in entries) > MOST_GATES:
        raise Refusal(400, f"Bad Request: a multi-circuit job holds at most {MOST_GATES} gates")
    found = []
    for entry in entries:
        native = entry.get("gateset", work.get("gateset", "qis")) == "native"
        wires = [wire for gate in entry["circuit"] for wire in _touched(gate)]
        width = int(entry.get("qubits") or work.get("qubits") or max(wires, default=0) + 1)
        found.append(read(entry["circuit"], width, native))
    return found


def _touched(gate: Mapping[str, Any]) -> list[int]:
    many = [*gate.get("targets", []), *gate.get("controls", [])]
    return [int(wire) for wire in (*many, gate.get("target", 0), gate.get("control", 0))]


def _metadata(given: Any, version: str) -> dict[str, str] | None:
    """At most ten entries of text: of 40,000 characters each, in v0.3 of 400."""
    if given is None:
        return None
    longest = 40_000 if version == "v0.4" else 400
    if len(given) > 10 or not all(isinstance(value, str) and len(value) <= longest for value in given.values()):
        raise Refusal(400, f"Bad Request: metadata holds at most 10 texts of {longest} characters")
    return dict(given)
