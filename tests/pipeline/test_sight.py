"""What a run shows: its circuit and its device first, its state after the first and the last step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest

from qmlops.config.build import build
from qmlops.config.spec import Monitor
from qmlops.core.event import Event, Note, RunStarted, StepDone, of_kind, read
from qmlops.core.sight import CircuitDrawn, DeviceSeen, StateSeen
from qmlops.core.target import Calibration, Queue, Target
from qmlops.errors import CapacityError, ConfigError, Stopped, Unavailable
from qmlops.parts.optimizer import State
from qmlops.pipeline import sight as module
from qmlops.pipeline.prepare import prepare
from qmlops.pipeline.record import Run
from qmlops.pipeline.sight import Sight
from qmlops.train.quantum_monitor import QuantumMonitor
from qmlops.train.task import Task, first_weights

SMALL = ("+experiment=vqc_moons", "data.rows=40", "circuit.layers=1", "qubits=2")


def events(run: Run) -> list[Event]:
    return [stamped.event for stamped in read(run.folder)]


def steps(task: Task, count: int) -> list[tuple[StepDone, State]]:
    """Steps that take no time, and of which the last one ends the search."""
    metrics = {"loss": 0.5, "gradient_norm": 0.3, "gradient_snr": 2.0}
    weights = first_weights(task)
    return [(StepDone(n, metrics), State(weights, n, done=n == count)) for n in range(1, count + 1)]


def seen(heard: list[Event]) -> list[int]:
    return [event.step for event in heard if isinstance(event, StateSeen)]


def test_a_run_shows_circuit_and_device_before_and_its_state_after_the_first_and_last_step(
    run_of: Callable[..., Run],
) -> None:
    told = events(run_of(*SMALL, "steps=5"))
    kinds = [type(event) for event in told]
    assert kinds[:4] == [RunStarted, CircuitDrawn, DeviceSeen, StepDone]
    assert {1, 5} <= set(seen(told))
    drawn = next(event for event in told if isinstance(event, CircuitDrawn))
    metrics = {event.step: event.metrics for event in told if isinstance(event, StepDone)}
    for event in told:
        if isinstance(event, StateSeen):
            assert len(event.angles) == len(drawn.turning) == len(drawn.symbols) > 0
            assert len(event.bloch) == drawn.width == 2
            root = metrics[event.step]["gradient_norm"] / metrics[event.step]["gradient_snr"]
            assert event.metrics["gradient_variance"] == pytest.approx(root**2)


def test_a_kernel_machine_shows_the_state_of_its_first_row(run_of: Callable[..., Run]) -> None:
    told = events(run_of("+experiment=iqp_kernel", "data=moons", "data.rows=16"))
    assert seen(told) == [1] and any(isinstance(event, CircuitDrawn) for event in told)


def test_without_a_share_nobody_looks(run_of: Callable[..., Run]) -> None:
    told = events(run_of(*SMALL, "steps=3", "monitor.share=0", "shots=20", "monitor.shadows=9"))
    assert not seen(told) and any(isinstance(event, CircuitDrawn) for event in told)


def test_weights_are_those_of_a_run_that_nobody_looks_at(run_of: Callable[..., Run]) -> None:
    for words in (SMALL, (*SMALL, "shots=20", "monitor.shadows=9", "monitor.every=1")):
        watched, alone = (
            run_of(*words, "steps=6", f"monitor.share={share}", name=f"{len(words)}-{share}") for share in (1, 0)
        )
        assert watched.model.weights.tobytes() == alone.model.weights.tobytes()
        assert len(seen(events(watched))) >= 2


def test_looks_by_shots_come_after_the_first_the_last_and_each_tenth_step(run_of: Callable[..., Run]) -> None:
    told = events(run_of(*SMALL, "shots=20", "monitor.shadows=3", "monitor.every=4", "monitor.share=1", "steps=9"))
    looks = [event for event in told if isinstance(event, StateSeen)]
    assert {1, 9} <= {look.step for look in looks} <= {1, 4, 8, 9}
    assert all(look.shots == 60 and look.intervals for look in looks)


def test_what_cannot_be_looked_at_is_said_once_and_the_run_goes_on(
    run_of: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(self: Any, *given: Any, **named: Any) -> StateSeen:
        raise CapacityError("It is too large.\nBuy memory.")

    monkeypatch.setattr(QuantumMonitor, "look", too_large)
    run = run_of(*SMALL, "steps=4")
    notes = [event.text for event in of_kind(read(run.folder), Note)]
    assert run.state == "finished" and notes == ["the state is not looked at any more: It is too large."]


@pytest.mark.parametrize(("wires", "expected"), [(2, [1, 3]), (1, [])])
def test_a_state_that_is_too_wide_is_seen_only_where_there_is_time(
    wires: int, expected: list[int], spec_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WIDE", 1.0)
    task, heard = prepare(spec_of(*SMALL, f"monitor.wires={wires}")), list[Event]()
    list(Sight(task, heard.append).watched(steps(task, 3)))
    assert seen(heard) == expected


def test_weights_that_are_no_numbers_are_not_looked_at(spec_of: Callable[..., Any]) -> None:
    task, heard = prepare(spec_of(*SMALL)), list[Event]()
    lost = [(event, replace(state, weights=state.weights * np.nan)) for event, state in steps(task, 2)]
    list(Sight(task, heard.append).watched(lost))
    assert not seen(heard) and not any(isinstance(event, Note) for event in heard)


def test_a_person_who_stops_a_run_during_a_look_is_obeyed(
    spec_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(self: Any, *given: Any, **named: Any) -> StateSeen:
        raise Stopped("Stopped.")

    task = prepare(spec_of(*SMALL))
    monkeypatch.setattr(QuantumMonitor, "look", stopped)
    with pytest.raises(Stopped):
        list(Sight(task, lambda event: None).watched(steps(task, 3)))


def test_the_rate_of_convergence_is_told_from_the_latest_losses(spec_of: Callable[..., Any]) -> None:
    task, heard = prepare(spec_of(*SMALL)), list[Event]()
    falling = [(replace(event, metrics={"loss": 2.0 + 0.8**event.step}), state) for event, state in steps(task, 30)]
    list(Sight(task, heard.append).watched(falling))
    last = [event for event in heard if isinstance(event, StateSeen)][-1]
    assert last.step == 30 and last.metrics["convergence_rate"] == pytest.approx(0.8, rel=1e-6)


def test_a_config_from_before_the_word_has_its_defaults_and_two_bases_are_too_few(spec_of: Callable[..., Any]) -> None:
    config = {key: value for key, value in spec_of(*SMALL).config.items() if key != "monitor"}
    assert build(config).monitor == Monitor()
    with pytest.raises(ConfigError, match=r"monitor\.shadows"):
        spec_of(*SMALL, "monitor.shadows=2")


class Asked:
    """A provider's machine that can be asked, and answers as it is told to."""

    provider: ClassVar[str] = "made up"
    answer: ClassVar[Target | Exception]

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def target(self) -> Target:
        return Target("machine", 2, True, "the catalogue of 2026-11-01", calibration=CALIBRATION)

    def missing(self) -> list[Any]:
        return []

    def split(self, works: Any) -> Any:
        return [list(works)]

    def current(self) -> Target:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


