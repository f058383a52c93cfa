"""A provider whose jobs are files, so that they outlive the process; faults are scripted, results computed here."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from qmlops.core.backend import Session
from qmlops.core.option import option
from qmlops.core.program import Program
from qmlops.core.seed import stream
from qmlops.core.target import Calibration, Limits, Target
from qmlops.core.ticket import Cost, Status, Ticket
from qmlops.core.work import Result, Work
from qmlops.errors import Ambiguous, JobFailed, Mistake, Unavailable, Unsent
from qmlops.lower.reading import circuits_of, counts_of, measured, result_of, shots_of
from qmlops.lower.split import split
from qmlops.parts.backend.qsim import Qsim

Fault = Callable[[str, Callable[[], Any]], Any]
"""Is given a call's name and the call, and does with it what it wants."""
FAULTS: dict[str, list[Fault]] = {}
"""By the name of the call, the next one first; none left: all goes well."""


def lost_reply(name: str, call: Callable[[], Any]) -> Any:
    """The provider has it, and nobody hears."""
    call()
    raise Ambiguous("the answer was lost")


def dropped(name: str, call: Callable[[], Any]) -> Any:
    """The provider has nothing, and nobody knows."""
    raise Ambiguous("the connection broke")


def busy(wait: float | None = None) -> Fault:
    """429: nothing was taken, come again."""

    def refuse(name: str, call: Callable[[], Any]) -> Any:
        raise Unsent("too many requests", again=True, wait=wait)

    return refuse


def rejected(name: str, call: Callable[[], Any]) -> Any:
    """400: nothing was taken."""
    raise Unsent("the circuit is not allowed")


def silent(name: str, call: Callable[[], Any]) -> Any:
    """A question that is not answered."""
    raise Unavailable("no answer")


@dataclass(frozen=True)
class Scripted:
    """A backend whose sessions keep their jobs below a folder."""

    provider: ClassVar[str] = "scripted"

    folder: str = option("", "where the provider keeps its jobs")
    price: float | None = option(0.01, "USD a shot")
    unit: str = option("USD", "of the price")
    hardware: bool = option(True, "whether it has a calibration")
    calibration: str = option("monday", "its id")
    circuits: int | None = option(None, "most in one request")
    idempotent: bool = option(False, "whether equal tokens are one request")
    polls: int = option(0, "how often a job is still running")
    bill: float | None = option(None, "what a job costs in the end; null: the provider does not tell")
    settle: float = option(0.0, "seconds")
    patience: float = option(2.0, "seconds")

    def target(self) -> Target:
        known = Calibration(self.calibration, "2026-11-01") if self.hardware and self.calibration else None
        limits = Limits(circuits=self.circuits)
        return Target("scripted", 12, self.hardware, "a test", limits=limits, calibration=known)

    def lower(self, program: Program) -> Program:
        return program

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        return []

    def estimate(self, works: Sequence[Work]) -> Cost:
        amount = None if self.price is None else self.price * sum(map(shots_of, works))
        return Cost(amount, self.unit, "a price list")

    def split(self, works: Sequence[Work]) -> list[list[Work]]:
        return split(works, self.target().limits)

    def missing(self) -> list[Mistake]:
        return []

    def current(self) -> Target:
        return self.target()

    def open(self) -> Session:
        return ScriptedSession(self)


@dataclass
class ScriptedSession:
    """One connection; the jobs are files, named by the order of their submission."""

    backend: Scripted
    results: dict[str, list[Result]] = field(default_factory=dict)

    @property
    def idempotent(self) -> bool:
        return self.backend.idempotent

    def submit(self, works: Sequence[Work], token: str) -> Ticket:
        return self._through("submit", lambda: self._take(works, token))

    def find(self, token: str) -> Ticket | None:
        return self._through("find", lambda: self._find(token))

    def status(self, ticket: Ticket) -> Status:
        return self._through("status", lambda: self._look(ticket))

    def result(self, ticket: Ticket, works: Sequence[Work]) -> list[Result]:
        return self._through("result", lambda: self._read(ticket, works))

    def cancel(self, ticket: Ticket) -> None:
        self._through("cancel", lambda: self._write(ticket.job, state="cancelled"))

    def cost(self, ticket: Ticket) -> Cost:
        return self._through("cost", lambda: Cost(self.backend.bill, self.backend.unit, "the bill"))

    def _through(self, name: str, call: Callable[[], Any]) -> Any:
        waiting = FAULTS.get(name, [])
        return waiting.pop(0)(name, call) if waiting else call()

    def _take(self, works: Sequence[Work], token: str) -> Ticket:
        known = self._find(token)
        if known is not None and self.backend.idempotent:
            return known
        told = [{"points": work.points.tolist(), "shots": work.shots, "seed": work.seed} for work in works]
        counts = {"circuits": sum(map(circuits_of, works)), "shots": sum(map(shots_of, works))}
        number = len(jobs(self.backend.folder))
        self._write(f"job-{number:04}", token=token, state="running", polls=self.backend.polls, works=told, **counts)
        return Ticket("scripted", f"job-{number:04}", token, {"kind": "batch"})

    def _find(self, token: str) -> Ticket | None:
        for job in jobs(self.backend.folder):
            if job["token"] == token:
                return Ticket("scripted", job["job"], token, {"kind": "batch"})
        return None

    def _look(self, ticket: Ticket) -> Status:
        job = self._job(ticket.job)
        if job["state"] == "running" and not job["polls"]:
            return Status("done")
        if job["state"] == "running":
            self._write(ticket.job, polls=job["polls"] - 1)
            return Status("running", place=job["polls"])
        return Status(job["state"], job.get("reason", ""))

    def _read(self, ticket: Ticket, works: Sequence[Work]) -> list[Result]:
        told = self._job(ticket.job)["works"]
        assert ticket.details == {"kind": "batch"} and len(works) == len(told)
        found = []
        for work, sent in zip(works, told, strict=True):
            assert len(work.points) == len(sent["points"]) and work.shots == sent["shots"]
            again = replace(work, points=np.array(sent["points"]).reshape(work.points.shape), seed=sent["seed"])
            found.append(simulated(again))
        return found

    def _job(self, job: str) -> dict[str, Any]:
        path = Path(self.backend.folder) / f"{job}.json"
        if not path.exists():
            raise JobFailed("there is no such job")
        return dict(json.loads(path.read_text()))

    def _write(self, job: str, **changes: Any) -> None:
        path = Path(self.backend.folder) / f"{job}.json"
        before = json.loads(path.read_text()) if path.exists() else {"job": job}
        scratch = path.with_suffix(".new")
        scratch.write_text(json.dumps(before | changes))
        scratch.replace(path)


def simulated(work: Work) -> Result:
    """What a right device reads, drawn by the work's seed; without shots its probabilities."""
    session, read = Qsim("double").open(), []
    for number, one in enumerate(measured(work.program)):
        turned = replace(work, program=replace(work.program, circuit=one.circuit), shots=None)
        chances = np.abs(session.states(turned)) ** 2  # type: ignore[attr-defined]
        random = stream(work.seed, "shots", number)
        drawn = [row if work.shots is None else random.multinomial(work.shots, row / row.sum()) for row in chances]
        read.append([counts_of({key: row[key] for key in np.flatnonzero(row)}, work.program.width) for row in drawn])
    return result_of(work, read, {"backend": "scripted"})


def jobs(folder: str | Path) -> list[dict[str, Any]]:
    """What the provider has, in the order of submission."""
    return [json.loads(path.read_text()) for path in sorted(Path(folder).glob("job-*.json"))]
