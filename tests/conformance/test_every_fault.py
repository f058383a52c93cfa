"""What the adapters' own tests leave of the faults: each question and each submission, at every provider."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from experiments.exactly_once.place import PLACES, Place
from qmlops.core.backend import Backend
from qmlops.core.ticket import Ticket
from qmlops.core.work import Work
from qmlops.errors import Ambiguous, JobFailed, Unavailable
from qmlops.testing.contracts.session import asymmetric, finish
from tests.conformance.conftest import needs
from tests.doubles.fault import drip, drop, nonsense

LONG = 60.0
"""Seconds that a fault lasts; a call that lasts half as long has hung."""
FAULTS = (drop(True), nonsense(), nonsense(b"[]"), nonsense(b"null"), drip(LONG))
QUESTIONS = {
    "ionq": {
        "status": ("GET", r"/jobs/[0-9a-f-]{36}$"),
        "result": ("GET", "/results"),
        "find": ("GET", "/jobs$"),
        "cancel": ("PUT", "/cancel$"),
    },
    "braket": {
        "status": ("GET", "/quantum-task/"),
        "result": ("GET", r"results\.json"),
        "find": ("POST", "/quantum-tasks$"),
        "cancel": ("PUT", "/cancel$"),
    },
    "ibm": {
        "status": ("GET", r"/jobs/\w{20}$"),
        "result": ("GET", "/results$"),
        "find": ("GET", "/jobs$"),
        "cancel": ("POST", "/cancel$"),
    },
}
CASES = [(name, question) for name, paths in QUESTIONS.items() for question in paths]
Served = tuple[Place, Any, Backend]


@pytest.fixture
def served(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A provider, its double, and a patient backend at it."""
    needs(name)
    place = PLACES[name]
    double = place.double(1)
    for variable, value in place.variables(double).items():
        monkeypatch.setenv(variable, value)
    yield place, double, place.backend(double.url, 10.0)
    double.close()


def hasty(backend: Any, fault: Any) -> Backend:
    """Waits a second where the fault is slow."""
    made: Backend = replace(backend, timeout=1.0) if fault.name == "drip" else backend
    return made


def asked(backend: Backend, question: str, ticket: Ticket, work: Work) -> Any:
    session = backend.open()
    ways: dict[str, Callable[[], Any]] = {
        "status": lambda: session.status(ticket).state,
        "result": lambda: session.result(ticket, [work])[0].values.tolist(),
        "find": lambda: session.find(ticket.token),
        "cancel": lambda: session.cancel(ticket),
    }
    return ways[question]()


@pytest.mark.parametrize(("name", "question"), CASES)
def test_a_question_has_the_right_answer_or_one_clear_error_in_time(name: str, question: str, served: Served) -> None:
    _, double, backend = served
    work, session = asymmetric(backend, 100), backend.open()
    if question == "cancel":
        double.conduct.polls = 1000
    ticket = session.submit([work], "token")
    if question != "cancel":
        finish(session, ticket, [work])
    wanted = {"status": "done", "result": [[-1.0, 1.0, 1.0]], "find": ticket, "cancel": None}[question]
    for fault in FAULTS:
        double.plan(fault, *QUESTIONS[name][question])
        begun = time.monotonic()
        try:
            assert asked(hasty(backend, fault), question, ticket, work) == wanted
        except (Unavailable, JobFailed) as error:
            assert type(error) in (Unavailable, JobFailed) and len(str(error)) < 400
        assert time.monotonic() - begun < LONG / 2
        if question != "cancel":
            assert double.waiting() == [] and asked(backend, question, ticket, work) == wanted
        double.clear()


@pytest.mark.parametrize("name", PLACES)
def test_a_submission_whose_answer_says_nothing_is_in_doubt_and_is_found(name: str, served: Served) -> None:
    place, double, backend = served
    work = asymmetric(backend, 100)
    for number, fault in enumerate((nonsense(), nonsense(b"[]"), nonsense(b"null"))):
        double.plan(fault, "POST", place.path)
        with pytest.raises(Ambiguous):
            backend.open().submit([work], f"token-{number}")
        assert double.tally.submissions == number + 1
        assert backend.open().find(f"token-{number}") is not None
