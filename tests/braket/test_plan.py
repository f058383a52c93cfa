"""The plan counts what Braket then counts: submissions, circuits and shots."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qmlops.pipeline.plan.whole import counted
from qmlops.pipeline.run import start
from tests.braket.conftest import MakeBackend
from tests.conftest import MakeSpec
from tests.doubles.braket import BraketDouble
from tests.plan.requests import COUNT, small


@pytest.mark.parametrize("number", range(max(2, COUNT // 5)))
def test_the_plan_is_what_is_counted(
    backend: MakeBackend,
    double: BraketDouble,
    spec_of: MakeSpec,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = replace(spec_of(*small(number)), backend=backend(device="Garnet"))
    whole, _ = counted(spec)
    assert double.tally.submissions == 0
    start(spec, tmp_path / "run", lambda event: None, [])
    sent = (double.tally.submissions, double.tally.circuits, double.tally.shots)
    assert (whole.all.requests, whole.all.circuits, whole.all.shots) == sent
