"""A double of IonQ, and the real adapter pointed at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qmlops.config.place import devices
from qmlops.parts.backend.ionq.cloud import Ionq
from tests.doubles.ionq import KEY, IonqDouble

MakeBackend = Callable[..., Ionq]


@pytest.fixture
def double() -> Iterator[IonqDouble]:
    made = IonqDouble()
    yield made
    made.close()


@pytest.fixture
def backend(double: IonqDouble, monkeypatch: pytest.MonkeyPatch) -> MakeBackend:
    """`backend=ionq` with the shipped catalogue, at the double."""
    monkeypatch.setenv("IONQ_API_KEY", KEY)

    def make(**given: Any) -> Ionq:
        return Ionq(**({"url": double.url, "devices": devices("ionq"), "timeout": 20.0} | given))

    return make
