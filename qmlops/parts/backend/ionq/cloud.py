"""IonQ's cloud, by the real cirq-ionq: v0.4 of the API with cirq 1.6 and later, v0.3 with cirq 1.5."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar, Literal

from qmlops.core import secret
from qmlops.core.address import unfit_for_a_key
from qmlops.core.backend import Session
from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.target import Calibration, Queue, Target
from qmlops.core.ticket import Cost
from qmlops.core.work import Work
from qmlops.errors import JobFailed, Mistake, Unavailable
from qmlops.lower.basis import bases
from qmlops.lower.reading import circuits_of
from qmlops.lower.split import split, split_alike
from qmlops.parts.backend.catalogue import target_of
from qmlops.parts.backend.ionq.client import client
from qmlops.parts.backend.ionq.session import IonqSession, Terms, money

SIMULATOR = "simulator"
_LEAST_DEBIASED = 500
_Models = Literal["ideal", "harmony", "harmony-1", "harmony-2", "aria-1", "aria-2", "forte-1", "forte-enterprise-1"]


@dataclass(frozen=True)
class Ionq:
    """IonQ's cloud simulator, which is free, or with `device` one of its machines."""

    provider: ClassVar[str] = "ionq"
    requires: ClassVar[tuple[str, ...]] = ("cirq_ionq",)

    device: str = option(SIMULATOR, "simulator, or a machine of the catalogue, such as qpu.forte-1")
    noise_model: _Models = option("ideal", "the machine that the cloud simulator imitates; ideal: exact values")
    debiasing: bool = option(False, "IonQ's error mitigation on hardware; needs 500 shots, and can cost more")
    sharpen: bool | None = option(None, "how debiased results are merged: true by majority, false by average")
    optimise: bool = option(False, "whether IonQ's compiler may change gates; it would undo folding and twirling")
    session: str | None = option(None, "id of an open session, for jobs in reserved time")
    api_key: str = option("env:IONQ_API_KEY", "where the key stands: env:NAME, keyring:SERVICE/USER, command:WORDS")
    url: str = option("https://api.ionq.co", "the API's host; `qmlops emulate ionq` prints another one")
    timeout: float = option(
        30.0, "for a request; an answer that drips is cut at the double", unit="s", above=0, most=3600
    )
    settle: float = option(60.0, "for a job to be listed whose submission was not answered", unit="s", least=0)
    patience: float = option(300.0, "for a question, or a refusal that passes, until the run ends", unit="s", least=0)
    devices: dict[str, Any] = option({}, "the catalogue: facts of each device, as in conf/backend/ionq.yaml")

    def __post_init__(self) -> None:
        validate(
            self,
            secret.unfit("api_key", self.api_key),
            unfit_for_a_key(self.url),
            self._unfit_noise(),
        )
        self.target()

    def _unfit_noise(self) -> Mistake | None:
        if self.device == SIMULATOR or self.noise_model == "ideal":
            return None
        return Mistake(
            "noise_model", f"{self.device} has noise of its own.", "write noise_model=ideal, or device=simulator"
        )

    @property
    def terms(self) -> Terms:
        return Terms(self.device, self.noise_model, self.debiasing, self.sharpen, self.optimise, self.session)

    def target(self) -> Target:
        return target_of(self.device, self.devices, self.device != SIMULATOR)

    def lower(self, program: Program) -> Program:
        from qmlops.lower.gate_set import IONQ
        from qmlops.lower.native import native

        return native(program, IONQ)

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        return [mistake for work in works for mistake in self._mistakes(work)]

    def _mistakes(self, work: Work) -> list[Mistake]:
        target, found = self.target(), []
        if target.qubits is not None and work.program.width > target.qubits:
            why = f"{work.program.width} qubits are asked for, and {self.device} has {target.qubits}."
            found.append(Mistake("qubits", why, "use fewer qubits, or another device"))
        if work.noise is not None and not work.noise.silent():
            instead = "write noise=none; backend.noise_model=forte-1 makes the cloud simulator noisy"
            found.append(Mistake("noise", "IonQ's machines and simulators take no noise model from outside.", instead))
        if work.shots is None and not self.terms.exact:
            noisy = self.device if self.device != SIMULATOR else f"the noise model {self.noise_model}"
            found.append(Mistake("shots", f"{noisy} measures and cannot give exact values.", "write shots=1000"))
        limits, shots = target.limits, work.shots
        if shots is not None and not limits.least_shots <= shots <= (limits.most_shots or shots):
            why = f"{shots} shots a circuit are asked for."
            found.append(Mistake("shots", why, f"allowed: {limits.least_shots} to {limits.most_shots}"))
        if self.debiasing and self.device != SIMULATOR and shots is not None and shots < _LEAST_DEBIASED:
            why = f"debiasing needs {_LEAST_DEBIASED} shots a circuit, and {shots} are asked for."
            found.append(
                Mistake("backend.debiasing", why, f"write shots={_LEAST_DEBIASED}, or backend.debiasing=false")
            )
        return found

    def split(self, works: Sequence[Work]) -> list[list[Work]]:
        """As few jobs as may be; a job has one number of shots, but where these are drawn here it does not matter."""
        limits = self.target().limits
        return split(works, limits) if self.terms.exact else split_alike(works, limits)

    def estimate(self, works: Sequence[Work]) -> Cost:
        price = self.target().price
        if price is None:
            return Cost(None, "USD", "IonQ's prices stand in each contract; --ask asks for them")
        shots = sum(circuits_of(work) * (work.shots or 0) for work in works)
        amount = price.request + price.shot * shots
        return Cost(amount, price.unit, f"price list of {price.date}, {price.source}")

    def quote(self, works: Sequence[Work]) -> Cost:
        """What one request with these works, lowered, will cost by the account's own rate card. Asks IonQ."""
        connected = self._connect()
        if connected.url.endswith("v0.3"):
            return Cost(None, "USD", "v0.3 of IonQ's API gives no quotes")
        one, two = _gates(works)
        answer = connected.question(
            "jobs/estimate",
            backend=self.device,
            type="ionq.multi-circuit.v1" if sum(map(circuits_of, works)) > 1 else "ionq.circuit.v1",
            qubits=str(max(work.program.width for work in works)),
            shots=str(max(work.shots or 1 for work in works)),
            error_mitigation=str(self.debiasing).lower(),
            **{"1q_gates": str(one), "2q_gates": str(two)},
        )
        amount, seconds = answer.get("estimated_total_cost"), answer.get("estimated_execution_time")
        if not isinstance(amount, int | float):
            raise Unavailable("IonQ's estimate cannot be read.")
        card = (answer.get("rate_card") or {}).get("id", "unnamed")
        basis = f"IonQ's estimate of {str(answer.get('estimated_at', ''))[:16]}, rate card {card}"
        return Cost(
            float(amount),
            money(str(answer.get("estimated_unit", "usd"))),
            basis,
            None if seconds is None else seconds / 1000,
        )

    def missing(self) -> list[Mistake]:
        absent = secret.absent(self.api_key)
        found = [Mistake("backend.api_key", f"IonQ asks for a key: {absent}.", "make one at https://cloud.ionq.com")]
        found = found if absent else []
        try:
            versions = {name: version(name) for name in ("cirq-core", "cirq-ionq")}
        except PackageNotFoundError as error:
            return [*found, Mistake("backend", f"the package {error.name} is missing.", f"pip install {error.name}")]
        if len(set(versions.values())) > 1:
            told = " and ".join(f"{name} {number}" for name, number in versions.items())
            wanted = f"pip install cirq-ionq=={versions['cirq-core']}"
            found.append(Mistake("backend", f"{told} are installed, and they must be of one version.", wanted))
        return found

    def current(self) -> Target:
        """The catalogue's facts with what IonQ says now. Raises Unavailable where the machine takes no jobs."""
        asked = self._connect()
        try:
            facts = asked.question(f"backends/{self.device}")
            old = asked.url.endswith("v0.3")
            known = facts.get("characterization_id")
            path = (
                f"characterizations/backends/{self.device}/{known}"
                if old
                else f"backends/{self.device}/characterizations/{known}"
            )
            measured = asked.question(path) if known else None
        except JobFailed as error:
            raise Unavailable(f"IonQ knows no {self.device} now. {error}") from None
        if facts.get("status") != "available":
            raise Unavailable(f"IonQ's {self.device} is {facts.get('status')}.")
        told = str(facts.get("last_updated", ""))
        source = f"{self.url}, {told[:16]}"
        qubits = int(facts["qubits"]) if facts.get("qubits") else self.target().qubits
        calibration = _calibration(measured) if measured else self.target().calibration
        queue = _queue(facts.get("average_queue_time"), told)
        return replace(self.target(), qubits=qubits, source=source, calibration=calibration, queue=queue)

    def open(self) -> Session:
        return IonqSession(self.terms, self._connect)

    def _connect(self) -> Any:
        """A client with the key, which is fetched anew: it may change while a run waits."""
        key = secret.fetch(self.api_key, "backend=ionq")
        return client(self.url, key, self.timeout, self.api_key)


