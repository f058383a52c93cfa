"""A plan's figures: unknown stays unknown, guesses say so, sums are those of the parts."""

from __future__ import annotations

import json

import cirq
import pytest

from qmlops.cli.main import main
from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.config.spec import RunSpec
from qmlops.config.sweep import count, grid
from qmlops.errors import ConfigError
from qmlops.lower.figure import figures, success
from qmlops.pipeline.plan.cheaper import ways
from qmlops.pipeline.plan.estimate import plan, refused
from qmlops.pipeline.plan.load import Load, total
from qmlops.pipeline.plan.quantity import duration, money
from qmlops.pipeline.plan.signal import Signal, signal_of
from qmlops.pipeline.plan.text import as_json, as_text, in_short
from qmlops.pipeline.prepare import prepare
from tests.plan.conftest import SHORT, SpecAt

FORTE = ("backend=ionq", "backend.device=qpu.forte-1")


def spec_at(*overrides: str) -> RunSpec:
    composed = compose([*SHORT, "tracker=none", *overrides])
    return build(composed.config, list(composed.mistakes))


def test_unknown_is_no_number_in_any_sum() -> None:
    known, unknown = Load(1, 2, 3, 0.5, 1.0, 1), Load(1, 2, 3, None, None, 1)
    assert known + known == known.times(2)
    assert (known + unknown).money is None and (known + unknown).seconds is None
    assert unknown.times(0) == Load() and unknown.times(3).money is None
    assert total([]) == Load()


def test_unknown_is_said_and_never_shown_as_nothing() -> None:
    planned = plan(spec_at(*FORTE), rehearsed=False)
    assert planned.cost.amount is None and planned.waiting is None
    assert money(None, "USD") == duration(None) == "not known"
    for text in (as_text(planned), in_short(planned)):
        assert "not known" in text and "0.00 USD" not in text
    told = json.loads(json.dumps(as_json(planned)))
    assert told["cost"]["amount"] is None and told["loads"]["run"]["money"] is None


def test_the_price_of_a_run_is_that_of_its_shots(scripted: SpecAt) -> None:
    planned = plan(scripted(*SHORT, price=0.25), rehearsed=False)
    assert planned.cost.amount == pytest.approx(0.25 * planned.whole.all.shots)
    assert planned.whole.all.shots == 10 * planned.whole.all.circuits


def test_gates_and_fidelity_are_those_of_the_compiled_circuit() -> None:
    spec = spec_at(*FORTE)
    planned, lowered = plan(spec, rehearsed=False), spec.backend.lower(prepare(spec).program)
    assert planned.figures == figures(lowered)
    assert success(lowered, spec.backend.target()) is None and planned.fidelity.bound
    narrow = [item for item in lowered.circuit.all_operations() if len(item.qubits) == 1]
    turned = sum(not isinstance(item.gate, cirq.ZPowGate) for item in narrow)
    wanted = (1 - 0.0002) ** turned * (1 - 0.00464) ** planned.figures.two_qubit
    assert planned.fidelity.value == pytest.approx(wanted)
    assert "a guess" in planned.fidelity.basis


def test_a_simulator_without_noise_has_no_errors_and_one_with_noise_is_not_known() -> None:
    assert plan(spec_at(), rehearsed=False).fidelity.value == 1.0
    assert plan(spec_at("noise=depolarising"), rehearsed=False).fidelity.value is None


def test_four_times_the_shots_are_twice_the_signal() -> None:
    ratios = []
    for shots in (100, 6400):
        found = signal_of(prepare(spec_at(f"shots={shots}")), 500)
        assert isinstance(found, Signal) and found.low <= found.ratio <= found.high
        ratios.append(found)
    few, many = ratios
    assert few.low * 8 <= many.high and many.low <= few.high * 8


@pytest.mark.parametrize(
    ("overrides", "why"),
    [(["shots=null"], "no shot noise"), (["optimizer=cobyla"], "no gradient")],
)
def test_where_there_is_no_signal_it_says_why(overrides: list[str], why: str) -> None:
    assert why in str(signal_of(prepare(spec_at(*overrides)), 500))


