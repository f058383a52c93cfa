"""Amazon Braket, by the real SDK: machines of several makers, and simulators in AWS's cloud."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from qmlops.core.backend import Session
from qmlops.core.extra import uninstalled
from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.target import Queue, Target
from qmlops.core.ticket import Cost
from qmlops.core.work import Work
from qmlops.errors import Mistake, Unavailable, nearest, shown
from qmlops.lower.basis import bases
from qmlops.lower.gate_set import BRAKET, GATE_SETS
from qmlops.lower.native import native
from qmlops.lower.reading import circuits_of, shots_of
from qmlops.lower.split import split_alike
from qmlops.parts.backend.braket.client import REMEDY, ask, client
from qmlops.parts.backend.braket.device import Capabilities, from_document, from_file
from qmlops.parts.backend.braket.price import offers, price_of
from qmlops.parts.backend.braket.program import Natively
from qmlops.parts.backend.braket.session import LEAST_SECONDS, BraketSession, Terms
from qmlops.parts.backend.catalogue import target_of

SIMULATORS = ("SV1", "DM1")
_OWN = ("arn", "native")
"""Facts of the catalogue that a Target has no place for."""
_MOST_EXACT = 20
"""Qubits up to which exact values are asked for: they come as 2^qubits probabilities in JSON."""
_BRIEF = 20
"""Qubits up to which a simulator's task is taken to end within the least time that is billed."""
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
_MORE_KEYS = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",)
_FILES = {"AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials", "AWS_CONFIG_FILE": "~/.aws/config"}


