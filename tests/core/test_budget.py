"""A request fits a budget or is told why not, and what is proposed is enough."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qmlops.core.budget import Budget, Spent, objections
from qmlops.core.ticket import Cost

LIST = "price list of 2026-11-01"
HUNDRED = Cost(8.3, "USD", LIST)


def allowed(budget: Budget, cost: Cost, spent: Spent = Spent(), circuits: int = 4, shots: int = 400) -> bool:  # noqa: B008
    return not objections(budget, spent, cost, circuits, shots)


def test_nothing_is_paid_by_default_and_free_work_passes() -> None:
    assert not allowed(Budget(), HUNDRED)
    assert not allowed(Budget(), Cost(None, "USD", "no price list"))
    assert not allowed(Budget(), Cost(3.0, "EUR", LIST))
    assert not allowed(Budget(), Cost(3.0, "seconds", LIST))
    assert allowed(Budget(), Cost(0.0, "USD", "free")) and allowed(Budget(), Cost(0.0, "credits", "free"))
    assert allowed(Budget(minutes=0.0), Cost(0.0, "USD", "free"))


def test_money_is_bounded_together_with_what_is_spent_before() -> None:
    budget = Budget(usd=20.0)
    assert allowed(budget, HUNDRED, Spent(usd=11.7))
    assert not allowed(budget, HUNDRED, Spent(usd=11.71))
    assert allowed(Budget(usd=None), Cost(None, "USD", "unknown")) and allowed(Budget(usd=None), Cost(1e6, "EUR", LIST))


@pytest.mark.parametrize("usd", [0.0, 20.0, 1e6])
def test_a_price_that_is_unknown_or_in_another_unit_is_never_taken_for_a_small_one(usd: float) -> None:
    assert not allowed(Budget(usd=usd), Cost(None, "USD", "unknown"))
    assert not allowed(Budget(usd=usd), Cost(0.01, "credits", LIST))
    assert not allowed(Budget(usd=usd), Cost(0.01, "minutes", LIST))


def test_time_is_a_bound_of_its_own() -> None:
    minute = Cost(60.0, "seconds", LIST)
    assert allowed(Budget(minutes=1.0), minute) and allowed(Budget(minutes=1.0), Cost(1.0, "minutes", LIST))
    assert not allowed(Budget(minutes=1.0), minute, Spent(seconds=0.1))
    assert not allowed(Budget(usd=100.0, minutes=1.0), HUNDRED), "its time is not known"
    assert allowed(Budget(usd=100.0, minutes=1.0), replace(HUNDRED, seconds=59.0))


@pytest.mark.parametrize("name", ["shots", "circuits"])
def test_counts_are_bounded_even_where_they_are_free(name: str) -> None:
    free, wanted = Cost(0.0, "USD", "free"), {"shots": 400, "circuits": 4}[name]
    assert allowed(Budget(**{name: wanted}), free)
    assert not allowed(Budget(**{name: wanted}), free, Spent(shots=1, circuits=1))
    assert not allowed(Budget(**{name: wanted - 1}), free)


COSTS = {
    "money": HUNDRED,
    "money at an unknown price": Cost(None, "USD", "unknown"),
    "another currency": Cost(0.3337, "EUR", LIST),
    "time": Cost(77.7, "seconds", LIST),
    "money and time": Cost(0.123456, "USD", LIST, seconds=1234.5),
    "unknown time": Cost(None, "minutes", "unknown"),
}


@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
@pytest.mark.parametrize("budget", [Budget(), Budget(usd=1.0, shots=100, circuits=3, minutes=0.5)], ids=str)
def test_the_overrides_that_a_refusal_proposes_allow_the_request(budget: Budget, cost: Cost) -> None:
    spent = Spent(0.9, 50, 2, 10.0)
    told = objections(budget, spent, cost, 4, 400)
    assert told
    changes = [word.removeprefix("budget.").split("=") for _, overrides in told for word in overrides.split()]
    changed = {key: None if value == "null" else float(value) for key, value in changes}
    assert allowed(replace(budget, **changed), cost, spent)  # type: ignore[arg-type]
