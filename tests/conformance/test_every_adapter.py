"""One suite over every backend that ships: the providers' at their doubles, and those of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from experiments.exactly_once.place import PLACES
from qmlops.config.kind import load, table
from qmlops.config.place import devices
from qmlops.core.backend import Backend
from qmlops.testing.contracts.session import CONTRACT, LOCAL, Make
from tests.conformance.conftest import needs

IMITATES = {"ibm_fake": 0.25}
"""How far the errors of the machine behind a kind may move a value of the contract's small circuits."""
GIVEN: dict[str, Callable[[], dict[str, Any]]] = {
    "ibm_fake": lambda: {"device": "fake_manila"},
    "ionq_twin": lambda: {"devices": devices("ionq"), "scale": 0.0},
}
HERE = ("braket_local", "density", "ibm_fake", "ionq_twin", "qsim")


@pytest.fixture(params=PLACES)
def far(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """A provider's backend at a double of its own."""
    needs(request.param)
    place = PLACES[request.param]
    double = place.double(1)
    for name, value in place.variables(double).items():
        monkeypatch.setenv(name, value)
    yield lambda **given: place.backend(double.url, 10.0)
    double.close()


@pytest.fixture(params=HERE)
def near(request: pytest.FixtureRequest) -> tuple[Make, float]:
    """A backend of this machine, and how far its errors move a value."""
    needs(request.param)
    fields = GIVEN.get(request.param, dict)()

    def make(**given: Any) -> Backend:
        made: Backend = load("backend", request.param)(**(fields | given))
        return made

    return make, IMITATES.get(request.param, 0.0)


@pytest.mark.parametrize("promise", CONTRACT, ids=lambda promise: promise.__name__)
def test_a_provider_keeps_every_promise(promise: Callable[[Make], None], far: Make) -> None:
    promise(far)


@pytest.mark.parametrize("promise", LOCAL, ids=lambda promise: promise.__name__)
def test_a_backend_of_this_machine_keeps_every_promise(
    promise: Callable[[Make, float], None], near: tuple[Make, float]
) -> None:
    promise(*near)


def test_no_kind_is_left_out() -> None:
    elsewhere = {"auto", "tfq"}
    assert {*PLACES, *HERE} == set(table("backend")) - elsewhere
