"""Claims about a circuit as a whole, against closed forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import cirq
import numpy as np
import pytest

from qmlops.config.kind import load
from qmlops.core.program import Program
from qmlops.core.target import Calibration, Limits, Target
from qmlops.errors import ConfigError
from qmlops.lower.gate_set import AQT, IBM, IONQ_NATIVE, RIGETTI, GateSet
from qmlops.lower.route import route
from qmlops.parts.backend.qsim import Qsim
from qmlops.pipeline.record import Run
from qmlops.pipeline.run import start
from qmlops.testing.claim.noise_resilience import headroom
from qmlops.testing.level import Level
from qmlops.testing.matrix import state_infidelity, unitary_infidelity
from qmlops.testing.suite import plan
from tests.conftest import MakeSpec
from tests.testing.test_claims import ONE, ROTATION, subject_of

LEVEL = Level(0.01, 0.95, 100_000)
PRODUCT = ("data=none", "encoder=none", "objective=energy", "metric=none", "circuit.layers=1")
TURNS = "circuit.blocks=[{gate: ry, wires: all, angle: theta}]"
LOCAL = ("readout=pauli", "readout.sums=[Z0]")
ENTANGLED = "circuit.blocks=[{gate: h, wires: [0]},{gate: cx, wires: line},{gate: rz, wires: all, angle: theta}]"


def test_a_global_cost_of_a_product_circuit_is_a_plateau_and_its_local_twin_is_none(spec_of: MakeSpec) -> None:
    claim = load("test", "barren_plateau")(widths=(2, 3, 4, 5, 6), draws=2000)
    plateau = claim.check(subject_of(spec_of(*PRODUCT, TURNS, "readout=zeros", "qubits=2")), LEVEL, 1)
    # Var of d/dtheta_0 of the product of cos²(theta/2) is (1/8) (3/8)^(n-1); Cerezo et al. 2021, arXiv:2001.00550.
    assert plateau.outcome == "fail" and plateau.interval is not None
    assert plateau.interval[0] <= np.log(3 / 8) - claim.claimed <= plateau.interval[1]
    local = claim.check(subject_of(spec_of(*PRODUCT, TURNS, *LOCAL, "qubits=2")), LEVEL, 1)
    assert local.outcome == "pass" and local.interval is not None
    assert local.interval[0] <= 0 - claim.claimed <= local.interval[1]


def test_what_is_no_slope_is_refused(spec_of: MakeSpec) -> None:
    for wrong in ({"widths": (2, 4)}, {"widths": (2, 2, 4)}, {"degree": 5.0}):
        with pytest.raises(ConfigError):
            load("test", "barren_plateau")(**wrong)
    subject = subject_of(spec_of(*PRODUCT, TURNS, "readout=pauli", "readout.sums=[Z2]", "qubits=3"))
    found = load("test", "barren_plateau")(widths=(2, 3, 4), weight=3).mistakes(subject)
    assert [item.path for item in found] == ["widths", "weight"]
    wide = load("test", "barren_plateau")(widths=(3, 4, 5), weight=4).mistakes(subject)
    assert [item.path for item in wide] == ["weight", "weight"]


def test_a_weight_outside_the_light_cone_fails_and_one_whose_derivative_is_not_seen_is_unsettled(
    spec_of: MakeSpec,
) -> None:
    subject = subject_of(spec_of(*PRODUCT, TURNS, "readout=pauli", "readout.sums=[Z1]", "qubits=2"))
    verdict = load("test", "barren_plateau")(widths=(2, 3, 4), draws=100).check(subject, LEVEL, 1)
    assert verdict.outcome == "fail" and "changes nothing that is read at 2 qubits" in verdict.reason
    flips = "circuit.blocks=[{gate: rz, wires: all, angle: theta},{gate: cx, wires: line}]"
    subject = subject_of(spec_of(*PRODUCT, flips, "readout=zeros", "qubits=2"))
    # From zeros a phase is never seen, and no light cone tells it.
    verdict = load("test", "barren_plateau")(widths=(2, 3, 4), draws=2000).check(subject, LEVEL, 1)
    assert (verdict.outcome, verdict.effect) == ("inconclusive", None)


def test_a_turn_about_one_axis_is_less_expressive_than_three(spec_of: MakeSpec) -> None:
    words = ("data=none", "encoder=none", "objective=energy", "metric=none", *LOCAL, "circuit.layers=1")
    three = (
        "circuit.blocks=[{gate: rz, wires: [0], angle: a},{gate: ry, wires: [0], angle: b},"
        "{gate: rz, wires: [0], angle: c},{gate: ry, wires: [0], angle: d},{gate: rz, wires: [0], angle: e}]"
    )
    claim = load("test", "expressibility")(at_most=0.1, effect=0.1)
    assert claim.check(subject_of(spec_of(*words, ROTATION)), LEVEL, 1).outcome == "fail"
    assert claim.check(subject_of(spec_of(*words, three)), LEVEL, 1).outcome == "pass"


def test_a_ghz_circuit_entangles_and_single_turns_do_not(spec_of: MakeSpec) -> None:
    claim = load("test", "entangling_capability")(at_least=0.9, effect=0.2)
    for blocks, outcome in ((ENTANGLED, "pass"), (TURNS, "fail")):
        verdict = claim.check(subject_of(spec_of(*PRODUCT, blocks, *LOCAL, "qubits=3")), LEVEL, 1)
        assert (verdict.outcome, verdict.shots) == (outcome, 0)
    assert claim.mistakes(subject_of(spec_of(*PRODUCT, TURNS, *LOCAL, "qubits=1")))


def test_claims_that_draw_weights_spend_alpha_though_no_backend_works_for_them(spec_of: MakeSpec) -> None:
    words = [f"+tests.{kind}={{kind: {kind}}}" for kind in ("expressibility", "entangling_capability", "hardware_fit")]
    spec = spec_of(*PRODUCT, ENTANGLED, *LOCAL, "qubits=3", *words)
    found = {item.name: (round(item.level.alpha, 9), len(item.requests)) for item in plan(subject_of(spec), spec.tests)}
    assert found == {"expressibility": (0.005, 0), "entangling_capability": (0.005, 0), "hardware_fit": (0, 0)}


def test_noise_moves_an_energy_by_its_closed_form(spec_of: MakeSpec) -> None:
    subject = subject_of(spec_of(*ONE, ROTATION, "circuit.layers=1", "steps=30", "optimizer.rate=0.3"))
    clean = float(subject.model.values()[0, 0])
    claim = load("test", "noise_resilience")(noise=0.03, delta=0.1)
    verdict = claim.check(subject, LEVEL, 1)
    assert verdict.effect == pytest.approx(-clean * 4 / 3 * 0.03, abs=1e-5)
    assert verdict.outcome == "pass"
    assert f"up to {headroom(lambda noise: abs(clean) * 4 / 3 * noise < 0.1):.3g}" in verdict.reason
    assert replace(claim, noise=0.1).check(subject, LEVEL, 1).outcome == "fail"


def test_the_headroom_is_found_by_halving() -> None:
    assert headroom(lambda noise: noise < 0.2) == pytest.approx(0.2, abs=0.001)
    assert headroom(lambda noise: True) == 0.75
    assert headroom(lambda noise: False) == 0


def test_rows_are_equivalent_only_where_both_sides_are_ruled_out() -> None:
    claim, level, right = load("test", "noise_resilience")(delta=0.1), Level(0.01, 0.95, 1), np.ones(100, dtype=bool)

    def broken(count: int) -> np.ndarray:
        return np.arange(100) >= count

    outcomes = [claim.of_rows(right, broken(count), 0.01, level).outcome for count in (0, 4, 5, 25, 27, 60)]
    assert outcomes == ["pass", "pass", "inconclusive", "inconclusive", "fail", "fail"]
    assert claim.of_rows(broken(30), right, 0.01, level).outcome == "inconclusive"
    assert claim.of_rows(right[:20], right[:20], 0.01, level).outcome == "inconclusive"


def test_a_stored_model_has_not_drifted_until_noise_moves_it(
    spec_of: MakeSpec, run_of: Callable[..., Run], tmp_path: Path
) -> None:
    words = (*ONE, ROTATION, "circuit.layers=1", "steps=30", "optimizer.rate=0.3")
    stored = run_of(*words).folder
    claim = load("test", "drift")(run=str(stored), effect=0.1)
    for exact in ("true", "false"):
        still = subject_of(spec_of(*words, f"suite.exact={exact}"))
        assert not claim.mistakes(still)
        assert claim.check(still, LEVEL, 1).outcome == "pass"
        noisy = (*words, f"suite.exact={exact}", "backend=density", "noise=depolarising", "noise.one_qubit=0.3")
        assert claim.check(subject_of(spec_of(*noisy)), LEVEL, 1).outcome == "fail"
    other = subject_of(spec_of(*ONE, ROTATION, "circuit.layers=2"))
    assert [item.path for item in claim.mistakes(other)] == ["run"]
    assert [item.path for item in load("test", "drift")(run="nowhere").mistakes(other)] == ["run"]


class Narrow(Qsim):
    """A machine of a line of three qubits that forget soon."""

    def target(self) -> Target:
        facts = Calibration("c", "2026-01-01", None, (1e-6,), None, None, None, 1e-7, 3e-7, 5e-7)
        return Target("narrow", 3, False, "a test", edges=((0, 1), (1, 2)), limits=Limits(1, 100), calibration=facts)


@pytest.mark.parametrize(
    ("claim", "wires", "told"),
    [
        ({}, "line", "shortest T2"),
        ({"duration": 2.0}, "line", ""),
        ({"duration": 2.0}, "[[0, 2]]", "not joined"),
        ({"duration": 2.0, "two_qubit": 1}, "line", "two-qubit gates are more than 1"),
        ({"duration": 2.0, "depth": 2}, "line", "depth"),
        ({"duration": 2.0, "shots": 101}, "line", "101 shots"),
    ],
)
def test_each_rule_of_a_device_is_told(spec_of: MakeSpec, claim: dict[str, float], wires: str, told: str) -> None:
    blocks = f"circuit.blocks=[{{gate: ry, wires: all, angle: theta}},{{gate: cz, wires: {wires}}}]"
    spec = replace(spec_of(*PRODUCT, blocks, *LOCAL, "qubits=3"), backend=Narrow())
    verdict = load("test", "hardware_fit")(**claim).check(subject_of(spec), LEVEL, 1)
    assert verdict.outcome == ("fail" if told else "pass")
    assert told in verdict.reason


class Far(Qsim):
    """A machine in a cloud of which some facts are told."""

    facts: ClassVar[dict[str, Any]] = {}

    def target(self) -> Target:
        return Target("far", **{"qubits": 20, "hardware": True, "source": "a test"} | self.facts)


CZS = "circuit.blocks=[{gate: ry, wires: all, angle: theta},{gate: cz, wires: full}]"
LINE = tuple((wire, wire + 1) for wire in range(19))
ALL: dict[str, Any] = {
    "gates": ("prx", "cz"),
    "edges": LINE,
    "limits": Limits(1, 1000),
    "calibration": Calibration("c", "2026-01-01", None, (1.0,), None, None, None, 1e-7, 3e-7, 5e-7),
}


@pytest.mark.parametrize(
    ("claim", "unknown", "missing"),
    [
        ({}, {"qubits"}, "how many qubits"),
        ({"two_qubit": 500}, {"edges"}, "its pairs, to count two-qubit gates"),
        ({"depth": 500}, {"edges"}, "its pairs, to count layers"),
        ({"two_qubit": 500}, {"gates"}, "its gates, to count two-qubit gates"),
        ({"duration": 1.0}, {"calibration"}, "times of gates and readings, T2, to time a shot"),
        ({"duration": 1.0}, {"edges"}, "its pairs, to time a shot"),
        ({"shots": 100}, {"limits"}, "how many shots"),
        ({}, {"edges", "calibration", "limits"}, ""),
        ({"two_qubit": 500, "depth": 500, "duration": 1.0, "shots": 100}, set(), ""),
    ],
)
def test_what_is_claimed_and_cannot_be_known_is_inconclusive(
    spec_of: MakeSpec, monkeypatch: pytest.MonkeyPatch, claim: dict[str, float], unknown: set[str], missing: str
) -> None:
    facts = {name: value for name, value in ALL.items() if name not in unknown}
    monkeypatch.setattr(Far, "facts", facts | ({"qubits": None} if "qubits" in unknown else {}))
    spec = replace(spec_of(*PRODUCT, CZS, *LOCAL, "qubits=4"), backend=Far())
    verdict = load("test", "hardware_fit")(**claim).check(subject_of(spec), LEVEL, 1)
    assert verdict.outcome == ("inconclusive" if missing else "pass"), verdict.reason
    assert missing in verdict.reason and ("qmlops status" in verdict.reason) is bool(missing)
    told = ("connectivity (its pairs not known)", "duration (", "shots (no bound is known)")
    assert all((text in verdict.reason) is bool(unknown) for text in told) or missing


def test_a_program_that_its_provider_places_is_counted_on_the_pairs(
    spec_of: MakeSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = replace(spec_of(*PRODUCT, CZS, *LOCAL, "qubits=4"), backend=Far())
    counted = {}
    for name, facts in {"line": ALL, "all": ALL | {"edges": None, "all_pairs": True}}.items():
        monkeypatch.setattr(Far, "facts", facts)
        claim = load("test", "hardware_fit")(two_qubit=6)
        counted[name] = claim.check(subject_of(spec), LEVEL, 1)
    assert counted["all"].outcome == "pass" and counted["all"].reason.startswith("6 two-qubit gates")
    assert counted["line"].outcome == "fail" and "two-qubit gates are more than 6" in counted["line"].reason


@pytest.mark.parametrize("claim", [{"shots": 100}, {"duration": 1.0}])
def test_of_a_simulator_no_bound_is_claimed(spec_of: MakeSpec, claim: dict[str, float]) -> None:
    subject = subject_of(spec_of(*PRODUCT, CZS, *LOCAL, "qubits=4"))
    verdict = load("test", "hardware_fit")(**claim).check(subject, LEVEL, 1)
    assert verdict.outcome == "inconclusive" and "this is a simulator" in verdict.reason
    plain = load("test", "hardware_fit")().check(subject, LEVEL, 1)
    assert plain.outcome == "pass" and "not checked" not in plain.reason


def test_a_circuit_of_phases_on_many_wires_is_compared_and_on_more_it_is_said_that_none_is(spec_of: MakeSpec) -> None:
    class Wrong(Qsim):
        """A compiler that leaves out an interaction."""

        def lower(self, program: Program) -> Program:
            operations = list(program.circuit.all_operations())
            return replace(program, circuit=cirq.Circuit(operations[:-1]))

    for qubits, what in ((12, "infidelity"), (17, "nothing is compared")):
        blocks = "circuit.blocks=[{gate: rz, wires: [0], angle: theta},{gate: cz, wires: full}]"
        spec = replace(spec_of(*PRODUCT, blocks, *LOCAL, f"qubits={qubits}"), backend=Wrong())
        verdict = load("test", "hardware_fit")().check(subject_of(spec), LEVEL, 1)
        assert verdict.outcome == ("fail" if qubits == 12 else "pass") and what in verdict.reason


def test_a_compilation_that_changes_the_state_is_seen(spec_of: MakeSpec) -> None:
    program = subject_of(spec_of(*PRODUCT, ENTANGLED, *LOCAL, "qubits=3")).program
    wrong = replace(program, circuit=cirq.Circuit(program.circuit, cirq.T(cirq.LineQubit(1))))
    added = replace(program, width=4, circuit=cirq.Circuit(program.circuit, cirq.Z(cirq.LineQubit(3))))
    assert state_infidelity(program, added, 1) < 1e-12
    assert state_infidelity(program, wrong, 1) > 0.1


@pytest.mark.parametrize("first", [cirq.T(cirq.LineQubit(0)), cirq.CX(cirq.LineQubit(2), cirq.LineQubit(0))])
def test_a_compilation_that_changes_what_zeros_do_not_show_is_seen(spec_of: MakeSpec, first: cirq.Operation) -> None:
    program = subject_of(spec_of(*PRODUCT, ENTANGLED, *LOCAL, "qubits=3")).program
    wrong = replace(program, circuit=cirq.Circuit(first, program.circuit))
    for infidelity in (state_infidelity, unitary_infidelity):
        assert infidelity(program, wrong, 1) > 0.1
        assert infidelity(program, program, 1) < 1e-12


@pytest.mark.parametrize("gates", [IBM, IONQ_NATIVE, RIGETTI, AQT], ids=lambda gates: gates.name)
@pytest.mark.parametrize("seed", range(2))
def test_a_unitary_is_found_wherever_routing_lets_the_wires_begin(spec_of: MakeSpec, gates: GateSet, seed: int) -> None:
    turns = "{gate: ry, wires: all, angle: theta},{gate: cz, wires: full},{gate: rz, wires: all, angle: phi}"
    blocks = f"circuit.blocks=[{turns}]"
    program = subject_of(spec_of(*PRODUCT, blocks, *LOCAL, "qubits=4")).program
    line = Target("a line", 6, False, "a test", edges=tuple((wire, wire + 1) for wire in range(5)))
    routed = route(program, line, gates, seed)
    assert any(len(gate.qubits) == 2 for gate in routed.circuit.all_operations())
    swapped = replace(routed, circuit=cirq.Circuit(cirq.SWAP(*routed.qubits[:2]), routed.circuit))
    for infidelity in (state_infidelity, unitary_infidelity):
        assert infidelity(program, routed, 1) < 1e-9
        assert infidelity(program, swapped, 1) < 1e-9, "it only begins elsewhere"
    for wrong in (cirq.S(routed.qubits[1]), cirq.X(routed.qubits[0]), cirq.CX(*routed.qubits[1:3])):
        before = replace(routed, circuit=cirq.Circuit(wrong, routed.circuit))
        after = replace(routed, circuit=cirq.Circuit(routed.circuit, wrong))
        for infidelity in (state_infidelity, unitary_infidelity):
            assert min(infidelity(program, mutant, 1) for mutant in (before, after)) > 0.1


@pytest.mark.parametrize("share", ["none", "layer"])
def test_a_weight_that_more_gates_share_on_more_wires_makes_no_plateau(spec_of: MakeSpec, share: str) -> None:
    """Its derivative can reach farther there, which is no reason to take the same variance for less."""
    blocks = (
        f"circuit.blocks=[{{gate: rx, wires: all, angle: theta, share: {share}}},"
        f"{{gate: zz, wires: line, angle: phi, share: {share}}}]"
    )
    claim = load("test", "barren_plateau")()
    verdict = claim.check(subject_of(spec_of(*PRODUCT, blocks, *LOCAL, "qubits=4", "circuit.layers=1")), LEVEL, 1)
    low, high = verdict.interval
    assert verdict.outcome == "pass" and low <= -claim.claimed <= high


def test_drift_is_held_against_the_latest_run_of_its_own_circuit(
    spec_of: MakeSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not against that of another experiment which was trained after it."""
    monkeypatch.chdir(tmp_path)
    words = (*ONE, ROTATION, "circuit.layers=1", "steps=3", "tracker=none")
    own, other = spec_of(*words), spec_of(*words[:-3], "circuit.layers=2", *words[-2:])
    for name, spec in (("first", own), ("second", other)):
        start(spec, Path("runs", name), lambda event: None, [])
    for spec, name in ((own, "first"), (other, "second")):
        claim = load("test", "drift")()
        assert not claim.mistakes(subject_of(spec))
        assert f"of run {name} " in claim.check(subject_of(spec), LEVEL, 1).reason
    third = subject_of(spec_of(*words[:-3], "circuit.layers=3", *words[-2:]))
    assert [item.path for item in load("test", "drift")().mistakes(third)] == ["run"]


@pytest.mark.parametrize("backend", ["ibm_fake", "ionq_twin", "braket_local"])
def test_a_unitary_survives_compilation_wherever_routing_lets_its_wires_begin_and_end(
    spec_of: MakeSpec, backend: str
) -> None:
    blocks = "circuit.blocks=[{gate: ry, wires: all, angle: theta},{gate: cz, wires: full}]"
    subject = subject_of(spec_of(*PRODUCT, blocks, "qubits=4", f"backend={backend}", "shots=100"))
    assert load("test", "unitary")().check(subject, LEVEL, 1).outcome == "pass"
    wrong = replace(subject.program, circuit=cirq.Circuit(list(subject.program.circuit.all_operations())[1:]))
    assert load("test", "unitary")().check(replace(subject, mutant=wrong), LEVEL, 1).outcome == "fail"
