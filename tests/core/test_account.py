"""What an account answers to commands."""

from __future__ import annotations

from qmlops.core.account import Account


def test_a_new_budget_is_told_in_the_words_that_give_one() -> None:
    assert Account("a", "a").allow({"usd": 30.0, "circuits": 7}) == (
        "the budget is usd=30.0 shots=null circuits=7 minutes=null"
    )
