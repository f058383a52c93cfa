"""Seeded bugs: what each operator makes, which are none, and what claims see of the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cirq
import numpy as np
import pytest
import sympy

from experiments.test_calibration import mutation
from qmlops.config.kind import load
from qmlops.core.program import Program
from qmlops.errors import RequestError
from qmlops.pipeline.interval import share
from qmlops.testing.claim.product_inputs import surrounded
from qmlops.testing.level import Level
from qmlops.testing.mutation.mutant import Mutant, chosen, mutants, original
from qmlops.testing.mutation.operator import OPERATORS, named
from qmlops.testing.mutation.score import score, with_mutant
from qmlops.testing.session import open_session
from qmlops.testing.statistic.settings import SettingsTest
from tests.cli.conftest import Command, qmlops
from tests.conftest import MakeSpec
from tests.testing.nulls import SHAPES, most_rejections
from tests.testing.test_claims import ONE, subject_of

__all__ = ["qmlops"]
A, B, C = cirq.LineQubit.range(3)
QUIET = Level(0.001, 0.99, 10_000)
BELL = (*ONE, "qubits=2", "circuit.layers=1", "circuit.blocks=[{gate: h, wires: [0]}, {gate: cx, wires: line}]")


def program(*gates: cirq.Operation, width: int = 2) -> Program:
    return Program(cirq.Circuit(gates), width, (), (), ())


def made(operator: str, *gates: cirq.Operation, width: int = 2) -> list[cirq.Circuit]:
    return [item.program.circuit for item in mutants(program(*gates, width=width)) if item.operator == operator]


def test_each_operator_makes_the_bugs_that_it_names() -> None:
    bell = (cirq.H(A), cirq.CX(A, B))
    turn = cirq.rz(0.3)(A)
    assert made("removed", *bell) == [cirq.Circuit(cirq.CX(A, B)), cirq.Circuit(cirq.H(A))]
    assert made("swapped", *bell) == [cirq.Circuit(cirq.CX(A, B), cirq.H(A))]
    assert made("exchanged", *bell) == [cirq.Circuit(cirq.H(A), cirq.CX(B, A))]
    assert made("sign", *bell, turn) == [cirq.Circuit(*bell, cirq.rz(-0.3)(A))]
    assert made("wrong_wire", cirq.X(A)) == [cirq.Circuit(cirq.X(B))]
    assert made("wrong_wire", cirq.CX(A, B), width=3) == [cirq.Circuit(cirq.CX(A, C))]
    assert made("wrong_wire", cirq.CX(A, B)) == []
    assert len(made("basis", *bell)) == 4
    (off,) = made("offset", turn)
    assert cirq.equal_up_to_global_phase(cirq.unitary(off), cirq.unitary(cirq.rz(0.3 + np.pi / 4)))
    assert set(OPERATORS) == {"removed", "swapped", "exchanged", "sign", "wrong_wire", "basis", "offset", "replaced"}


@pytest.mark.parametrize(
    ("gate", "other"),
    [
        (cirq.X, cirq.Y),
        (cirq.rz(0.3), cirq.rx(0.3)),
        (cirq.CX, cirq.CZ),
        (cirq.CZ, cirq.CX),
        (cirq.XXPowGate(exponent=0.2), cirq.YYPowGate(exponent=0.2)),
        (cirq.ControlledGate(cirq.Z), cirq.ControlledGate(cirq.X)),
        (cirq.CSWAP, cirq.CCX),
    ],
)
def test_a_gate_is_replaced_by_its_neighbour_with_the_same_angle(gate: cirq.Gate, other: cirq.Gate) -> None:
    wires = cirq.LineQubit.range(cirq.num_qubits(gate))
    (found,) = made("replaced", gate(*wires), width=len(wires))
    assert np.allclose(found.unitary(), cirq.unitary(other))


def test_equivalent_is_what_differs_by_a_phase_alone() -> None:
    written = program(cirq.Z(A), cirq.CZ(A, B))
    known = original(written, 1)
    for gates, same in (
        ((cirq.CZ(B, A), cirq.Z(A)), True),
        ((cirq.rz(np.pi)(A), cirq.CZ(A, B)), True),
        ((cirq.Z(A),), False),
        ((cirq.rz(np.pi + 0.01)(A), cirq.CZ(A, B)), False),
    ):
        assert known.same(Mutant("", "", program(*gates))) is same


def test_a_bug_that_shows_at_no_angle_but_zero_is_a_bug() -> None:
    import sympy

    angle = cirq.rx(sympy.Symbol("theta"))(A)
    written = replace(program(angle), weights=("theta",))
    assert not original(written, 1).same(Mutant("", "", replace(written, circuit=cirq.Circuit())))


def test_a_choice_is_so_many_different_ones_by_the_seed() -> None:
    every = mutants(program(cirq.H(A), cirq.CX(A, B), cirq.rz(0.3)(B)))
    few = chosen(every, 5, 1)
    assert len(few) == len(set(map(id, few))) == 5 and few == chosen(every, 5, 1) != chosen(every, 5, 2)
    assert chosen(every, None, 1) == chosen(every, len(every), 1) == every


def test_on_product_inputs_exact_values_see_every_bug_and_zeros_do_not(spec_of: MakeSpec) -> None:
    """Of a Bell circuit a CX that is turned round, and a reading in X, cannot be seen in <Z0> from zeros."""
    subject = subject_of(spec_of(*BELL))
    claims = {
        "inputs": load("test", "product_inputs")(effect=0.001),
        "zeros": load("test", "expectation")(observable="Z0", value=0.0, effect=0.001),
    }
    known = original(subject.program, 1)
    bugs = [mutant for mutant in mutants(subject.program) if not known.same(mutant)]
    seen = {
        name: [claim.check(with_mutant(subject, bug), QUIET, 1).outcome == "fail" for bug in bugs]
        for name, claim in claims.items()
    }
    assert len(bugs) >= 8 and all(seen["inputs"]) and not all(seen["zeros"])
    assert {claim.check(subject, QUIET, 1).outcome for claim in claims.values()} == {"pass"}


def test_drawn_product_inputs_tell_a_bug_and_pass_the_circuit_itself(spec_of: MakeSpec) -> None:
    subject = subject_of(spec_of(*BELL, "suite.exact=false"))
    claim = load("test", "product_inputs")()
    right = claim.check(subject, QUIET, 1)
    assert right.outcome == "pass" and 0 < right.shots <= 6000 and right == claim.check(subject, QUIET, 1)
    (missing, *_) = [item for item in mutants(subject.program) if item.operator == "removed"]
    assert claim.check(with_mutant(subject, missing), QUIET, 1).outcome == "fail"


def test_product_inputs_agree_with_states_that_cirq_computes(spec_of: MakeSpec) -> None:
    subject = subject_of(spec_of(*BELL))
    whole = surrounded(subject.program)
    at = np.random.default_rng(1).uniform(0, np.pi, (3, len(whole.symbols)))
    chances = subject.ideal(whole, at)
    for row, found in zip(at, chances, strict=True):
        tilts = dict(zip(whole.symbols, row, strict=True))
        state = cirq.Simulator(dtype=np.complex128).simulate(whole.circuit, tilts).final_state_vector
        assert np.allclose(np.abs(state) ** 2, found, atol=1e-9)
    assert np.allclose(chances.sum(axis=1), 1)


@pytest.mark.parametrize("shape", sorted(set(SHAPES) - {"hundred_thousand"}))
def test_several_distributions_at_once_are_rejected_at_most_so_often(shape: str) -> None:
    """With an effect that no shots rule out, so that every trial takes all looks."""
    chances, trials, random = np.tile(SHAPES[shape], (3, 1)), 300, np.random.default_rng(5)
    expected = chances / chances.sum(axis=1, keepdims=True)
    test = SettingsTest(expected, 1e-6, 0.05, 0.01, 1)
    outcomes = [test.decide(lambda each: random.multinomial(each, expected), 600).outcome for _ in range(trials)]
    assert "pass" not in outcomes and outcomes.count("fail") <= most_rejections(trials, 0.05)


def test_the_distance_that_is_declared_is_accepted_at_most_so_often() -> None:
    expected, random, trials = np.full((4, 2), 0.5), np.random.default_rng(6), 400
    test, off = SettingsTest(expected, 0.1, 0.05, 0.05, 1), np.tile([0.6, 0.4], (4, 1))
    passed = [test.decide(lambda each: random.multinomial(each, off), 2000).outcome == "pass" for _ in range(trials)]
    assert sum(passed) <= most_rejections(trials, 0.05)


def test_a_score_counts_what_claims_saw_and_bounds_it(spec_of: MakeSpec) -> None:
    exact = "+tests.exact={kind: product_inputs, effect: 0.001}"
    found = score(open_session(spec_of(*BELL, exact)), None, lambda text: None)
    total, equivalent, killed = found.of()
    assert found.used == ("exact",) and total == found.made == len(found.fates) > 8
    assert (equivalent, killed) == (0, total) and found.interval() == share(total, total)
    assert sum(found.of(name)[0] for name in OPERATORS) == total


def test_claims_that_fail_without_a_bug_are_not_asked(spec_of: MakeSpec) -> None:
    ghz, wrong = "+tests.ghz={kind: state, target: ghz}", "+tests.wrong={kind: expectation, observable: Z0, value: 1}"
    found = score(open_session(spec_of(*BELL, ghz, wrong)), 4, lambda text: None)
    assert (found.used, found.unused) == (("ghz",), ("wrong",)) and len(found.fates) == 4
    with pytest.raises(RequestError, match="No claim passes"):
        score(open_session(spec_of(*BELL, wrong)), 4, lambda text: None)


def test_a_trained_model_keeps_its_weights_in_a_mutant(spec_of: MakeSpec) -> None:
    subject = subject_of(spec_of("+experiment=vqe_h2", "steps=3"))
    mutant = mutants(subject.program)[0]
    seeded = with_mutant(subject, mutant)
    assert seeded.model.program is mutant.program and seeded.written is subject.program
    assert np.array_equal(seeded.model.weights, subject.model.weights)


def test_the_verb_reports_the_score_as_table_and_json(qmlops: Command) -> None:
    words = ("test", "+experiment=vqe_h2", "--claim", "is_the_ground_state", "--mutate", "--mutants", "12")
    body = json.loads(qmlops(*words, "--json").out)
    assert body["schema"] == 1 and body["all"]["mutants"] == 12
    assert body["claims"] == {"is_the_ground_state": body["all"]["killed"]}
    low, high = body["all"]["interval"]
    assert low <= body["all"]["score"] <= high
    told = qmlops(*words)
    assert (
        told.code == 0
        and "12 of 44 mutants of vqe_h2, seed 1" in told.out
        and max(map(len, told.out.split("\n"))) <= 80
    )
    mixed = qmlops(*words, "--plan")
    assert mixed.code == 2 and "--mutate or --plan" in mixed.err


def test_mutants_are_never_sent_to_hardware(qmlops: Command) -> None:
    words = ("backend=ionq", "backend.device=qpu.forte-1", "shots=100", "--spend", "1", "--mutate")
    refused = qmlops("test", "+experiment=vqe_h2", *words)
    assert refused.code == 2 and "is a provider's" in refused.err


def test_in_the_table_most_bugs_are_seen_and_no_equivalent_mutant_is_killed() -> None:
    found = json.loads(Path(mutation.__file__).with_name("mutation.json").read_text(encoding="utf-8"))
    every = found["groups"]["all"]
    assert found["circuits"] >= 20 and set(found["widths"]) <= {2, 3, 4, 5, 6} and found["shots"] == 6000
    assert every["mutants"] - every["equivalent"] >= 400 and every["equivalent"] >= 20
    assert every["exact"]["score"] == 1 and every["drawn"]["score"] >= 0.9 and every["equivalent_killed"] == 0


def test_a_short_run_of_the_table_sees_every_bug_exactly_and_kills_no_equivalent_mutant() -> None:
    rows = [row for width in (2, 3) for row in mutation.rows("iqp", width, 12, 2)]
    assert len(rows) == 24 and any(row.equivalent for row in rows) and not all(row.zeros for row in rows)
    assert all(row.exact is not row.equivalent for row in rows)
    assert not any(row.drawn for row in rows if row.equivalent)
    assert sum(row.drawn for row in rows) >= 0.8 * sum(not row.equivalent for row in rows)


def test_a_bug_is_told_in_the_words_of_a_circuit() -> None:
    qubit, other = cirq.LineQubit.range(2)
    assert named(cirq.rx(sympy.Symbol("theta"))(qubit)) == "Rx(theta) on 0"
    assert named(cirq.rz(0.5)(other)) == "Rz(0.5) on 1"
    assert named(cirq.CZ(other, qubit)) == "CZ on 1, 0"
