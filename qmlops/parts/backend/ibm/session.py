"""The connection to IBM: requests as jobs of one sampler, found by their tag, read back as results."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from qmlops.core.program import Program
from qmlops.core.target import Price
from qmlops.core.ticket import Cost, State, Status, Ticket
from qmlops.core.work import Result, Work
from qmlops.errors import Ambiguous, JobFailed, QmlopsError, Unavailable, Unsent
from qmlops.lower.reading import result_of
from qmlops.parts.backend.ibm.circuit import Compiler, Sheet, read
from qmlops.parts.backend.ibm.client import Connection

_STATES: dict[str, State] = {
    **{"QUEUED": "queued", "RUNNING": "running", "COMPLETED": "done", "FAILED": "failed", "CANCELLED": "cancelled"}
}
_RAN_TOO_LONG = 1305
"""The code of a job that `max_seconds` ended; its state is that of a cancelled one."""
_LONGEST = 160
"""Characters of IBM's reasons that are shown."""
_KEPT = 64
"""Compiled programs in memory."""
_HOLDS_SECONDS = 10.0
"""That IBM's word on the machine and on the instance's time is good for, so that a step asks once."""


@dataclass(frozen=True)
class Terms:
    """What is said to IBM with every job."""

    device: str
    sampler: str
    mode: str
    decoupling: str
    twirl_gates: bool
    twirl_measurement: bool
    max_seconds: int | None
    optimise: int
    seed: int
    paused: bool
    price: Price | None


class IbmSession:
    """A Session at IBM. `connect` gives a connection; it is called for each question, and fetches the key.

    Programs are compiled once, for the machine as it is at the first of them. Bits are read by wire,
    whatever qubits a program was placed on, so that any process can read any job.
    """

    def __init__(self, terms: Terms, connect: Callable[[], Connection]) -> None:
        self.terms = terms
        self._connect = connect
        self._compiled: dict[int, tuple[Program, list[Sheet]]] = {}
        self._asked_at = float("-inf")

    def prepare(self, works: Sequence[Work]) -> None:
        """All that comes before the one request of `submit`: asks the machine, and compiles what is new."""
        self._ready(works, self._connect())

    def submit(self, works: Sequence[Work], token: str) -> Ticket:
        connection = self._connect()
        units = self._ready(works, connection)
        try:
            self._joined(connection)
            sampler = _sampler(self.terms, connection.backend, token)
        except Unavailable as error:
            raise Unsent(f"{error} Nothing was sent.", again=True) from None
        except JobFailed as error:
            raise Unsent(f"IBM opens no {self.terms.mode} on {self.terms.device}. {error}") from None
        made = _handed_over(sampler, units)
        if not isinstance(made, dict) or not isinstance(made.get("id"), str):
            raise Ambiguous("IBM's answer names no job; whether it has one is not known.")
        return Ticket("ibm", made["id"], token)

    def find(self, token: str) -> Ticket | None:
        jobs = self._connect().client.jobs_get(job_tags=[token], limit=10).get("jobs")
        if not isinstance(jobs, list):
            raise Unavailable("IBM's list of jobs cannot be read.")
        for job in jobs:
            if token in (job.get("tags") or ()):
                return Ticket("ibm", str(job["id"]), token)
        return None

    def status(self, ticket: Ticket) -> Status:
        client = self._connect().client
        job = client.job_get(ticket.job)
        state = _state(job)
        place = client.job_metadata(ticket.job).get("position_in_queue") if state == "queued" else None
        return Status(state, _reason(job) if state in ("failed", "cancelled") else "", place)

    def result(self, ticket: Ticket, works: Sequence[Work]) -> list[Result]:
        client = self._connect().client
        job = client.job_get(ticket.job)
        state = _state(job)
        if state != "done":
            raise JobFailed(f"IBM's job {ticket.job} is {state} and has no results. {_reason(job)}".strip())
        try:
            raw = client.job_results(ticket.job)
        except JobFailed as error:
            # It is done and paid for: a failed job would be sent, and paid for, again.
            raise Unavailable(f"IBM does not show the results of job {ticket.job} now. {error}") from None
        told = {"backend": "ibm", "device": self.terms.device, "job": ticket.job}
        try:
            counts = list(read(works, list(_decoded(raw, job))))
        except Exception as error:
            why = f"IBM's job {ticket.job} has results that cannot be read, or of other circuits"
            raise JobFailed(f"{why} ({type(error).__name__}).") from None
        return [result_of(work, found, told) for work, found in zip(works, counts, strict=True)]

    def cancel(self, ticket: Ticket) -> None:
        self._connect().client.job_cancel(ticket.job)

    def cost(self, ticket: Ticket) -> Cost:
        """Seconds on the machine as IBM counts them, once it has, by the plan's price."""
        usage = self._connect().client.job_metadata(ticket.job).get("usage") or {}
        seconds = usage.get("qpu_charge_time_seconds")
        if usage.get("status", "pending") == "pending" or seconds is None:
            return Cost(None, "USD", "IBM has not yet counted the job's time")
        return priced(float(seconds), self.terms.price, "IBM's count of seconds")

    def _ready(self, works: Sequence[Work], connection: Connection) -> list[Any]:
        """The units of a request that the machine takes. Raises Unsent."""
        try:
            if time.monotonic() > self._asked_at + _HOLDS_SECONDS:
                self._allowed(connection)
                self._asked_at = time.monotonic()
            compiler = Compiler(connection.backend.target, self.terms.optimise, self.terms.seed)
            return [unit for work in works for unit in self._units(work, compiler)]
        except Unavailable as error:
            raise Unsent(f"{error} Nothing was sent.", again=True) from None
        except JobFailed as error:
            raise Unsent(f"IBM knows no {self.terms.device} for this instance. {error}") from None

    def _allowed(self, connection: Connection) -> None:
        """Raises Unsent where a job would wait for days: the client only warns, and hands it over."""
        usage = connection.client.cloud_usage()
        if usage.get("usage_limit_reached"):
            raise Unsent("The time of this instance at IBM is used up; jobs would wait until there is more.")
        status = connection.client.backend_status(self.terms.device)
        if not self.terms.paused and not (status["operational"] and status["status_msg"] == "active"):
            told = status["status_msg"] if status["operational"] else "offline"
            instead = "Choose another machine, or write backend.paused=true and let jobs wait."
            raise Unsent(f"IBM's {self.terms.device} is {told}.\n{instead}")

    def _units(self, work: Work, compiler: Compiler) -> list[Any]:
        """Basis by basis, then point by point."""
        kept = self._compiled.get(id(work.program))
        if kept is None or kept[0] is not work.program:
            if len(self._compiled) >= _KEPT:
                self._compiled.clear()
            self._compiled[id(work.program)] = kept = (work.program, compiler.sheets(work.program))
        assert work.shots is not None
        return [unit for sheet in kept[1] for unit in sheet.units(work.points, work.shots)]

    def _joined(self, connection: Connection) -> None:
        """Open the batch or session that jobs go into; IBM closes it when no more come."""
        if self.terms.mode == "job" or connection.batch:
            return
        mode = "dedicated" if self.terms.mode == "session" else "batch"
        made = connection.client.create_session(self.terms.device, connection.instance, self.terms.max_seconds, mode)
        connection.batch = str(made["id"])


