"""A double of the provider that a test names."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from experiments.exactly_once.place import PLACES
from qmlops.config.kind import load


def needs(kind: str) -> None:
    """Skip where the packages of a kind's extra are not here."""
    for package in getattr(load("backend", kind), "requires", ()):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")


@pytest.fixture
def double(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The provider's double, and in the environment what leads its client there."""
    needs(name)
    made = PLACES[name].double(1)
    for variable, value in PLACES[name].variables(made).items():
        monkeypatch.setenv(variable, value)
    yield made
    made.close()
