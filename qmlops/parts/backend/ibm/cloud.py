"""IBM's machines, by the real qiskit-ibm-runtime: one job a request, its programs compiled once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from qmlops.core import secret
from qmlops.core.address import unfit_for_a_key
from qmlops.core.backend import Session
from qmlops.core.extra import uninstalled
from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.target import Queue, Target
from qmlops.core.ticket import Cost
from qmlops.core.work import Work
from qmlops.errors import ConfigError, CredentialError, JobFailed, Mistake, Unavailable, nearest, shown
from qmlops.lower.basis import bases
from qmlops.lower.reading import shots_of
from qmlops.lower.split import split_alike
from qmlops.parts.backend.catalogue import target_of
from qmlops.parts.backend.ibm.client import Connection, Login
from qmlops.parts.backend.ibm.session import IbmSession, Terms, priced
from qmlops.parts.backend.ibm.snapshot import gates_of, snapshot, told

_JOB_SECONDS, _SHOT_SECONDS = 2.0, 0.00035
"""IBM's own rule of thumb (quantum.cloud.ibm.com/docs/guides/estimate-job-run-time)."""

_CRN_COLONS = 9


@dataclass(frozen=True)
class Ibm:
    """A machine of IBM in one instance. Every plan but `open` is paid by the second on the machine.

    Programs are lowered to its gates here. They are placed on its qubits when they are sent, by the
    calibration of that day, or with placement=snapshot here and reproducibly.
    """

    provider: ClassVar[str] = "ibm"
    requires: ClassVar[tuple[str, ...]] = ("qiskit_ibm_runtime", "qiskit_aer")
    extra: ClassVar[str] = "ibm"

    device: str = option("ibm_fez", "a machine of the catalogue")
    plan: str = option("pay_as_you_go", "what the instance is billed by: a name in `plans`")
    sampler: Literal["executor", "legacy"] = option("executor", "the generation of IBM's sampler; legacy is going")
    mode: Literal["job", "batch", "session"] = option("job", "whether jobs are sent alone, together, or in own time")
    decoupling: Literal["none", "XX", "XpXm", "XY4"] = option("none", "pulses on qubits that wait")
    twirl_gates: bool = option(False, "whether gates on two qubits are sent in random equal forms")
    twirl_measurement: bool = option(False, "whether readings are flipped at random, and flipped back")
    max_seconds: int | None = option(None, "on the machine, after which IBM ends a job", unit="s", least=1)
    optimise: int = option(0, "Qiskit's level; above 0 it would undo folding and twirling", least=0, most=3)
    placement: Literal["today", "snapshot"] = option("today", "the calibration by which qubits are chosen")
    seed: int = option(0, "of the search for qubits", least=0)
    paused: bool = option(False, "whether jobs are also sent to a machine that is paused, where they wait")
    instance: str = option("env:IBM_QUANTUM_INSTANCE", "the instance's CRN, or where it stands, as env:NAME")
    api_key: str = option(
        "env:IBM_QUANTUM_TOKEN", "where the key stands: env:NAME, keyring:SERVICE/USER, command:WORDS"
    )
    url: str = option("https://cloud.ibm.com", "IBM's cloud; http://127.0.0.1:PORT is a stand-in for all of it")
    timeout: float = option(30.0, "for a request, and for an answer that drips", unit="s", above=0, most=3600)
    settle: float = option(60.0, "for a job to be listed whose submission was not answered", unit="s", least=0)
    patience: float = option(300.0, "for a question, or a refusal that passes, until the run ends", unit="s", least=0)
    plans: dict[str, Any] = option({}, "price lists, as in conf/backend/ibm.yaml")
    devices: dict[str, Any] = option({}, "the catalogue: facts of each device, as in conf/backend/ibm.yaml")

    def __post_init__(self) -> None:
        validate(
            self,
            secret.unfit("api_key", self.api_key),
            None if self.instance.startswith("crn:") else secret.unfit("instance", self.instance),
            unfit_for_a_key(self.url),
            Mistake("plan", f"{shown(self.plan)} is not in `plans`.", nearest(self.plan, [*self.plans]))
            if self.plans and self.plan not in self.plans
            else None,
        )
        self.target()

    def target(self) -> Target:
        facts = self.devices.get(self.device)
        priced_here = {} if facts is None else {self.device: {**facts, "price": self.plans.get(self.plan)}}
        return target_of(self.device, {**self.devices, **priced_here}, hardware=True)

    @property
    def terms(self) -> Terms:
        return Terms(
            self.device,
            self.sampler,
            self.mode,
            self.decoupling,
            self.twirl_gates,
            self.twirl_measurement,
            self.max_seconds,
            self.optimise,
            self.seed,
            self.paused,
            self.target().price,
        )

    def lower(self, program: Program) -> Program:
        from qmlops.lower.native import native
        from qmlops.lower.route import route

        gates = gates_of(self.target())
        if self.placement == "snapshot":
            return route(program, snapshot(self.device), gates, self.seed)
        return native(program, gates)

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        return [*self._unplaced(), *(mistake for work in works for mistake in self._mistakes(work))]

    def _unplaced(self) -> list[Mistake]:
        if self.placement == "snapshot":
            try:
                snapshot(self.device)
            except ConfigError as error:
                return [replace(mistake, path="backend.placement") for mistake in error.mistakes]
        return []

    def _mistakes(self, work: Work) -> list[Mistake]:
        target, found = self.target(), []
        if target.qubits is not None and work.program.width > target.qubits:
            why = f"{work.program.width} qubits are asked for, and {self.device} has {target.qubits}."
            found.append(Mistake("qubits", why, "use fewer qubits, or another device"))
        if work.noise is not None and not work.noise.silent():
            instead = "write noise=none; backend=ibm_fake has a machine's noise"
            found.append(Mistake("noise", "IBM's machines take no noise model from outside.", instead))
        if work.shots is None:
            why = f"{self.device} measures and cannot give exact values."
            return [*found, Mistake("shots", why, "write shots=1000")]
        executions = work.shots * len(bases(work.program.observables))
        if target.limits.executions is not None and executions > target.limits.executions:
            why = f"a point is {executions} executions, and a job may have {target.limits.executions}."
            found.append(Mistake("shots", why, "use fewer shots"))
        return found

    def split(self, works: Sequence[Work]) -> list[list[Work]]:
        """As few jobs as may be; a job has one number of shots."""
        return split_alike(works, self.target().limits)

    def estimate(self, works: Sequence[Work]) -> Cost:
        """By IBM's rule of thumb for the time, and never more than `max_seconds`, where IBM ends a job."""
        seconds = _JOB_SECONDS + _SHOT_SECONDS * sum(map(shots_of, works))
        basis = "a guess of the time by IBM's rule of thumb"
        if self.max_seconds is not None and seconds > self.max_seconds:
            seconds, basis = float(self.max_seconds), "the time after which IBM ends the job"
        return priced(seconds, self.target().price, basis)

    def missing(self) -> list[Mistake]:
        found = uninstalled(self, "backend")
        if absent := secret.absent(self.api_key):
            found.append(
                Mistake("backend.api_key", f"IBM asks for a key: {absent}.", "make one at quantum.cloud.ibm.com")
            )
        if not self.instance.startswith("crn:") and (absent := secret.absent(self.instance)):
            instead = "its CRN stands at quantum.cloud.ibm.com/instances"
            found.append(Mistake("backend.instance", f"IBM asks for an instance: {absent}.", instead))
        return found

    def current(self) -> Target:
        """What IBM says of the machine now. Raises Unavailable where it takes no jobs."""
        connection = self._connection()
        try:
            status = connection.client.backend_status(self.device)
            if not (status["operational"] and status["status_msg"] == "active"):
                raise Unavailable(f"IBM's {self.device} is {status['status_msg'] or 'offline'}.")
            backend = connection.backend
        except JobFailed as error:
            raise Unavailable(f"IBM knows no {self.device} now. {error}") from None
        now = told(self.device, backend.target, backend.properties(), self.url)
        queue = _queue(status["pending_jobs"])
        return replace(now, limits=self.target().limits, price=self.target().price, queue=queue)

    def open(self) -> Session:
        kept: list[Connection] = []

        def connect() -> Connection:
            """The same one while the key is the same: it is fetched anew, and may change while a run waits."""
            fresh = self._connection()
            if not kept or kept[0].login.key != fresh.login.key:
                kept[:] = [fresh]
            return kept[0]

        return IbmSession(self.terms, connect)

    def _connection(self) -> Connection:
        owner, local = "backend=ibm", urlsplit(self.url).scheme == "http"
        instance = self.instance if self.instance.startswith("crn:") else secret.fetch(self.instance, owner)
        if not instance.startswith("crn:") or instance.count(":") != _CRN_COLONS:
            raise CredentialError("IBM's instances are named by their CRN, and this is none; see backend.instance.")
        identity = self.url if local else self.url.replace("://", "://iam.", 1)
        login = Login(secret.fetch(self.api_key, owner), self.api_key, identity, self.timeout)
        return Connection(login, instance, self.device, self.url, self.timeout)


def _queue(jobs: int) -> Queue:
    return Queue(
        datetime.now(UTC).isoformat(timespec="seconds"), "jobs that wait at the machine, as IBM told", jobs=jobs
    )
