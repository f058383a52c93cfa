"""Claims against closed forms, exact and drawn, and the division of alpha."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cirq
import numpy as np
import pytest

from qmlops.config.kind import load, table
from qmlops.config.place import shipped
from qmlops.config.spec import RunSpec
from qmlops.errors import ConfigError
from qmlops.pipeline.prepare import prepare
from qmlops.testing import claim as claim_table
from qmlops.testing.level import Level
from qmlops.testing.session import trained
from qmlops.testing.subject import Subject
from qmlops.testing.suite import divided, plan, shared
from qmlops.train.model import QuantumModel
from tests.conf.test_kinds import documented, gaps
from tests.conftest import MakeSpec

LEVEL = Level(0.01, 0.95, 200_000)
ONE = ("data=none", "encoder=none", "readout=pauli", "readout.sums=[Z0]", "objective=energy", "metric=none")
ROTATION = "circuit.blocks=[{gate: ry, wires: [0], angle: theta}]"
CLAIMS = Path(str(claim_table.__file__)).parent


def subject_of(spec: RunSpec) -> Subject:
    task = prepare(spec)
    return Subject(task, lambda: trained(task, lambda text: None))


@pytest.fixture
def turned(spec_of: MakeSpec) -> Any:
    """cos(theta) on one wire at a known theta, exact or drawn."""

    def make(exact: bool, *words: str) -> tuple[Subject, float]:
        subject = subject_of(spec_of(*ONE, ROTATION, "circuit.layers=1", f"suite.exact={str(exact).lower()}", *words))
        return subject, float(subject.point("initial", 0)[0, 0])

    return make


def test_file_line_and_yaml_of_each_claim_go_together() -> None:
    named = {
        kind: target.replace("qmlops.testing.claim.", "qmlops.parts.test.") for kind, target in table("test").items()
    }
    found = gaps("test", named, shipped() / "test", CLAIMS)
    assert sorted(found) == [f"test: no line of the table points to {name}.py" for name in ("by_mean", "field")]


@pytest.mark.parametrize("kind", table("test"))
def test_a_claim_is_a_documented_part_with_the_methods_of_its_protocol(kind: str) -> None:
    cls: Any = load("test", kind)
    assert cls.__dataclass_params__.frozen and cls.__doc__
    assert all(item.metadata.get("doc") for _, item in documented(cls))
    assert {"category", "mistakes", "requests", "check", "alpha", "power"} <= set(dir(cls))
    assert cls.category in ("unit", "integration", "quantum")


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("error", [0.0, 0.3])
def test_an_expectation_is_told_from_one_that_is_off(turned: Any, exact: bool, error: float) -> None:
    subject, theta = turned(exact)
    claim = load("test", "expectation")(value=float(np.cos(theta)) - np.sign(np.cos(theta)) * error, effect=0.2)
    verdict = claim.check(subject, LEVEL, 1)
    assert verdict.outcome == ("fail" if error else "pass")
    assert (verdict.shots == 0) is exact is (not claim.requests(subject, LEVEL))
    assert verdict == claim.check(subject, LEVEL, 1)


def test_a_sum_that_needs_two_bases_is_drawn_right(turned: Any) -> None:
    subject, theta = turned(False)
    value = float(0.5 * np.cos(theta) + 0.5 * np.sin(theta))
    right = load("test", "expectation")(observable="0.5 Z0 + 0.5 X0", value=value, effect=0.1)
    assert right.check(subject, LEVEL, 1).outcome == "pass"
    wrong = load("test", "expectation")(observable="0.5 Z0 + 0.5 X0", value=value - 0.2, effect=0.1)
    assert wrong.check(subject, LEVEL, 1).outcome == "fail"


@pytest.mark.parametrize("exact", [True, False])
def test_named_chances_are_told_from_wrong_ones(turned: Any, exact: bool) -> None:
    subject, theta = turned(exact)
    up = float(np.sin(theta / 2) ** 2)
    for moved, outcome in ((0.0, "pass"), (0.3, "fail")):
        other = up + moved if up < 0.5 else up - moved
        claim = load("test", "distribution")(expected={"0": 1 - other, "1": other}, effect=0.2)
        assert claim.check(subject, LEVEL, 1).outcome == outcome


def test_the_variance_and_ratio_of_a_derivative_have_their_closed_forms(turned: Any) -> None:
    subject, theta = turned(True)
    # Two shifted circuits with means -sin and sin, each counting half.
    variance = 0.5 * np.cos(theta) ** 2 / 1000
    found = load("test", "gradient_variance")(at_most=1.0).check(subject, LEVEL, 1)
    assert found.effect + 1.0 == pytest.approx(variance, rel=1e-4)
    ratio = load("test", "gradient_snr")(at_least=1.0).check(subject, LEVEL, 1)
    assert ratio.effect + 1.0 == pytest.approx(abs(np.sin(theta)) / np.sqrt(variance), rel=1e-4)


def test_drawn_the_derivative_claims_agree_with_their_closed_forms(turned: Any) -> None:
    subject, theta = turned(False)
    variance, slope = 0.5 * np.cos(theta) ** 2 / 1000, abs(np.sin(theta))
    ratio = slope / np.sqrt(variance)
    cases = [("gradient_variance", {"at_most": variance}), ("gradient_snr", {"at_least": ratio, "effect": 0.5})]
    for kind, given in cases:
        assert load("test", kind)(**given).check(subject, LEVEL, 1).outcome == "pass"
    assert load("test", "gradient_variance")(at_most=variance / 2).check(subject, LEVEL, 1).outcome == "fail"
    assert load("test", "gradient_snr")(at_least=2 * ratio).check(subject, LEVEL, 1).outcome == "fail"


@pytest.mark.parametrize("rule", ["adjoint", "parameter_shift", "spsa"])
def test_each_gradient_rule_is_found_unbiased(turned: Any, rule: str) -> None:
    subject, _ = turned(True, f"gradient={rule}")
    claim = load("test", "gradient_bias")(effect=0.1)
    verdict = claim.check(subject, LEVEL, 1)
    assert verdict.outcome == "pass"
    assert bool(claim.requests(subject, LEVEL)) == (rule == "spsa")


def test_spsa_at_a_great_distance_is_found_biased(turned: Any) -> None:
    subject, theta = turned(True, "gradient=spsa", "gradient.distance=2")
    bias = abs(np.sin(theta)) * (1 - np.sin(2.0) / 2)
    assert bias > 0.2
    assert load("test", "gradient_bias")(effect=0.1).check(subject, LEVEL, 1).outcome == "fail"


def test_noise_is_seen_in_an_echo(spec_of: MakeSpec) -> None:
    words = (*ONE, ROTATION, "circuit.layers=1", "backend=density", "noise=depolarising")
    claim = load("test", "metamorphic")(effect=0.01)
    for strength, outcome in ((0.0001, "pass"), (0.05, "fail")):
        subject = subject_of(spec_of(*words, f"noise.one_qubit={strength}"))
        assert claim.check(subject, LEVEL, 1).outcome == outcome


def test_alpha_is_what_is_asked_for_and_equal_parts_of_the_rest() -> None:
    found = divided(0.05, {"a": 0.01, "b": None, "c": None})
    assert found == pytest.approx({"a": 0.01, "b": 0.02, "c": 0.02})
    assert divided(0.05, {"a": 0.05}) == {"a": 0.05}
    for asked in ({"a": 0.06}, {"a": 0.05, "b": None}):
        with pytest.raises(ConfigError, match=r"tests\.a\.alpha"):
            shared(0.05, asked)


@pytest.mark.parametrize(("claims", "part"), [(1, 0.005), (10, 0.005), (20, 0.0025)])
def test_a_claim_takes_no_more_than_a_tenth_by_itself(claims: int, part: float) -> None:
    """So that up to ten are drawn alike however many there are, and half of the shots are saved."""
    names = map(str, range(claims))
    assert shared(0.05, dict.fromkeys(names)) == pytest.approx({str(name): part for name in range(claims)})
    assert shared(0.05, {"a": 0.03, "b": None}) == pytest.approx({"a": 0.03, "b": 0.005})


def test_exact_claims_spend_no_alpha(spec_of: MakeSpec) -> None:
    spec = spec_of("+experiment=vqe_h2")
    found = {item.name: item.level.alpha for item in plan(subject_of(spec), spec.tests)}
    assert found.pop("shots_follow_the_state") == pytest.approx(0.005)
    assert set(found.values()) == {0.0}


BEYOND = [
    ("gradient_variance", {"at_most": 0.1, "shots": 1000}, "pass"),
    ("gradient_snr", {"at_least": 500.0}, "fail"),
    ("gradient_bias", {"effect": 9.0}, "pass"),
    ("expectation", {"observable": "0.5 Z0 + 0.5 X0", "effect": 5.0}, "pass"),
    ("expectation", {"value": -1.0, "effect": 2.5}, "pass"),
]


@pytest.mark.parametrize(("kind", "given", "outcome"), BEYOND)
def test_what_no_reading_can_contradict_is_said_without_drawing(
    turned: Any, kind: str, given: dict[str, Any], outcome: str
) -> None:
    subject, _ = turned(False, "gradient=parameter_shift", "shots=100")
    claim = load("test", kind)(**given)
    verdict = claim.check(subject, LEVEL, 1)
    assert (verdict.outcome, verdict.shots, claim.requests(subject, LEVEL)) == (outcome, 0, [])
    assert "whatever is read" in verdict.reason


def test_a_weight_that_no_gate_has_gives_a_derivative_of_zero(turned: Any) -> None:
    """As in a mutant that lost the gate."""
    for exact in (True, False):
        subject, _ = turned(exact)
        bare = replace(subject.program, circuit=cirq.Circuit(cirq.I.on_each(*subject.program.qubits)))
        without = replace(subject, mutant=bare)
        for kind, given, outcome in (
            ("gradient_snr", {}, "fail"),
            ("gradient_variance", {}, "pass"),
            ("gradient_bias", {"effect": 0.01}, "fail"),
        ):
            verdict = load("test", kind)(**given).check(without, LEVEL, 1)
            assert (verdict.outcome, verdict.shots) == (outcome, 0), kind


def test_an_effect_beyond_the_shots_that_may_be_drawn_ends_inconclusive_at_once(turned: Any) -> None:
    subject, theta = turned(False)
    claim = load("test", "expectation")(value=float(np.cos(theta)), effect=1e-6)
    verdict = claim.check(subject, replace(LEVEL, shots=1000), 1)
    assert (verdict.outcome, verdict.shots) == ("inconclusive", 1000)


def test_noise_that_nobody_knows_is_allowed_for_in_a_ratio(spec_of: MakeSpec) -> None:
    """The ideal circuit's derivative is near 1 with hardly any deviation; under noise the ratio is 2.1."""
    blocks = "circuit.blocks=[{gate: ry, wires: [0], angle: theta + 1.4708}]"
    words = (*ONE, blocks, "circuit.layers=1", "backend=density", "noise=depolarising", "noise.one_qubit=0.2")
    given = {"at": "zero", "shots": 2}
    exact = load("test", "gradient_snr")(at_least=1.0, **given).check(subject_of(spec_of(*words)), LEVEL, 1)
    ratio = exact.effect + 1.0
    assert 1.5 < ratio < 3
    subject = subject_of(spec_of(*words, "suite.exact=false"))
    for seed in range(3):
        for at_least, outcome in ((ratio, "pass"), (2 * ratio, "fail"), (6.0, "fail")):
            verdict = load("test", "gradient_snr")(at_least=at_least, **given).check(subject, LEVEL, seed)
            assert verdict.outcome == outcome
            if verdict.interval is not None:
                low, high = verdict.interval
                assert low <= ratio - at_least <= high and verdict.effect == pytest.approx(ratio - at_least, abs=0.3)


