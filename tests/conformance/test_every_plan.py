"""The plan of a whole run is what each provider then counts: submissions, circuits and shots, by the real clients."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.exactly_once.place import PLACES
from qmlops.cli.main import main
from qmlops.pipeline.plan.whole import counted
from qmlops.pipeline.run import start
from tests.conftest import MakeSpec
from tests.doubles.fault import Double
from tests.doubles.reach import words
from tests.plan.requests import COUNT, small

VQC = (
    *("+experiment=vqc", "circuit.layers=1", "data.split.test=0.8", "data.batch=2", "steps=2", "metric.every=2"),
    *("shots=20", "budget.usd=null", "tracker=none"),
)
MACHINE = {"ionq": ["backend.device=qpu.forte-1"]}
"""IonQ's simulator is asked for probabilities, so that only its machines count shots."""
Console = Callable[..., str]


@pytest.fixture
def console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Console:
    """Calls the command line in a folder of its own, and gives what it printed."""
    monkeypatch.chdir(tmp_path)

    def call(*given: str) -> str:
        code, printed = main(given), capsys.readouterr()
        assert code == 0, printed.err
        return printed.out

    return call


@pytest.mark.parametrize("name", PLACES)
def test_vqc_runs_from_end_to_end_with_the_counts_of_its_plan(name: str, double: Double, console: Console) -> None:
    asked = [*VQC, *words(name, double), *MACHINE.get(name, [])]
    planned = json.loads(console("plan", *asked, "--json"))["loads"]["run"]
    assert double.tally.submissions == 0
    console("run", *asked)
    tally = double.tally
    assert (planned["requests"], planned["circuits"], planned["shots"]) == (
        tally.submissions,
        tally.circuits,
        tally.shots,
    )
    assert tally.submissions > 2 and tally.circuits > 2 * 2 * 17


@pytest.mark.parametrize("number", range(max(2, COUNT // 5)))
@pytest.mark.parametrize("name", PLACES)
def test_the_plan_is_what_is_counted(
    name: str, number: int, double: Double, spec_of: MakeSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = spec_of(*small(number), *words(name, double), *MACHINE.get(name, []))
    whole, _ = counted(spec)
    assert not whole.at_most and double.tally.submissions == 0
    start(spec, tmp_path / "run", lambda event: None, [])
    sent = (double.tally.submissions, double.tally.circuits, double.tally.shots)
    assert (whole.all.requests, whole.all.circuits, whole.all.shots) == sent


@pytest.mark.parametrize("name", ["ibm"])
def test_each_run_of_a_sweep_that_the_budget_refuses_tells_its_plan(
    name: str, double: Double, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "-m", "-q", *VQC, *words(name, double), "budget.usd=0", "seed=1,2"]) == 4
    told = capsys.readouterr().err
    assert double.tally.submissions == 0
    assert [told.count(word) for word in ("seed=1:", "seed=2:", "to allow it    budget.usd=")] == [1, 1, 2]
