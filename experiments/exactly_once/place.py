"""The three providers as the storm needs them: a double, what reaches it, and whose job a request is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import cirq
from omegaconf import OmegaConf

from qmlops.config.place import beside, devices
from qmlops.core.backend import Backend
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.serving.web import Request
from tests.doubles.fault import Double

_SECONDS = 60.0
"""For one request: no fault of the storm is silent, and a busy machine shall not look like one."""


@dataclass(frozen=True)
class Place:
    """One provider. Nothing is imported from its client before a function is called."""

    name: str
    path: str
    """Of submissions, a pattern."""
    idempotent: bool
    double: Callable[[int], Any]
    """By a seed."""
    variables: Callable[[Any], Mapping[str, str]]
    """The environment that leads a client to a double, and lets it in."""
    backend: Callable[[str, float], Backend]
    """By the double's address, and by the seconds in which a job is listed."""
    told: Callable[[Mapping[str, Any]], str]
    """The name that a submission's body carries."""
    held: Callable[[Any], Iterable[str]]
    """The names of the jobs that a double has accepted, one each."""
    client: Callable[[], object]
    """Import the vendor's client."""

    def warm(self) -> None:
        """Import all that a submitting process needs, and open nothing."""
        self.client()
        backend = self.backend("http://127.0.0.1:1", 1.0)
        backend.lower(Program(cirq.Circuit(cirq.X(cirq.LineQubit(0))), 1, (), (), (PauliSum.parse("Z0"),)))
        backend.open()

    def submits(self, request: Request) -> bool:
        return request.method == "POST" and re.search(self.path, request.path) is not None

    def name_in(self, request: Request) -> str | None:
        """The name that a submission carries; None where its sender died in the middle of it."""
        try:
            return self.told(request.json())
        except (ValueError, LookupError):
            return None


def _ionq_double(seed: int) -> Double:
    from tests.doubles.ionq import IonqDouble

    return IonqDouble(seed=seed)


def _ionq_variables(double: Any) -> Mapping[str, str]:
    return {"IONQ_API_KEY": double.provider.key}


def _ionq(url: str, settle: float) -> Backend:
    from qmlops.parts.backend.ionq.cloud import Ionq

    return Ionq(url=url, devices=devices("ionq"), timeout=_SECONDS, settle=settle)


def _client_of_ionq() -> object:
    import cirq_ionq

    return cirq_ionq


def _braket_double(seed: int) -> Double:
    from tests.doubles.braket import BraketDouble

    return BraketDouble(seed)


def _braket(url: str, settle: float) -> Backend:
    from qmlops.parts.backend.braket.cloud import Braket

    return Braket(device="Garnet", devices=devices("braket"), timeout=_SECONDS)


def _client_of_braket() -> object:
    import boto3
    import braket.aws
    import braket.ir.openqasm

    return boto3, braket


def _ibm_double(seed: int) -> Double:
    from tests.doubles.ibm import IbmDouble

    return IbmDouble(seed)


def _ibm_variables(double: Any) -> Mapping[str, str]:
    from tests.doubles.ibm import CRN, KEY

    return {"IBM_QUANTUM_TOKEN": KEY, "IBM_QUANTUM_INSTANCE": CRN, "USAGE_DATA_OPT_OUT": "True"}


def _ibm(url: str, settle: float) -> Backend:
    from qmlops.parts.backend.ibm.cloud import Ibm

    shipped: Any = OmegaConf.to_container(OmegaConf.load(beside("backend/ibm.yaml")))
    del shipped["kind"]
    shipped["devices"]["ibm_manila"] = {"qubits": 5, "source": "the double", "gates": ["cx", "sx", "x", "rz"]}
    return Ibm(**(shipped | {"url": url, "device": "ibm_manila", "timeout": _SECONDS, "settle": settle}))


def _client_of_ibm() -> object:
    import qiskit_aer.primitives
    import qiskit_ibm_runtime.executor_sampler
    import qiskit_ibm_runtime.fake_provider.executor

    return qiskit_aer, qiskit_ibm_runtime


PLACES = {
    place.name: place
    for place in (
        Place(
            name="ionq",
            path="/jobs$",
            idempotent=False,
            double=_ionq_double,
            variables=_ionq_variables,
            backend=_ionq,
            told=lambda body: str(body["name"]),
            held=lambda double: [str(job.order.name) for job in double.jobs.values()],
            client=_client_of_ionq,
        ),
        Place(
            name="braket",
            path="/quantum-task$",
            idempotent=True,
            double=_braket_double,
            variables=lambda double: double.environment(),
            backend=_braket,
            told=lambda body: str(next(iter(body["tags"].values()))),
            held=lambda double: [str(next(iter(task.order["tags"].values()))) for task in double.tasks.values()],
            client=_client_of_braket,
        ),
        Place(
            name="ibm",
            path="/jobs$",
            idempotent=False,
            double=_ibm_double,
            variables=_ibm_variables,
            backend=_ibm,
            told=lambda body: str(body["tags"][0]),
            held=lambda double: [str(job.order["tags"][0]) for job in double.jobs.values()],
            client=_client_of_ibm,
        ),
    )
}
