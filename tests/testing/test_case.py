"""QuantumTestCase: its assertions are the claims of their kinds, and spend the alpha that is current."""

from __future__ import annotations

import unittest
from collections.abc import Iterator
from typing import Any

import pytest

from qmlops.core.seed import draw
from qmlops.errors import ConfigError, RequestError
from qmlops.testing import Bench, ErrorBudget, QuantumTestCase
from qmlops.testing.error_budget import CURRENT, current
from qmlops.testing.verdict import Outcome, Verdict
from tests.testing.test_claims import ONE, ROTATION

ALONE = ("data=none", "encoder=none", "objective=energy", "metric=none", "circuit.layers=1", "tracker=none")
GHZ = "circuit.blocks=[{gate: h, wires: [0]},{gate: cx, wires: line},{gate: rz, wires: all, angle: theta}]"
EVEN = {"000": 0.5, "111": 0.5}
CLAIMS = (
    "assertStateClose",
    "assertDistribution",
    "assertGradientStable",
    "assertFitsHardware",
    "assertNoiseResilient",
)


class Ghz(QuantumTestCase):
    overrides = (*ALONE, GHZ, "readout=pauli", "readout.sums=[Z0 Z1]", "qubits=3")

    def test_drawn(self) -> None:
        self.assertDistribution()


class Turned(QuantumTestCase):
    """cos(theta) on one wire."""

    overrides = (*ONE, ROTATION, "circuit.layers=1", "tracker=none", "optimizer=l_bfgs_b")


class Twice(Ghz):
    def test_drawn(self) -> None:
        self.assertDistribution()
        self.assertDistribution()


class Few(QuantumTestCase):
    overrides = (*Ghz.overrides, "suite.shots=20")


CASES: tuple[tuple[QuantumTestCase, str, dict[str, Any], dict[str, Any]], ...] = (
    (Ghz(), "assertStateClose", {"target": "ghz", "at": "zero"}, {"target": "uniform", "at": "zero"}),
    (Ghz(), "assertDistribution", {"expected": EVEN}, {"expected": {"000": 1.0}}),
    (Ghz(), "assertFitsHardware", {"two_qubit": 2}, {"two_qubit": 1}),
    # At 0 the derivative of a cosine is 0.
    (Turned(), "assertGradientStable", {"at_least": 0.5}, {"at_least": 0.5, "at": "zero"}),
    # A Pauli error with chance p shrinks the energy of -1 by 4 p / 3.
    (Turned(), "assertNoiseResilient", {"noise": 0.03, "delta": 0.041}, {"noise": 0.03, "delta": 0.039}),
)


@pytest.fixture
def budget() -> Iterator[ErrorBudget]:
    found = ErrorBudget(0.05)
    token = CURRENT.set(found)
    yield found
    CURRENT.reset(token)


@pytest.mark.parametrize(("case", "name", "right", "wrong"), CASES, ids=CLAIMS)
def test_an_assertion_holds_where_its_claim_does_and_only_there(
    budget: ErrorBudget, case: QuantumTestCase, name: str, right: dict[str, Any], wrong: dict[str, Any]
) -> None:
    getattr(case, name)(**right)
    with pytest.raises(AssertionError, match=" fail: "):
        getattr(case, name)(**wrong)
    assert (budget.spent, budget.exact, budget.shots) == (0, 2, 0)


def test_every_assertion_was_tried() -> None:
    assert {name for name in vars(QuantumTestCase) if name.startswith("assert")} == {*CLAIMS, "assertClaim"}


def test_what_draws_spends(budget: ErrorBudget) -> None:
    Ghz("test_drawn").assertDistribution()
    Ghz("test_drawn").assertDistribution()
    assert (budget.sampled, budget.spent) == (2, pytest.approx(2 * 0.05 / 10))
    assert budget.shots > 0


def test_what_was_not_settled_fails(budget: ErrorBudget) -> None:
    with pytest.raises(AssertionError, match="distribution inconclusive: "):
        Few().assertDistribution()


def test_a_mistake_is_told_with_its_field(budget: ErrorBudget) -> None:
    with pytest.raises(ConfigError, match=r"effekt.*\n.*did you mean 'effect'"):
        Ghz().assertDistribution(effekt=0.1)
    with pytest.raises(ConfigError, match=r"expected\.00"):
        Ghz().assertDistribution({"00": 1.0})
    assert budget.sampled == 0


def test_without_pytest_one_process_is_one_family() -> None:
    before = current().sampled
    loaded = unittest.defaultTestLoader.loadTestsFromTestCase(Ghz)
    result = unittest.TestResult()
    loaded.run(result)
    assert (result.testsRun, result.errors, result.failures) == (1, [], [])
    assert (current().alpha, current().sampled) == (0.05, before + 1)
    assert 0 < current().spent < 0.05


@pytest.mark.parametrize("claims", [None, 40])
def test_a_budget_is_never_overspent_and_never_empty_before_its_last_claim(claims: int | None) -> None:
    budget = ErrorBudget(0.01, claims=claims)
    taken = [budget.take() for _ in range(40)]
    # A tenth five times leaves a half, of which the k-th takes 1 / (k + 1): 0.03 / 6, less 1 / 7 of it, and so on.
    wanted = [0.01 / 40] * 40 if claims else [min(0.01 / 10, 0.03 / (k * (k + 1))) for k in range(1, 41)]
    assert taken == pytest.approx(wanted)
    assert sum(taken) <= 0.01 * (1 + 1e-12)
    with pytest.raises(RequestError, match="with claims=40, and this is claim 41" if claims else "of 0.01 is left"):
        budget.take(0.01)


def test_a_claim_more_than_were_declared_is_told_as_such_whatever_is_left() -> None:
    budget = ErrorBudget(0.025, claims=1, most=0.005)
    budget.take()
    with pytest.raises(RequestError, match=r"declared with claims=1, .*claim 2 .*\nWrite claims=2"):
        budget.take()
    assert budget.spent == 0.005


def test_claims_of_one_test_are_drawn_each_by_its_own_seed_and_again_by_the_same() -> None:
    bench = Bench(Ghz.overrides)
    seeds = [
        [bench.check(budget, "distribution").seed for _ in range(3)]
        for budget in (ErrorBudget(0.05), ErrorBudget(0.05))
    ]
    assert seeds[0] == seeds[1] and len({None, *seeds[0]}) == 4
    assert seeds[0][0] == draw(bench.spec.seed, "test", "distribution"), "the first is drawn as `qmlops test` would"


def test_a_case_that_is_run_again_draws_what_it_drew(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = []

    def noted(bench: Bench, *words: Any, **fields: Any) -> Verdict:
        verdict = check(bench, *words, **fields)
        seeds.append(verdict.seed)
        return verdict

    check = Bench.check
    monkeypatch.setattr(Bench, "check", noted)
    case = Twice("test_drawn")
    assert case.run() is not None and case.run() is not None
    assert seeds[:2] == seeds[2:] and len(set(seeds)) == 2


@pytest.mark.parametrize("outcome", ["pass", "fail", "inconclusive"])
def test_a_verdict_is_true_where_it_passes_and_shows_its_reason(outcome: Outcome) -> None:
    verdict = Verdict(outcome, "<Z0> is 0.2.")
    assert bool(verdict) is (outcome == "pass")
    assert repr(verdict) == str(verdict) == f"{outcome}: <Z0> is 0.2."
