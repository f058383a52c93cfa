"""Every event survives its line, and what is no event is passed over."""

from __future__ import annotations

from typing import get_args

import pytest

from qmlops.core.event import (
    AlertRaised,
    Event,
    JobMoved,
    Note,
    Obeyed,
    RunEnded,
    RunStarted,
    StepDone,
    decode,
    encode,
)
from qmlops.core.sight import CircuitDrawn, DeviceSeen, StateSeen

EVENTS: list[Event] = [
    RunStarted("a", "vqc", 10, 1, None, {"shots": None}, {"qmlops": "0"}, 12),
    StepDone(1, {"loss": 0.5}),
    Note("a line\nand ünother"),
    JobMoved("job", "token", "ionq", "queued", 3, 300, place=2, cost=1.5),
    Obeyed("pause", "paused"),
    AlertRaised("quiet", "gradient_snr is 0.4", 7, ["show"], 0.4),
    CircuitDrawn(2, 2, [[0, "h", [0], None], [1, "ry", [1], None]], ["theta_0"], [1], 4),  # type: ignore[list-item]
    StateSeen(3, 0, [[0.0, 0.0, 1.0]], {"0": 1.0}, {"purity": 1.0}, [0.1], {"z0": [0.9, 1.0]}, 100, 0.01),  # type: ignore[dict-item]
    DeviceSeen("ionq", "forte", 36, True, "catalogue of 2026-11-01", 1.7e9, 100.0, 1.0, 1e-4, 4e-3, 5e-3, 12, 600.0),
    RunEnded("finished", {"loss": 0.1}),
]


def test_the_list_has_an_event_of_every_kind() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(Event))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_survives_its_line(event: Event) -> None:
    line = encode(event, 12.5)
    stamped = decode(line)
    assert line.count(b"\n") == 1
    assert stamped is not None and (stamped.time, stamped.event) == (12.5, event)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_a_torn_line_is_no_event(event: Event) -> None:
    line = encode(event, 12.5)
    assert all(decode(line[:end]) is None for end in range(len(line) - 2))


def test_numbers_that_json_lacks_come_back_in_metrics() -> None:
    stamped = decode(encode(StepDone(1, {"loss": float("inf"), "snr": float("nan")}), 0.0))
    assert stamped is not None and isinstance(stamped.event, StepDone)
    assert stamped.event.metrics["loss"] == float("inf")
    assert stamped.event.metrics["snr"] != stamped.event.metrics["snr"]


@pytest.mark.parametrize("moment", ["1e300", "-1", '"nan"', '"inf"', "1" + 400 * "0"])
def test_a_moment_that_no_clock_tells_is_no_event(moment: str) -> None:
    assert decode(b'{"event":"Note","time":1.8e9,"text":"a"}') is not None
    assert decode(f'{{"event":"Note","time":{moment},"text":"a"}}'.encode()) is None


def test_an_event_of_a_later_version_is_passed_over() -> None:
    assert decode(b'{"event":"Unheard","time":1}\n') is None
    assert decode(b'{"event":"Note","time":1,"text":"a","shade":2}\n') is None
