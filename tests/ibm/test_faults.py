"""Whatever goes wrong between qiskit-ibm-runtime and IBM: one attempt a job, one clear typed error, in bounded time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from qmlops.core.work import Work
from qmlops.errors import Ambiguous, CredentialError, JobFailed, QmlopsError, Unavailable, Unsent
from tests.doubles.fault import Fault, drip, drop, garbage, silence, status, truncated
from tests.doubles.ibm import CRN, KEY, IbmDouble
from tests.ibm.conftest import POINTS, MakeBackend, bits, collect, turned

SHORT = 1.0
"""Seconds that the adapter waits where the double is silent."""
LONG = 60.0
"""Of silence: a call that lasts as long has hung."""


@contextmanager
def told(kind: type[QmlopsError]) -> Iterator[list[QmlopsError]]:
    """An error of exactly this kind, in time, whose message holds neither the key nor what was sent."""
    begun, found = time.monotonic(), []
    with pytest.raises(kind) as caught:
        yield found
    found.append(caught.value)
    assert type(caught.value) is kind
    assert time.monotonic() - begun < LONG / 2
    message = str(caught.value)
    assert len(message) < 400 and caught.value.__cause__ is None
    assert not any(word in message for word in (KEY, "Bearer", "quantum_program", "crn:"))


def works(backend: MakeBackend) -> list[Work]:
    return [Work(backend().lower(turned("Z0", "X1")), POINTS, 20)]


DOUBT = [
    drop(False), drop(True), silence(LONG), silence(LONG, processed=True), drip(LONG), truncated(), garbage(),
    garbage(502), garbage(200, processed=False), status(408), *(status(code) for code in (500, 502, 503, 504, 520)),
    status(504, processed=True), status(307),
]  # fmt: skip


@pytest.mark.parametrize("fault", DOUBT, ids=lambda fault: f"{fault.name}{'+' * fault.processed}")
def test_a_doubtful_submission_is_made_once_and_found_where_it_arrived(
    backend: MakeBackend, double: IbmDouble, fault: Fault
) -> None:
    asked = works(backend)
    double.plan(fault, "POST", "/jobs$")
    with told(Ambiguous):
        backend(timeout=SHORT if fault.name in ("silence", "drip") else 300.0).open().submit(asked, "token")
    assert double.asked("POST", "/jobs$") == 1
    assert double.tally.submissions == int(fault.processed)
    session = backend().open()
    ticket = session.find("token")
    assert (ticket is not None) == fault.processed
    if ticket is not None:
        assert np.isfinite(collect(session, ticket, asked)[0].values).all()


@pytest.mark.parametrize(
    ("fault", "again", "wait"),
    [
        (status(429, retry_after=7), True, 7.0), (status(429), True, None), (status(400), False, None),
        (status(404), False, None), (status(409), False, None), (status(413), False, None),
        (status(400, text=f"bad {KEY} {'x' * 500}"), False, None),
    ],
    ids=lambda value: getattr(value, "name", None),
)  # fmt: skip
def test_a_refused_submission_is_certainly_not_there(
    backend: MakeBackend, double: IbmDouble, fault: Fault, again: bool, wait: float | None
) -> None:
    double.plan(fault, "POST", "/jobs$")
    with told(Unsent) as found:
        backend().open().submit(works(backend), "token")
    (error,) = found
    assert isinstance(error, Unsent) and (error.again, error.wait) == (again, wait)
    assert (double.asked("POST", "/jobs$"), double.tally.submissions) == (1, 0)


@pytest.mark.parametrize("path", ["/identity/token", "/usage$", "/status$", "/configuration$", "/properties$"])
@pytest.mark.parametrize("fault", [drop(False), garbage(), status(503), status(429)], ids=lambda fault: fault.name)
def test_a_question_that_is_not_answered_before_a_submission_leaves_nothing_sent(
    backend: MakeBackend, double: IbmDouble, fault: Fault, path: str
) -> None:
    double.plan(fault, "", path)
    session, asked = backend().open(), works(backend)
    with told(Unsent) as found:
        session.submit(asked, "token")
    (error,) = found
    assert isinstance(error, Unsent) and error.again
    assert double.asked("POST", "/jobs$") == 0
    assert session.submit(asked, "token").job in double.jobs


def test_where_nobody_listens_nothing_was_sent(backend: MakeBackend, double: IbmDouble) -> None:
    session, asked = backend().open(), works(backend)
    ticket = session.submit(asked, "token")
    double.close()
    with told(Unsent) as found:
        session.submit(asked, "other")
    (error,) = found
    assert isinstance(error, Unsent) and error.again
    for question in (lambda: session.find("token"), lambda: session.status(ticket)):
        with told(Unavailable):
            question()


QUESTIONS = {
    "status": ("GET", r"/jobs/\w{20}$"),
    "result": ("GET", r"/results$"),
    "find": ("GET", r"/jobs$"),
    "cancel": ("POST", r"/cancel$"),
    "cost": ("GET", r"/metrics$"),
    "current": ("GET", r"/backends/\w+/status$"),
}


SPOILT = [drop(False), silence(LONG), truncated(), garbage(), status(429, 3), status(500), status(503)]


@pytest.mark.parametrize(
    ("fault", "question"),
    [
        pytest.param(fault, question, id=f"{fault.name}-{question}")
        for fault in SPOILT
        for question in QUESTIONS
        # The answer to a cancellation is empty, and nothing of it could be cut.
        if (fault.name, question) != ("truncated", "cancel")
    ],
)
def test_an_unanswered_question_may_be_asked_again(
    backend: MakeBackend, double: IbmDouble, fault: Fault, question: str
) -> None:
    patient, asked = backend(), works(backend)
    session = patient.open()
    ticket = session.submit(asked, "token")
    collect(session, ticket, asked)
    hasty = backend(timeout=SHORT if fault.name == "silence" else 300.0)

    def ask(made: object, opened: object) -> object:
        ways = {
            "status": lambda: opened.status(ticket).state,  # type: ignore[attr-defined]
            "result": lambda: opened.result(ticket, asked)[0].values.shape,  # type: ignore[attr-defined]
            "find": lambda: opened.find("token"),  # type: ignore[attr-defined]
            "cancel": lambda: opened.cancel(ticket),  # type: ignore[attr-defined]
            "cost": lambda: opened.cost(ticket).unit,  # type: ignore[attr-defined]
            "current": lambda: made.current().qubits,  # type: ignore[attr-defined]
        }
        return ways[question]()

    double.plan(fault, *QUESTIONS[question])
    with told(Unavailable):
        ask(hasty, hasty.open())
    wanted = {"status": "done", "result": (3, 2), "find": ticket, "cancel": None, "cost": "USD", "current": 5}
    assert ask(patient, session) == wanted[question]
    assert double.waiting() == []


def test_results_that_are_json_and_nothing_else_are_an_error(backend: MakeBackend, double: IbmDouble) -> None:
    session, asked = backend().open(), works(backend)
    ticket = session.submit(asked, "token")
    for text, kind in {"{}": JobFailed, '"a page"': Unavailable, "[]": Unavailable, "null": Unavailable}.items():
        double.jobs[ticket.job].results = text
        with told(kind):
            session.result(ticket, asked)


def test_a_job_that_is_not_there_has_failed(backend: MakeBackend, double: IbmDouble) -> None:
    session, asked = backend().open(), works(backend)
    ticket = session.submit(asked, "token")
    double.jobs.clear()
    with told(JobFailed):
        session.status(ticket)


def test_a_machine_that_is_offline_or_paused_takes_no_job_unless_one_will_wait(
    backend: MakeBackend, double: IbmDouble
) -> None:
    asked = works(backend)
    double.provider.message = "internal"
    for word, offline in (("internal", False), ("offline", True)):
        double.conduct.offline = offline
        with told(Unavailable):
            backend().current()
        with told(Unsent) as found:
            backend().open().submit(asked, "token")
        assert word in str(found[0]) and "backend.paused=true" in str(found[0])
    assert double.asked("POST", "/jobs$") == 0
    double.conduct.offline = False
    assert backend(paused=True).open().submit(asked, "token").job in double.jobs


def test_an_instance_without_time_is_told_before_a_job_waits_in_it(backend: MakeBackend, double: IbmDouble) -> None:
    double.provider.used_up = True
    with told(Unsent) as found:
        backend().open().submit(works(backend), "token")
    assert "used up" in str(found[0]) and double.tally.submissions == 0


def test_a_machine_that_ibm_does_not_know_is_named(backend: MakeBackend) -> None:
    made = backend(device="ibm_boston")
    with told(Unavailable) as found:
        made.current()
    assert "ibm_boston" in str(found[0])
    with told(Unsent):
        made.open().submit([Work(bits(1), np.zeros((1, 0)), 10)], "token")


@pytest.mark.parametrize("name", ["IBM_QUANTUM_TOKEN", "IBM_QUANTUM_INSTANCE"])
def test_a_key_that_is_missing_is_told_before_anything_is_sent(
    backend: MakeBackend, double: IbmDouble, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    asked, session = works(backend), backend().open()
    monkeypatch.delenv(name)
    with told(CredentialError) as found:
        session.submit(asked, "token")
    assert name in str(found[0]) and double.requests == []
    assert [name in mistake.why for mistake in backend().missing()] == [True]


def test_a_key_that_is_refused_is_told_within_seconds_by_its_reference(
    backend: MakeBackend, double: IbmDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER", "canary-9f3")
    made = backend(api_key="env:OTHER")
    with told(CredentialError) as found:
        made.open().submit(works(backend), "token")
    assert "env:OTHER" in str(found[0]) and "canary" not in str(found[0])
    assert [request.path for request in double.requests] == ["/identity/token"]


def test_an_instance_that_is_not_the_keys_is_told(
    backend: MakeBackend, double: IbmDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IBM_QUANTUM_INSTANCE", CRN.replace("0123", "3210"))
    with told(CredentialError) as found:
        backend().open().submit(works(backend), "token")
    assert "instance" in str(found[0])
    for wrong in ("my-instance", "crn:v1:short"):
        monkeypatch.setenv("IBM_QUANTUM_INSTANCE", wrong)
        with told(CredentialError):
            backend().open().submit(works(backend), "token")


def test_a_new_key_is_used_from_the_next_question_on(
    backend: MakeBackend, double: IbmDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, asked = backend().open(), works(backend)
    session.submit(asked, "token")
    monkeypatch.setenv("IBM_QUANTUM_TOKEN", "expired")
    with told(CredentialError):
        session.find("token")
    monkeypatch.setenv("IBM_QUANTUM_TOKEN", KEY)
    assert session.find("token") is not None


def test_results_of_a_done_job_that_are_not_shown_yet_may_be_asked_for_again(
    backend: MakeBackend, double: IbmDouble
) -> None:
    asked, session = works(backend), backend().open()
    ticket = session.submit(asked, "token")
    while session.status(ticket).state != "done":
        pass
    double.plan(status(404), "GET", "/results$")
    with told(Unavailable):
        session.result(ticket, asked)
    assert len(session.result(ticket, asked)) == len(asked)
