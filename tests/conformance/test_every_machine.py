"""What each provider tells of its machine now is what the adapter tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from experiments.exactly_once.place import PLACES
from qmlops.core.backend import Remote
from tests.doubles.fault import Double

WAITS = {"ionq": (0.0, None), "braket": (None, 3), "ibm": (None, 3)}
"""Seconds and jobs of the queue, each where the provider tells it."""


@pytest.mark.parametrize("name", PLACES)
def test_the_queue_is_told(name: str, double: Double) -> None:
    queue = cast(Remote, PLACES[name].backend(double.url, 1.0)).current().queue
    assert queue is not None and queue.basis
    assert (queue.seconds, queue.jobs) == WAITS[name]
    if name != "ionq":
        assert timedelta() <= datetime.now(UTC) - datetime.fromisoformat(queue.time) < timedelta(minutes=1)
