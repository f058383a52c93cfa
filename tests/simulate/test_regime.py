"""How many threads the engine takes, and what it says of a number that is none."""

from __future__ import annotations

import pytest

from qmlops.errors import RequestError
from qmlops.simulate.regime import threads


def test_the_variable_is_the_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QMLOPS_THREADS", "3")
    assert threads() == 3


@pytest.mark.parametrize("written", ["abc", "0", "-2", "1.5", "²", "9" * 5000])
def test_a_variable_that_is_no_number_of_threads_is_refused(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("QMLOPS_THREADS", written)
    with pytest.raises(RequestError, match="QMLOPS_THREADS is"):
        threads()


@pytest.mark.parametrize("written", ["", None])
def test_without_the_variable_all_processors_are_taken(monkeypatch: pytest.MonkeyPatch, written: str | None) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 5})
    monkeypatch.delenv("QMLOPS_THREADS", raising=False)
    if written is not None:
        monkeypatch.setenv("QMLOPS_THREADS", written)
    assert threads() == 3
