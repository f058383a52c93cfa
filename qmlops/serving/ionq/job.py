"""A job of the emulated API: how it comes along, and how both versions show it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from qmlops.serving.ionq.compute import Histogram
from qmlops.serving.ionq.order import Order

PROJECT = "00000000-0000-4000-8000-00000000000a"
USER = "000000000000000000000001"
_OLD_WORDS = {"started": "running"}
"""What v0.3 calls what v0.4 calls otherwise."""


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Job:
    """One accepted order."""

    id: str
    order: Order
    created: float
    """By `time.monotonic`."""
    polls: int
    children: list[str]
    """Of a batch: one for each circuit, in order."""
    cost: float
    failure: tuple[str, str] | None = None
    """Code and text with which it will end."""
    work: Future[list[Histogram]] | None = None
    submitted: str = field(default_factory=now)
    cancelled: bool = False

    def look(self) -> str:
        """Its state in the words of v0.4; each look at an unfinished job brings it on by one poll."""
        if self.cancelled:
            return "canceled"
        if self.polls > 0:
            self.polls -= 1
            return "started" if self.polls == 0 else "submitted"
        return self.state

    @property
    def state(self) -> str:
        """Its state, without bringing it on."""
        if self.cancelled:
            return "canceled"
        if self.polls > 0:
            return "submitted"
        if self.failure is not None:
            return "failed"
        if self.work is not None and not self.work.done():
            return "started"
        if self.work is not None and self.work.exception() is not None:
            self.failure = ("SimulationError", str(self.work.exception())[:200])
            return "failed"
        return "completed"

    def results(self) -> list[Histogram] | None:
        """One distribution a circuit; None where there are none (yet)."""
        if self.state != "completed" or self.work is None:
            return None
        return self.work.result()

    def shown(self, state: str) -> dict[str, Any]:
        """As v0.4 shows it."""
        order, ended = self.order, state in ("completed", "failed", "canceled")
        kind = "probabilities-aggregate" if order.batch else "probabilities"
        named = f"ionq.result.{kind}.json.v1"
        result = {named: {"id": kind, "format": named, "media_type": "application/json"}}
        content: dict[str, Any] = {
            "id": self.id,
            "status": state,
            "type": "ionq.multi-circuit.v1" if order.batch else "ionq.circuit.v1",
            "backend": order.backend,
            "dry_run": order.dry_run,
            "submitter_id": USER,
            "project_id": PROJECT,
            "parent_job_id": None,
            "child_job_ids": self.children or None,
            "session_id": order.session,
            "metadata": order.metadata,
            "name": order.name,
            "submitted_at": self.submitted,
            "started_at": None if state in ("submitted", "ready") else self.submitted,
            "completed_at": now() if ended else None,
            "predicted_wait_time_ms": 0,
            "predicted_execution_duration_ms": 1,
            "execution_duration_ms": 1 if ended else None,
            "failure": self._failure(state, "message"),
            "cost_model": "2QGE_operations",
            "output": {},
            "settings": dict(order.settings or {}),
            "stats": {"qubits": order.width, "circuits": len(order.circuits), "gate_counts": order.gates},
            "results": result if state == "completed" and not order.dry_run else None,
        }
        if not order.exact:
            content["shots"] = order.shots
        if order.backend == "simulator":
            content["noise"] = {"model": order.model}
        return content

    def shown_as_before(self, state: str) -> dict[str, Any]:
        """As v0.3 shows it."""
        order = self.order
        content: dict[str, Any] = {
            "id": self.id,
            "name": order.name,
            "status": _OLD_WORDS.get(state, state),
            "target": order.backend,
            "type": "circuit",
            "qubits": order.width,
            "circuits": len(order.circuits),
            "shots": order.shots,
            "metadata": dict(order.metadata or {}),
            "gate_counts": order.gates,
            "cost_usd": self.cost,
            "children": self.children,
            "noise": {"model": order.model},
        }
        failure = self._failure(state, "error")
        if failure is not None:
            content["failure"] = failure
        if state == "completed":
            content["results_url"] = f"/v0.3/jobs/{self.id}/results"
        return content

    def _failure(self, state: str, text: str) -> dict[str, str] | None:
        if state != "failed" or self.failure is None:
            return None
        return {"code": self.failure[0], text: self.failure[1]}
