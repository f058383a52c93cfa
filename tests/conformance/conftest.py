"""A double of the provider that a test names, and the backend at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import pytest

from experiments.exactly_once.place import PLACES
from qmlops.config.kind import load

MakeBackend = Callable[..., Any]


def needs(kind: str) -> None:
    """Skip where the packages of a kind's extra are not here."""
    for package in getattr(load("backend", kind), "requires", ()):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")


@pytest.fixture
def double(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The provider's double, and in the environment what leads its client there.

    The client is imported first, which takes seconds that no test of a time bound shall wait for.
    """
    needs(name)
    PLACES[name].client()
    made = PLACES[name].double(1)
    for variable, value in PLACES[name].variables(made).items():
        monkeypatch.setenv(variable, value)
    yield made
    made.close()


@pytest.fixture
def backend(name: str, double: Any) -> MakeBackend:
    """The provider's backend with the shipped catalogue, at the double, with other fields where some are given."""

    def make(**given: Any) -> Any:
        return replace(PLACES[name].backend(double.url, 10.0), **given)  # type: ignore[type-var]

    return make
