"""The plan counts what is then sent: submissions, circuits and shots, as the provider counts them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.config.spec import RunSpec
from qmlops.pipeline.plan.whole import Whole, counted
from qmlops.pipeline.run import start
from tests.doubles.ionq import KEY, IonqDouble
from tests.execute.provider import jobs
from tests.plan.conftest import SHORT, SpecAt
from tests.plan.requests import COUNT, ENDS_EARLY, request

Sent = tuple[int, int, int]


def planned(whole: Whole) -> Sent:
    return whole.all.requests, whole.all.circuits, whole.all.shots


def run(spec: RunSpec, folder: Path) -> None:
    start(spec, folder, lambda event: None, [])


def at_scripted(spec: RunSpec, folder: Path) -> Sent:
    """What the scripted provider has after the run."""
    run(spec, folder / "run")
    found = jobs(folder / "provider")
    return len(found), sum(job["circuits"] for job in found), sum(job["shots"] for job in found)


@pytest.mark.parametrize("number", range(COUNT))
def test_the_plan_is_what_is_sent(scripted: SpecAt, tmp_path: Path, number: int) -> None:
    spec = scripted(*request(number), circuits=(None, 7, 40)[number % 3])
    whole, _ = counted(spec)
    assert not whole.at_most
    assert planned(whole) == at_scripted(spec, tmp_path)


@pytest.mark.parametrize("optimizer", ENDS_EARLY)
def test_what_ends_early_is_bounded(scripted: SpecAt, tmp_path: Path, optimizer: str) -> None:
    spec = scripted(*request(1, (optimizer,)), "steps=60", f"optimizer={optimizer}", circuits=40)
    whole, _ = counted(spec)
    sent = at_scripted(spec, tmp_path)
    assert whole.at_most and all(most >= seen > 0 for most, seen in zip(planned(whole), sent, strict=True))


@pytest.mark.parametrize(("steps", "every"), [(1, 1), (3, 2), (4, 10)])
def test_looks_by_shots_are_counted(scripted: SpecAt, tmp_path: Path, steps: int, every: int) -> None:
    spec = scripted(*SHORT, f"steps={steps}", "monitor.shadows=5", f"monitor.every={every}", circuits=40)
    whole, _ = counted(spec)
    looks = len({1, steps, *range(every, steps + 1, every)})
    assert (whole.watching.circuits, whole.watching.shots) == (5 * looks, 50 * looks)
    assert not whole.at_most and planned(whole) == at_scripted(spec, tmp_path)


def test_a_kernel_machine_is_bounded(scripted: SpecAt, tmp_path: Path) -> None:
    spec = scripted("+experiment=iqp_kernel", "data=moons", "data.rows=16", "shots=50", circuits=30)
    whole, _ = counted(spec)
    sent = at_scripted(spec, tmp_path)
    assert whole.at_most and all(most >= seen > 0 for most, seen in zip(planned(whole), sent, strict=True))


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[IonqDouble]:
    monkeypatch.setenv("IONQ_API_KEY", KEY)
    made = IonqDouble()
    yield made
    made.close()


def at_ionq(double: IonqDouble, device: str, *overrides: str) -> RunSpec:
    config = dict(compose(["budget.usd=null", "tracker=none", *overrides]).config)
    node = dict(compose(["backend=ionq"]).config["backend"])
    return build(config | {"backend": node | {"url": double.url, "device": device}})


def test_exact_values_that_the_journal_has_are_not_counted_twice(double: IonqDouble, tmp_path: Path) -> None:
    spec = at_ionq(double, "simulator", *SHORT, "shots=null", "metric.every=1", "steps=2")
    whole, _ = counted(spec)
    run(spec, tmp_path / "run")
    assert (whole.all.requests, whole.all.circuits) == (double.tally.submissions, double.tally.circuits)


@pytest.mark.parametrize(("steps", "every"), [(41, 1), (97, 5), (83, 40)])
def test_steps_that_are_not_gone_through_are_counted_as_if(scripted: SpecAt, steps: int, every: int) -> None:
    words = [*SHORT, "optimizer=spsa", f"metric.every={every}"]
    one, _ = counted(scripted(*words, "steps=1"))
    whole, _ = counted(scripted(*words, f"steps={steps}"))
    looks = len(range(1, steps + 1, every))
    wanted = one.training.times(steps)
    assert replace(whole.training, money=None) == replace(wanted, money=None)
    assert whole.training.money == pytest.approx(wanted.money)
    assert (whole.validation.requests, whole.validation.circuits) == (looks, looks * one.validation.circuits)


def test_a_billion_steps_are_counted_at_once(scripted: SpecAt) -> None:
    one, _ = counted(scripted(*SHORT, "optimizer=spsa", "steps=1"))
    whole, _ = counted(scripted(*SHORT, "optimizer=spsa", "steps=1000000000"))
    assert whole.training.circuits == one.training.circuits * 10**9


def test_nothing_is_sent_by_counting(scripted: SpecAt, project: Path) -> None:
    counted(scripted(*SHORT))
    assert jobs(project / "provider") == []
    assert [path.name for path in project.iterdir()] == ["provider"]


def test_rounds_are_batches_that_wait_for_each_other(scripted: SpecAt) -> None:
    spec: Any = scripted(*SHORT, "metric=none", "steps=2", circuits=5)
    whole, _ = counted(spec)
    parts = 3  # the training part, whose loss comes from the same values, validation and test
    assert whole.all.rounds == 2 + parts
    assert whole.all.requests > whole.all.rounds