@dataclass(frozen=True)
class Braket:
    """Amazon Braket's simulator SV1, or with `device` another simulator or a machine.

    Machines take all circuits of a step as program sets, each of which is one task; simulators take one
    task a circuit, because Braket offers them no program sets.
    """

    provider: ClassVar[str] = "braket"
    requires: ClassVar[tuple[str, ...]] = ("braket",)
    extra: ClassVar[str] = "braket"

    device: str = option("SV1", "SV1, DM1, or a machine of the catalogue, such as Forte-1")
    verbatim: bool = option(False, "whether gates are the machine's own, and run as they are written")
    capabilities: str | None = option(None, "a file of the device's capabilities, for verbatim programs on its pairs")
    reservation: str | None = option(None, "ARN of a reservation, for tasks in reserved time")
    bucket: str | None = option(None, "S3 bucket of the results; null: the SDK's own, amazon-braket-REGION-ACCOUNT")
    profile: str | None = option(None, "AWS profile with the keys; null: boto's own search, environment first")
    region: str = option("us-east-1", "for the simulators; a machine stands in a region of its own")
    timeout: float = option(
        30.0, "for a request; an answer that drips is cut at the double", unit="s", above=0, most=3600
    )
    devices: dict[str, Any] = option({}, "the catalogue: facts of each device, as in conf/backend/braket.yaml")

    def __post_init__(self) -> None:
        validate(self, self._unfit_device(), self._unfit_verbatim())
        self.target()

    def _unfit_device(self) -> Mistake | None:
        if not self.devices or self.device in self.devices:
            return None
        return Mistake(
            "device", f"{shown(self.device)} is not in the catalogue.", nearest(self.device, [*self.devices])
        )

    def _unfit_verbatim(self) -> Mistake | None:
        if not self.verbatim:
            return None
        if self.device in SIMULATORS:
            return Mistake("verbatim", f"{self.device} has no native gates.", "write verbatim=false, or a machine")
        if self.capabilities is None and self._facts.get("native") is None:
            why = f"of the pairs of {self.device} the catalogue says nothing."
            return Mistake("verbatim", why, "write capabilities=FILE, what `aws braket get-device` prints of it")
        return None

    @property
    def _facts(self) -> dict[str, Any]:
        return dict(self.devices.get(self.device) or {})

    @property
    def _machine(self) -> Capabilities | None:
        return None if self.capabilities is None else from_file(self.capabilities)

    @property
    def terms(self) -> Terms:
        target = self.target()
        natively = None
        if self.verbatim:
            natively = Natively(self._facts["native"]) if self._machine is None else self._machine.natively
        return Terms(
            self.device,
            str(self._facts.get("arn", self.device)),
            target.limits.circuits != 1,
            natively,
            self.reservation,
            target.price,
            target.hardware,
        )

    def target(self) -> Target:
        facts = {key: value for key, value in self._facts.items() if key not in _OWN}
        known = {self.device: facts} if self.devices else {}
        target = target_of(self.device, known, self.device not in SIMULATORS)
        return target if self._machine is None else _updated(target, self._machine, str(self.capabilities))

    def lower(self, program: Program) -> Program:
        if not self.verbatim:
            return native(program, BRAKET)
        return (
            native(program, GATE_SETS[self._facts["native"]]) if self._machine is None else self._machine.lower(program)
        )

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        return [mistake for work in works for mistake in self._mistakes(work)]

    def _mistakes(self, work: Work) -> list[Mistake]:
        target, found, shots = self.target(), [], work.shots
        if target.qubits is not None and work.program.width > target.qubits:
            why = f"{work.program.width} qubits are asked for, and {self.device} has {target.qubits}."
            found.append(Mistake("qubits", why, "use fewer qubits, or another device"))
        if work.noise is not None and not work.noise.silent():
            instead = "write noise=none; backend=braket_local computes with noise"
            found.append(Mistake("noise", "what Braket is sent holds no noise of ours.", instead))
        if shots is None and target.hardware:
            found.append(Mistake("shots", f"{self.device} measures and cannot give exact values.", "write shots=1000"))
        elif shots is None and work.program.width > _MOST_EXACT:
            why = f"exact values of {work.program.width} qubits come as 2^{work.program.width} probabilities."
            found.append(Mistake("shots", why, f"write shots=1000, or use at most {_MOST_EXACT} qubits"))
        limits = target.limits
        if shots is not None and not limits.least_shots <= shots <= (limits.most_shots or shots):
            why = f"{shots} shots a circuit are asked for."
            found.append(Mistake("shots", why, f"allowed: {limits.least_shots} to {limits.most_shots}"))
        needed = len(bases(work.program.observables))
        if target.hardware and limits.circuits is not None and needed > max(1, limits.circuits):
            why = f"a point is measured in {needed} bases, and a program set of {self.device} holds {limits.circuits}."
            found.append(Mistake("readout", why, "measure fewer observables that do not commute"))
        return found

    def split(self, works: Sequence[Work]) -> list[list[Work]]:
        """As few tasks as may be; all circuits of a program set have one number of shots."""
        return split_alike(works, self.target().limits)

    def estimate(self, works: Sequence[Work]) -> Cost:
        price = self.target().price
        if self.reservation is not None:
            return Cost(0.0, "USD", "in a reservation, which AWS bills by its hours")
        if price is None:
            return Cost(None, "USD", f"the catalogue has no price of {self.device}; --ask asks for it")
        told = f"price list of {price.date}, {price.source}"
        if self.target().hardware:
            return Cost(price.request + price.shot * sum(map(shots_of, works)), price.unit, told)
        if any(work.program.width > _BRIEF for work in works):
            return Cost(None, price.unit, f"how long {self.device} takes for more than {_BRIEF} qubits is not known")
        seconds = LEAST_SECONDS * sum(map(circuits_of, works))
        told = f"a guess: {LEAST_SECONDS:g} s a task, the least that is billed, by the {told}"
        return Cost(price.second * seconds, price.unit, told, seconds)

    def quote(self, works: Sequence[Work]) -> Cost:
        """What one request costs by the price list that AWS shows now. Asks AWS, without keys."""
        price = price_of(offers(self.timeout), self.terms.arn, self._region)
        if price is None or not self.target().hardware:
            return Cost(None, "USD", f"AWS's price list names no price of {self.device} that is known beforehand")
        amount = price.request + price.shot * sum(map(shots_of, works))
        return Cost(amount, price.unit, f"price list of {price.date}, {price.source}")

    def missing(self) -> list[Mistake]:
        found = uninstalled(self, "backend")
        named = self.profile or any(os.environ.get(name) for name in (*_KEYS, *_MORE_KEYS))
        filed = any(Path(os.environ.get(name, path)).expanduser().is_file() for name, path in _FILES.items())
        if not (named or filed or _in_aws()):
            found.append(Mistake("backend.profile", "no AWS keys are found on this machine.", REMEDY))
        return found

    def current(self) -> Target:
        """The catalogue's facts with what Braket says now. Raises Unavailable where the device takes no tasks."""
        connected = self._connect()
        facts: Any = ask(connected, lambda: connected.get_device(self.terms.arn), absent=Unavailable)
        if facts.get("deviceStatus") != "ONLINE":
            raise Unavailable(f"Braket's {self.device} is {facts.get('deviceStatus')}.")
        try:
            document = json.loads(facts["deviceCapabilities"])
            queue = _queue(facts.get("deviceQueueInfo") or ())
            if not self.target().hardware:
                qubits = int(document["paradigm"]["qubitCount"])
                return replace(self.target(), qubits=qubits, source="Braket's GetDevice", queue=queue)
            return replace(_updated(self.target(), from_document(document), "Braket's GetDevice"), queue=queue)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Unavailable(f"What Braket tells of {self.device} cannot be read.") from None

    def open(self) -> Session:
        return BraketSession(self.terms, self._connect)

    @property
    def _region(self) -> str:
        """The ARN of a machine names its own."""
        parts = self.terms.arn.split(":")
        return parts[3] if len(parts) > 3 and parts[3] else self.region

    def _connect(self) -> Any:
        return client(self._region, self.profile, self.bucket, self.timeout)


def _updated(target: Target, told: Capabilities, source: str) -> Target:
    """A target with what the device tells of itself; its price stays."""
    asked = told.target(source, target.hardware, target.name)
    return replace(asked, price=target.price, calibration=asked.calibration or target.calibration)


def _queue(told: Sequence[Any]) -> Queue | None:
    """Tasks that wait with normal priority; a size may be told as ">4000"."""
    sizes = [
        str(item["queueSize"]).strip("<>=")
        for item in told
        if item.get("queue") == "QUANTUM_TASKS_QUEUE" and item.get("queuePriority", "Normal") == "Normal"
    ]
    if len(sizes) != 1 or not sizes[0].isdigit():
        return None
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Queue(now, "tasks that wait at the device, as GetDevice told", jobs=int(sizes[0]))


def _in_aws() -> bool:
    """Whether this is one of Amazon's machines, which may have a role."""
    vendor = Path("/sys/class/dmi/id/sys_vendor")
    return vendor.is_file() and vendor.read_text(encoding="utf-8", errors="ignore").startswith("Amazon")