def priced(seconds: float, price: Price | None, basis: str) -> Cost:
    """Time on the machine in money, where the plan has a price."""
    if price is None:
        return Cost(None, "USD", f"{basis}; the plan's price is not known", seconds)
    amount = price.request + price.second * seconds
    return Cost(amount, price.unit, f"{basis}; price list of {price.date}, {price.source}", seconds)


def _handed_over(sampler: Any, units: list[Any]) -> Any:
    """The one attempt. What the client itself refuses was not sent."""
    from qiskit_ibm_runtime.exceptions import IBMError

    try:
        return sampler.run(units)
    except QmlopsError:
        raise
    except (IBMError, ValueError) as error:
        told = " ".join(str(error).split())[:_LONGEST]
        raise Unsent(f"IBM's client refuses the request ({type(error).__name__}): {told}.") from None


def _sampler(terms: Terms, backend: Any, token: str) -> Any:
    """Either generation of IBM's sampler, with every option named."""
    options: dict[str, Any] = {
        "dynamical_decoupling": {"enable": terms.decoupling != "none"},
        "twirling": {"enable_gates": terms.twirl_gates, "enable_measure": terms.twirl_measurement},
        "environment": {"job_tags": [token]},
    }
    if terms.decoupling != "none":
        options["dynamical_decoupling"]["sequence_type"] = terms.decoupling
    if terms.max_seconds is not None:
        options["max_execution_time"] = terms.max_seconds
    if terms.sampler == "executor":
        from qiskit_ibm_runtime.executor_sampler import Sampler

        return Sampler(mode=backend, options=options)
    from qiskit_ibm_runtime import SamplerV2

    with warnings.catch_warnings():
        # That it will go is why there is a field to choose the other one.
        warnings.simplefilter("ignore", DeprecationWarning)
        return SamplerV2(mode=backend, options=options)


def _decoded(raw: str, job: Mapping[str, Any]) -> Any:
    """The units' results, by the client's own decoders."""
    from qiskit_ibm_runtime.decoders.defaults import DEFAULT_DECODERS

    decoders = DEFAULT_DECODERS[(job.get("program") or {}).get("id", "executor")]
    return reduce(lambda found, each: each.decode(found) if each.is_applicable(found) else found, decoders, raw)


def _state(job: Mapping[str, Any]) -> State:
    told = job.get("state") or {}
    state = _STATES.get(str(told.get("status", job.get("status"))).upper())
    if state is None:
        raise Unavailable("IBM's job is in a state that is not known here.")
    return "failed" if state == "cancelled" and _code(told) == _RAN_TOO_LONG else state


def _code(told: Mapping[str, Any]) -> Any:
    return told.get("reasonCode") or told.get("reason_code")


def _reason(job: Mapping[str, Any]) -> str:
    """The provider's code and text."""
    told = job.get("state") or {}
    return f"{_code(told) or ''}: {' '.join(str(told.get('reason') or '').split())[:_LONGEST]}".strip(": ")