def _gates(works: Sequence[Work]) -> tuple[int, int]:
    """Gates on one wire and on more, in all circuits together, basis changes included."""
    one = two = 0
    for work in works:
        measured = bases(work.program.observables)
        wide = sum(len(operation.qubits) > 1 for operation in work.program.circuit.all_operations())
        narrow = sum(len(operation.qubits) == 1 for operation in work.program.circuit.all_operations())
        turns = sum(letter != "Z" for basis in measured for letter in basis.letters.values())
        one += len(work.points) * (narrow * len(measured) + turns)
        two += len(work.points) * wide * len(measured)
    return one, two


def _queue(average: Any, time: str) -> Queue | None:
    if average is None:
        return None
    return Queue(time, "IonQ's average, a guess: no unit is documented, milliseconds are taken", float(average) / 1000)


def _calibration(measured: Any) -> Calibration:
    """A characterisation: medians over the machine, so that one number holds for every qubit."""
    fidelity, timing = measured.get("fidelity") or {}, measured.get("timing") or {}

    def error(name: str) -> float | None:
        median = (fidelity.get(name) or {}).get("median")
        return None if median is None else 1 - float(median)

    def entry(value: Any) -> tuple[float, ...] | None:
        return None if value is None else (float(value),)

    spam = error("spam")
    return Calibration(
        id=str(measured.get("id", "")),
        time=str(measured.get("date", "")),
        t1=entry(timing.get("t1")),
        t2=entry(timing.get("t2")),
        one_qubit_error=entry(error("1q")),
        two_qubit_error=error("2q"),
        readout=None if spam is None else ((spam, spam),),
        one_qubit_seconds=timing.get("1q"),
        two_qubit_seconds=timing.get("2q"),
        readout_seconds=timing.get("readout"),
    )
