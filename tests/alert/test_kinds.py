"""An alert's kind is a file, a line in the table and a YAML, and its words are in the lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qmlops.cli.main import main
from qmlops.config.kind import load, table
from qmlops.config.place import shipped
from qmlops.core.event import StepDone, history, of_kind, read
from qmlops.core.sight import StateSeen
from qmlops.monitoring import alert as alert_table
from qmlops.monitoring.alert.quantity import STEPPED, known, metric
from tests.conf.test_kinds import documented, gaps

HELPERS = ("action", "detector", "grammar", "quantity")


def test_file_line_and_yaml_of_each_alert_go_together() -> None:
    named = {kind: target.replace("monitoring", "parts") for kind, target in table("alert").items()}
    found = gaps("alert", named, shipped() / "alert", Path(str(alert_table.__file__)).parent)
    assert sorted(found) == [f"alert: no line of the table points to {name}.py" for name in HELPERS]


@pytest.mark.parametrize("kind", table("alert"))
def test_an_alert_is_a_documented_part_with_what_its_protocol_asks(kind: str) -> None:
    cls: Any = load("alert", kind)
    assert cls.__dataclass_params__.frozen and cls.__doc__
    assert all(item.metadata.get("doc") for _, item in documented(cls))
    assert {"do", "command", "post", "token"} <= {item.name for _, item in documented(cls)} and hasattr(cls, "watch")


def test_alerts_are_listed_with_their_names_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "alert"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in ("nearly_spent", "gradient_lost", "condition", "drift"))
    assert main(["list", "alert", "condition"]) == 0
    assert "alert.when" in capsys.readouterr().out


@pytest.mark.parametrize("more", [(), ("shots=50", "monitor.shadows=5")])
def test_a_condition_can_speak_of_every_metric_that_a_run_tells(more: tuple[str, ...], run_of: Any) -> None:
    run = run_of("+experiment=vqc_moons", "data.rows=40", "qubits=2", "steps=4", "metric.every=2", *more)
    written = read(run.folder)
    stepped = {name for event in history(written) for name in event.metrics}
    states = {name for event in of_kind(written, StateSeen) for name in event.metrics}
    assert {"loss", "gradient_norm", "validation_accuracy", "circuits"} <= stepped <= set(STEPPED)
    assert all(metric(name).kinds == (StepDone,) for name in stepped)
    assert states and all(known(name) and metric(name).kinds == (StateSeen,) for name in states), states
