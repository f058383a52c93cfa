"""A device's health, and how old what is known of it is."""

from __future__ import annotations

from datetime import datetime

import pytest

from qmlops.core.sight import DeviceSeen
from tests.monitoring.pane.stage import NOW, run, shown

HOUR = 3600.0


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qmlops.monitoring.pane.device.time", lambda: NOW)


def device(age: float | None, **other: float | None) -> DeviceSeen:
    facts = {"t1": 188.0, "t2": 0.95, "one_qubit_error": 2e-4, "two_qubit_error": 4.6e-3, "readout_error": 5e-3}
    calibrated = None if age is None else NOW - age
    return DeviceSeen("ionq", "qpu.forte-1", 36, True, "the provider", calibrated, **(facts | other))  # type: ignore[arg-type]


def test_facts_stand_below_each_other_with_their_units() -> None:
    moment = datetime.fromtimestamp(NOW - 2.1 * HOUR)
    assert shown("device", run(device(2.1 * HOUR, queue_jobs=12, queue_seconds=7500))) == [
        "qpu.forte-1  ionq · hardware · 36 qubits",
        f"calibrated     2 h 6 min ago  {moment:%Y-%m-%d %H:%M}",
        "T1                     188 s",
        "T2                    950 ms",
        "1-qubit error        0.020 %  a gate",
        "2-qubit error         0.46 %  a gate",
        "readout error         0.50 %",
        "queue                12 jobs  about 2 h 5 min",
        "medians over its qubits",
        "as of: the provider",
    ]


@pytest.mark.parametrize(
    ("age", "told"),
    [(23.9 * HOUR, False), (24.1 * HOUR, True)],
)
def test_a_calibration_older_than_a_day_is_said_to_be_old(age: float, told: bool) -> None:
    assert ("older than a day" in shown("device", run(device(age)))[1]) == told
    assert ("▲ old" in shown("device", run(device(age)), size=(38, 8))[2]) == told


@pytest.mark.parametrize(
    "moment", [NOW * 1000, NOW + 25 * HOUR, -1.0, 1e300], ids=["in ms", "late", "early", "no time"]
)
def test_a_calibration_that_no_clock_can_have_told_is_not_known(moment: float) -> None:
    assert shown("device", run(device(NOW - moment)))[1] == "calibrated     not known"


def test_what_a_machine_does_not_tell_is_not_known() -> None:
    rows = shown("device", run(device(None, two_qubit_error=None)))
    assert rows[1] == "calibrated     not known"
    assert rows[5] == "2-qubit error  not known  a gate"
    assert rows[7] == "queue          not known"


def test_what_nobody_tells_of_a_simulator_is_said_once() -> None:
    assert shown("device", run(DeviceSeen("qsim", "qsim", None, False, "this machine"))) == [
        "qsim  qsim · simulator",
        "Nothing is told of errors, calibration or queue.",
        "as of: this machine",
    ]
