"""A double of IBM, and the real adapter pointed at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from omegaconf import OmegaConf

from qmlops.config.place import beside
from qmlops.parts.backend.ibm.cloud import Ibm
from tests.doubles.ibm import CRN, KEY, IbmDouble

MakeBackend = Callable[..., Ibm]
MANILA = {"qubits": 5, "source": "a test", "gates": ["cx", "sx", "x", "rz"]}
"""A machine small enough for a test to open it often."""


@pytest.fixture(scope="session", autouse=True)
def imported() -> None:
    """Qiskit takes seconds to import, which no test of a time bound shall wait for."""
    import qiskit_aer.primitives
    import qiskit_ibm_runtime.executor_sampler
    import qiskit_ibm_runtime.fake_provider.executor

    assert qiskit_aer and qiskit_ibm_runtime


@pytest.fixture
def double() -> Iterator[IbmDouble]:
    made = IbmDouble()
    yield made
    made.close()


@pytest.fixture
def backend(double: IbmDouble, monkeypatch: pytest.MonkeyPatch) -> MakeBackend:
    """`backend=ibm` with the shipped catalogue, at the double."""
    monkeypatch.setenv("IBM_QUANTUM_TOKEN", KEY)
    monkeypatch.setenv("IBM_QUANTUM_INSTANCE", CRN)
    shipped: Any = OmegaConf.to_container(OmegaConf.load(beside("backend/ibm.yaml")))
    del shipped["kind"]
    shipped["devices"]["ibm_manila"] = MANILA

    def make(**given: Any) -> Ibm:
        return Ibm(**(shipped | {"url": double.url, "timeout": 300.0, "device": "ibm_manila"} | given))

    return make
