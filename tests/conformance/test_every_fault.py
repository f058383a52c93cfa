"""Whatever goes wrong between a client and its provider: one attempt a job, one clear typed error, in bounded time."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from experiments.exactly_once.place import PLACES
from qmlops.core.ticket import Ticket
from qmlops.core.work import Work
from qmlops.errors import Ambiguous, BackendError, CredentialError, JobFailed, QmlopsError, Unavailable, Unsent
from tests.conformance.conftest import MakeBackend
from tests.doubles import braket, ibm, ionq
from tests.doubles.fault import Double, Fault, drip, drop, garbage, nonsense, silence, status, truncated
from tests.doubles.works import LONG, POINTS, SHORT, collect, ended, told, turned

NEVER = {
    "ionq": (ionq.KEY, "apiKey", "rotation", "qubits"),
    "braket": (braket.KEY, braket.SECRET, "Authorization", "OPENQASM", "qubit["),
    "ibm": (ibm.KEY, "Bearer", "quantum_program", "crn:"),
}
"""Keys, and words of what is sent: no message holds them."""
KEYS = {
    "ionq": ("IONQ_API_KEY",),
    "braket": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "ibm": ("IBM_QUANTUM_TOKEN",),
}
REMEDY = {"ionq": "IONQ_API_KEY", "braket": "AWS_PROFILE", "ibm": "IBM_QUANTUM_TOKEN"}
DOUBT = (
    nonsense(), nonsense(b"[]"), nonsense(b"null"), garbage(), garbage(502), garbage(200, processed=False), truncated(),
    drop(False), drop(True), silence(LONG), silence(LONG, processed=True), drip(LONG), status(307), status(408),
    *(status(code) for code in (500, 502, 503, 504, 520)), status(504, processed=True),
)  # fmt: skip
REFUSALS: dict[str, list[tuple[Fault, bool, float | None]]] = {
    name: [(status(429, retry_after=7), True, 7.0), (status(429), True, None)]
    + [(status(code), False, None) for code in (400, 404)]
    + [(status(400, text=f"bad {NEVER[name][0]} {'x' * 500}"), False, None)]
    for name in PLACES
}
REFUSALS["ionq"] += [(status(409), True, None), (status(413), False, None), (status(422), False, None)]
REFUSALS["braket"] += [(status(402), True, None), (status(410), False, None), (status(424), False, None)]
REFUSALS["ibm"] += [(status(409), False, None), (status(413), False, None)]
QUESTIONS = {
    "ionq": {
        "status": ("GET", r"/jobs/[0-9a-f-]{36}$"),
        "result": ("GET", "/results"),
        "find": ("GET", "/jobs$"),
        "cancel": ("PUT", "/cancel$"),
        "current": ("GET", "/backends/"),
    },
    "braket": {
        "status": ("GET", "/quantum-task/"),
        "result": ("GET", r"results\.json"),
        "find": ("POST", "/quantum-tasks$"),
        "cancel": ("PUT", "/cancel$"),
        "current": ("GET", "/device/"),
    },
    "ibm": {
        "status": ("GET", r"/jobs/\w{20}$"),
        "result": ("GET", "/results$"),
        "find": ("GET", "/jobs$"),
        "cancel": ("POST", "/cancel$"),
        "cost": ("GET", "/metrics$"),
        "current": ("GET", r"/backends/\w+/status$"),
    },
}
CASES = [(name, question) for name, paths in QUESTIONS.items() for question in paths]
SPOILT = (drop(False), silence(LONG), truncated(), garbage(), status(429, 3), status(500), status(503))
"""Faults of which no answer is right."""
STRANGE = (drop(True), nonsense(), nonsense(b"[]"), nonsense(b"null"), drip(LONG))
"""Faults of which some questions have the right answer, such as one whose answer is empty."""
EMPTY = ("ibm", "cancel")
"""An answer of which nothing can be cut."""


def works(backend: MakeBackend) -> list[Work]:
    return [Work(backend().lower(turned("Z0", "X1")), POINTS, 10)]


def hasty(backend: MakeBackend, fault: Fault) -> Any:
    """Waits a second where the fault is slow."""
    return backend(timeout=SHORT) if fault.name in ("silence", "drip") else backend()


def submitted(session: Any, sent: list[Work], token: str, question: str) -> Ticket:
    """A job that is done, or for a cancellation one that is not."""
    ticket: Ticket = session.submit(sent, token)
    if question != "cancel":
        ended(session, ticket)
    return ticket


def asked(made: Any, session: Any, question: str, ticket: Ticket, sent: list[Work]) -> Any:
    ways = {
        "status": lambda: session.status(ticket).state,
        "result": lambda: session.result(ticket, sent)[0].values.shape,
        "find": lambda: session.find(ticket.token),
        "cancel": lambda: session.cancel(ticket),
        "cost": lambda: session.cost(ticket).unit,
        "current": lambda: bool(made.current().qubits),
    }
    return ways[question]()


def wanted(question: str, ticket: Ticket) -> Any:
    answers = {"status": "done", "result": (3, 2), "find": ticket, "cancel": None, "cost": "USD", "current": True}
    return answers[question]


@pytest.mark.parametrize("fault", DOUBT, ids=lambda fault: f"{fault.name}{'+' * fault.processed}")
@pytest.mark.parametrize("name", PLACES)
def test_a_doubtful_submission_is_made_once_and_found_where_it_arrived(
    name: str, backend: MakeBackend, double: Double, fault: Fault
) -> None:
    sent, submits = works(backend), ("POST", PLACES[name].path)
    double.plan(fault, *submits)
    with told(Ambiguous, *NEVER[name]):
        hasty(backend, fault).open().submit(sent, "token")
    assert double.asked(*submits) == 1 and double.tally.submissions == int(fault.processed)
    session = backend().open()
    ticket = session.find("token")
    assert (ticket is not None) == fault.processed
    if PLACES[name].idempotent:
        ticket = session.submit(sent, "token")
        assert double.tally.submissions == 1
    if ticket is not None:
        assert np.isfinite(collect(session, ticket, sent)[0].values).all()


@pytest.mark.parametrize("name", PLACES)
def test_a_refused_submission_is_certainly_not_there(name: str, backend: MakeBackend, double: Double) -> None:
    sent, submits = works(backend), ("POST", PLACES[name].path)
    for number, (fault, again, wait) in enumerate(REFUSALS[name]):
        double.plan(fault, *submits)
        with told(Unsent, *NEVER[name]) as found:
            backend().open().submit(sent, "token")
        (error,) = found
        assert isinstance(error, Unsent) and (error.again, error.wait) == (again, wait), fault.name
        assert (double.asked(*submits), double.tally.submissions) == (number + 1, 0)


@pytest.mark.parametrize("name", PLACES)
def test_where_nobody_listens_nothing_was_sent(name: str, backend: MakeBackend, double: Double) -> None:
    session, sent = backend().open(), works(backend)
    ticket = session.submit(sent, "token")
    double.close()
    with told(Unsent, *NEVER[name]) as found:
        session.submit(sent, "other")
    (error,) = found
    assert isinstance(error, Unsent) and error.again
    for question in (lambda: session.find("token"), lambda: session.status(ticket)):
        with told(Unavailable, *NEVER[name]):
            question()


@pytest.mark.parametrize(("name", "question"), CASES)
def test_an_unanswered_question_may_be_asked_again(name: str, question: str, backend: MakeBackend, double: Any) -> None:
    sent, made = works(backend), backend()
    session = made.open()
    double.conduct.polls = 1000 if question == "cancel" else 0
    for number, fault in enumerate(SPOILT):
        if (name, question) == EMPTY and fault.name == "truncated":
            continue
        ticket = submitted(session, sent, f"token-{number}", question)
        quick = hasty(backend, fault)
        double.plan(fault, *QUESTIONS[name][question])
        with told(Unavailable, *NEVER[name]):
            asked(quick, quick.open(), question, ticket, sent)
        assert asked(made, session, question, ticket, sent) == wanted(question, ticket)
        assert double.waiting() == []


@pytest.mark.parametrize(("name", "question"), CASES)
def test_a_question_has_the_right_answer_or_one_clear_error_in_time(
    name: str, question: str, backend: MakeBackend, double: Any
) -> None:
    sent, made = works(backend), backend()
    session = made.open()
    double.conduct.polls = 1000 if question == "cancel" else 0
    for number, fault in enumerate(STRANGE):
        ticket = submitted(session, sent, f"token-{number}", question)
        quick = hasty(backend, fault)
        double.plan(fault, *QUESTIONS[name][question])
        begun = time.monotonic()
        try:
            assert asked(quick, quick.open(), question, ticket, sent) == wanted(question, ticket)
        except (Unavailable, JobFailed) as error:
            assert type(error) in (Unavailable, JobFailed) and len(str(error)) < 400
        assert time.monotonic() - begun < LONG / 2 and double.waiting() == []
        if question != "cancel":
            assert asked(made, session, question, ticket, sent) == wanted(question, ticket)


@pytest.mark.parametrize("name", PLACES)
def test_results_of_a_done_job_that_are_not_shown_yet_may_be_asked_for_again(
    name: str, backend: MakeBackend, double: Double
) -> None:
    sent, session = works(backend), backend().open()
    ticket = session.submit(sent, "token")
    assert ended(session, ticket) == "done"
    double.plan(status(404), "GET", "results|artifacts", times=2 if name == "ionq" else 1)
    with told(Unavailable, *NEVER[name]):
        session.result(ticket, sent)
    double.clear()
    assert len(session.result(ticket, sent)) == 1


@pytest.mark.parametrize("name", PLACES)
def test_a_status_of_a_job_that_is_not_shown_is_an_error_and_no_status(
    name: str, backend: MakeBackend, double: Any
) -> None:
    session = backend().open()
    ticket = session.submit(works(backend), "token")
    (double.tasks if name == "braket" else double.jobs).clear()
    with told(JobFailed, *NEVER[name]):
        session.status(ticket)


@pytest.mark.parametrize("name", PLACES)
def test_keys_that_are_missing_are_told_before_anything_is_sent(
    name: str, backend: MakeBackend, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, session = works(backend), backend().open()
    for variable in KEYS[name]:
        monkeypatch.delenv(variable)
    monkeypatch.setattr("qmlops.parts.backend.braket.cloud._in_aws", lambda: False)
    with told(CredentialError, *NEVER[name]) as found:
        session.submit(sent, "token")
    assert REMEDY[name] in str(found[0])
    assert double.requests == [] and len(backend().missing()) == 1


@pytest.mark.parametrize("name", PLACES)
def test_keys_that_are_refused_are_told_without_them(
    name: str, backend: MakeBackend, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in KEYS[name]:
        monkeypatch.setenv(variable, f"canary-{variable}")
    with told(CredentialError, *NEVER[name], "canary"):
        backend().open().submit(works(backend), "token")
    assert double.tally.submissions == 0


def test_no_error_of_a_provider_is_a_users_mistake() -> None:
    kinds: tuple[type[QmlopsError], ...] = (Ambiguous, Unsent, Unavailable, JobFailed)
    assert all(issubclass(kind, BackendError) and kind("").exit_code == 3 for kind in kinds)
    assert CredentialError("").exit_code == 2