@pytest.mark.parametrize(
    ("at_least", "shots", "effect"), [(2.0, 100, 0.5), (2.0, 5, 0.9), (1.5, 1, 0.5), (1.8, 1, 0.5)]
)
def test_a_ratio_under_unknown_noise_draws_no_more_than_is_planned(
    spec_of: MakeSpec, at_least: float, shots: int, effect: float
) -> None:
    words = (*ONE, ROTATION, "circuit.layers=1", "backend=density", "noise=depolarising", "suite.exact=false")
    subject = subject_of(spec_of(*words, "noise.one_qubit=0.05"))
    claim = load("test", "gradient_snr")(at_least=at_least, shots=shots, effect=effect)
    level = replace(LEVEL, looks=8)
    planned = claim.requests(subject, level)
    assert 2 <= len(planned) <= 8
    most = sum(work.shots for request in planned for work in request)
    for seed in range(3):
        assert claim.check(subject, level, seed).shots <= most


def test_a_plan_before_training_holds_for_whatever_weights_come_of_it(turned: Any) -> None:
    subject, _ = turned(False, "gradient=parameter_shift", "shots=100")
    level = replace(LEVEL, looks=8)
    kinds = {"distribution": {"effect": 0.05}, "gradient_snr": {}, "gradient_bias": {"effect": 0.9}}
    for kind, given in kinds.items():
        claim = load("test", kind)(at="trained", **given)
        planned = claim.requests(subject.untrained(), level)
        most = sum(work.shots for request in planned for work in request)
        for angle in (0.0, 0.3, 1.5, 3.0):
            weights = np.full(1, angle)
            model = QuantumModel(subject.spec, subject.program, weights)
            there = replace(subject, train=lambda model=model: model)
            own = sum(work.shots for request in claim.requests(there, level) for work in request)
            assert own <= most, (kind, angle)
            assert claim.check(there, level, 1).shots <= max(own, 0)
