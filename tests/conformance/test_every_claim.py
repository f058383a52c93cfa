"""What a session of tests plans is the most that each provider then counts, its training counted to the unit."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.exactly_once.place import PLACES
from qmlops.errors import BudgetError
from qmlops.testing.report import as_text
from qmlops.testing.session import open_session
from qmlops.testing.suite import run
from tests.conformance.conftest import needs
from tests.conformance.test_every_plan import MACHINE
from tests.conftest import MakeSpec
from tests.doubles.fault import Double
from tests.doubles.reach import words

SMALL = (
    *("+experiment=vqc", "~tests", "circuit.layers=1", "data.split.test=0.8", "data.batch=2", "steps=2"),
    *("metric=none", "gradient=parameter_shift", "shots=20", "tracker=none"),
)
CLAIMS = {
    "mean": "{kind: expectation, observable: Z0 + X1, effect: 0.8}",
    "echo": "{kind: metamorphic, relation: inverse, fidelity: 0.95, effect: 0.2}",
    "spread": "{kind: distribution, effect: 0.3}",
    "slope": "{kind: gradient_bias, effect: 0.5}",
    "noise": "{kind: gradient_variance, at_most: 0.05, shots: 20, effect: 0.8}",
    "stands_out": "{kind: gradient_snr, at_least: 0.5, shots: 20}",
    "whole": "{kind: product_inputs, settings: 3, shots: 300}",
}


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("name", PLACES)
def test_a_claim_sends_no_more_than_its_plan_and_some_requests_of_many_shots(
    name: str, claim: str, double: Double, spec_of: MakeSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # IonQ's older API tells no prices, which no amount allows.
    at = (*words(name, double), *MACHINE.get(name, []), "budget.usd=null")
    spec = spec_of(*SMALL, f"+tests.{claim}={CLAIMS[claim]}", *at)
    session = open_session(spec)
    assert session.loads.training is None and double.tally.submissions == 0
    most = session.loads.claims[claim]
    assert 1 <= most.requests <= spec.suite.looks
    assert session.jobs == []
    (checked,) = run(session.subject, session.planned, lambda text: None)
    tally = double.tally
    assert len(session.jobs) == tally.submissions
    assert f"{tally.submissions} jobs at the provider for " in as_text([checked], session)
    assert 1 <= tally.submissions <= most.requests
    assert tally.circuits <= most.circuits and tally.shots <= most.shots
    assert tally.shots == checked.verdict.shots


@pytest.mark.parametrize("name", PLACES)
def test_training_for_a_claim_is_counted_and_wants_to_be_allowed(
    name: str, double: Double, spec_of: MakeSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the claim itself sends nothing there."""
    monkeypatch.chdir(tmp_path)
    at = (*words(name, double), *MACHINE.get(name, []), "budget.usd=null")
    spec = spec_of(*SMALL, "+tests.quiet={kind: noise_resilience, delta: 0.5}", *at)
    refused = open_session(spec)
    hardware = spec.backend.target().hardware
    if hardware:
        with pytest.raises(BudgetError, match="--spend"):
            refused.check(lambda text: None)
    assert double.tally.submissions == 0
    session = open_session(spec)
    planned = session.loads
    assert planned.claims["quiet"].requests == 0 and planned.training is not None
    assert {item.category for item in session.planned} == {"hardware" if hardware else "integration"}
    assert len(list(run(session.subject, session.planned, lambda text: None))) == 1
    sent = (double.tally.submissions, double.tally.circuits, double.tally.shots)
    assert (planned.training.requests, planned.training.circuits, planned.training.shots) == sent
    assert planned.cost.amount == planned.training.money


@pytest.mark.parametrize("name", ["ionq"])
def test_a_price_that_is_in_no_list_is_asked_for_and_nothing_is_sent(
    name: str, double: Double, spec_of: MakeSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words_at = (*words(name, double), *MACHINE[name], "+tests.slope={kind: gradient_bias, effect: 0.5, at: trained}")
    spec = spec_of(*SMALL, *words_at)
    assert open_session(spec).loads.cost.amount is None
    cost = open_session(spec, asked=True).loads.cost
    if "v0.3" in cost.basis:  # IonQ's older API has none to tell.
        assert cost.amount is None
    else:
        assert cost.amount is not None and cost.amount > 0 and "estimate" in cost.basis
    assert double.tally.submissions == 0


@pytest.mark.parametrize("claim", ["mean", "echo", "slope", "noise", "stands_out", "whole"])
def test_exact_values_of_a_providers_simulator_are_planned_and_want_to_be_allowed(
    claim: str, spec_of: MakeSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as Braket's SV1, which bills its time: nothing is drawn there, and tasks are sent all the same."""
    needs("braket")
    monkeypatch.chdir(tmp_path)
    spec = spec_of(*SMALL[:-2], "shots=null", "tracker=none", f"+tests.{claim}={CLAIMS[claim]}", "backend=braket")
    session = open_session(spec)
    planned = session.loads
    assert session.subject.exact and session.planned[0].level.alpha == 0
    assert planned.claims[claim].requests >= 1 and planned.cost.amount is not None and planned.cost.amount > 0
    with pytest.raises(BudgetError, match="--spend"):
        session.check(lambda text: None)