CALIBRATION = Calibration(
    "7", "2026-11-01T00:00:00Z", (1e-4, 3e-4, 2e-4), (5e-5,), (1e-3,), {(0, 1): 0.01, (1, 2): 0.03}, ((0.01, 0.03),)
)
NOW = Target("machine", 2, True, "the provider", calibration=CALIBRATION, queue=Queue("now", "told", 90.0, 4))


@pytest.mark.parametrize("answer", [NOW, Unavailable("It is asleep.")], ids=["answers", "is silent"])
def test_a_providers_machine_is_told_by_the_catalogue_and_then_as_it_says_itself(
    answer: Target | Exception, spec_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    task, heard = prepare(spec_of(*SMALL)), list[Event]()
    monkeypatch.setattr(Asked, "answer", answer, raising=False)
    remote = replace(task, spec=replace(task.spec, backend=Asked(task.spec.backend)))
    list(Sight(remote, heard.append).watched(steps(task, 2)))
    first, *later = [event for event in heard if isinstance(event, DeviceSeen)]
    assert (first.device, first.hardware, first.source) == ("machine", True, "the catalogue of 2026-11-01")
    assert (first.t1, first.t2, first.one_qubit_error, first.two_qubit_error) == (2e-4, 5e-5, 1e-3, 0.02)
    assert first.readout_error == pytest.approx(0.02) and first.calibrated == 1793491200.0
    assert first.queue_jobs is None
    told = [(event.source, event.queue_jobs, event.queue_seconds) for event in later]
    assert told == ([("the provider", 4, 90.0)] if isinstance(answer, Target) else [])
