"""Alerts that were raised, and those that are quiet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qmlops.core.event import AlertRaised
from tests.monitoring.pane.stage import NOW, run, shown

CONFIG: dict[str, Any] = {
    "alerts": {
        "gradient": {"kind": "condition", "when": "gradient_snr < 1 for 20 steps", "do": ["show"]},
        "money": {"kind": "condition", "when": "spend > 0.8 * budget", "do": ["pause"]},
        "drift": {"kind": "drift", "metric": "validation_accuracy", "mean": 0.9, "token": None},
    }
}
GRADIENT = AlertRaised("gradient", "gradient_snr was below 1 for 20 steps; it is 0.41", 1042, ("show",), 0.41)
MONEY = AlertRaised("money", "spend is above 0.8 * budget", 1043, ("show", "bell", "pause"))


def test_the_newest_is_on_top_and_what_is_quiet_below() -> None:
    first, second = (datetime.fromtimestamp(NOW - 60 + number).strftime("%H:%M:%S") for number in (1, 2))
    assert shown("alerts", run(GRADIENT, MONEY, config=CONFIG), size=(100, 12)) == [
        f"▲ money  {second}  step 1,043  → bell, pause  spend is above 0.8 * budget",
        f"▲ gradient  {first}  step 1,042  gradient_snr was below 1 for 20 steps; it is 0.41",
        "quiet",
        "○ drift  drift metric validation_accuracy mean 0.9",
    ]


def test_a_narrow_pane_leaves_out_the_time_and_breaks_the_text() -> None:
    assert shown("alerts", run(GRADIENT, MONEY, config=CONFIG), size=(38, 8)) == [
        "▲ money  step 1,043  → bell, pause",
        "  spend is above 0.8 * budget",
        "▲ gradient  step 1,042",
        "  gradient_snr was below 1 for 20",
        "  steps; it is 0.41",
        "quiet",
        "○ drift  drift metric",
        "         validation_accuracy mean 0.9",
    ]


def test_alerts_that_are_declared_and_have_not_come_true_are_quiet() -> None:
    assert shown("alerts", run(config=CONFIG)) == [
        "quiet",
        "○ gradient  gradient_snr < 1 for 20 steps",
        "○ money     spend > 0.8 * budget",
        "○ drift     drift metric validation_accuracy mean 0.9",
    ]