def test_what_is_too_large_is_not_rehearsed() -> None:
    assert "too large" in str(signal_of(prepare(spec_at()), 10**9))


def test_cheaper_ways_send_less_and_each_has_its_numbers(scripted: SpecAt) -> None:
    spec = scripted(*SHORT, "shots=100")
    planned = plan(spec, rehearsed=False)
    found = {way.change: way for way in ways(spec, planned)}
    assert {"gradient=spsa", "shots=25", "backend=qsim"} <= set(found)
    for change in ("gradient=spsa", "shots=25"):
        other = found[change].plan
        assert other is not None and other.whole.all.shots < planned.whole.all.shots
    free = found["backend=qsim"].plan
    assert free is not None and free.cost.amount == 0.0


def test_a_grid_is_every_combination_once() -> None:
    basic = compose(["+experiment=vqc"]).sweeper
    found = [request for _, request in grid(["+experiment=vqc", "seed=1,2", "shots=choice(10,20)", "steps=range(1,4)"])]
    assert len({tuple(request) for request in found}) == len(found) == 2 * 2 * 3
    assert all(request[0] == "+experiment=vqc" for request in found)
    assert count(found[0], basic) == 1 and count(["seed=1,2", "shots=choice(10,20)", "steps=range(1,4)"], basic) == 12
    assert count(["seed=1,2"], "another.Sweeper") is None
    with pytest.raises(ConfigError, match="drawn while the sweep goes on"):
        list(grid(["optimizer.rate=interval(0,1)"]))


def test_a_sweep_is_the_sum_of_its_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "-m", "--json", *SHORT, *FORTE, "shots=10,30", "seed=1,2"]) == 0
    runs = json.loads(capsys.readouterr().out)["runs"]
    shots = [run["loads"]["run"]["shots"] for run in runs]
    assert len(runs) == 4 and shots[2] == 3 * shots[0]
    assert main(["plan", "-m", *SHORT, *FORTE, "shots=10,30", "seed=1,2"]) == 0
    last = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("all 4 runs"))
    assert f"{sum(shots):,}" in last and "not known" in last


def test_a_budget_that_each_run_keeps_can_end_the_sweep(scripted: SpecAt) -> None:
    one = plan(scripted(*SHORT, price=0.25), rehearsed=False)
    assert one.cost.amount is not None
    plans = [plan(scripted(*SHORT, f"budget.usd={one.cost.amount}", price=0.25), rehearsed=False) for _ in range(2)]
    assert [item.refused for item in plans] == [[], []]
    ((_, allow),) = refused(plans)
    assert float(allow.removeprefix("budget.usd=")) == pytest.approx(2 * one.cost.amount)


def test_a_kernel_machine_has_loads_and_no_gradient() -> None:
    composed = compose(["+experiment=iqp_kernel", "data=moons", "data.rows=16", "tracker=none"])
    planned = plan(build(composed.config, list(composed.mistakes)))
    assert planned.signal == "a kernel machine is fitted without gradients" and planned.whole.at_most
    assert planned.cost.basis and planned.cost.amount == 0.0


def test_compare_has_a_row_for_every_place_and_marks_what_is_unbeaten(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--compare", "--json", *SHORT, "steps=1"]) == 0
    rows = {" ".join(row["overrides"]): row for row in json.loads(capsys.readouterr().out)["backends"]}
    assert {"backend=qsim", "backend=ionq", "backend=ionq backend.device=qpu.forte-1"} <= set(rows)
    assert "backend=auto" not in rows
    assert rows["backend=qsim"]["pareto"] and not rows["backend=ionq backend.device=qpu.forte-1"]["pareto"]
    for row in rows.values():
        assert "plan" in row or row["why_not"]


def test_durations_are_in_a_person_s_units() -> None:
    assert [duration(value) for value in (0.5, 90.0, 150.0, 7200.0, 2 * 86400.0)] == [
        *("0.5 s", "90 s", "2.5 min", "2.0 h", "2.0 d")
    ]
