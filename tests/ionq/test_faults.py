"""Whatever goes wrong between cirq-ionq and IonQ: one attempt a job, and one clear typed error, in bounded time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from qmlops.core.work import Work
from qmlops.errors import Ambiguous, BackendError, CredentialError, JobFailed, QmlopsError, Unavailable, Unsent
from tests.doubles.fault import Fault, drip, drop, garbage, nonsense, silence, status, truncated
from tests.doubles.ionq import KEY, IonqDouble
from tests.ionq.conftest import POINTS, MakeBackend, collect, turned

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
    assert not any(word in message for word in (KEY, "apiKey", "rotation", "qubits"))


def works(backend: MakeBackend) -> list[Work]:
    return [Work(backend().lower(turned("Z0", "X1")), POINTS)]


DOUBT = [
    nonsense(), nonsense(b"[]"), garbage(), garbage(502), garbage(200, processed=False), truncated(),
    drop(False), drop(True), silence(LONG), silence(LONG, processed=True), drip(LONG),
    status(307), status(408), *(status(code) for code in (500, 502, 503, 504, 520)), status(504, processed=True),
]  # fmt: skip


@pytest.mark.parametrize("fault", DOUBT, ids=lambda fault: f"{fault.name}{'+' * fault.processed}")
def test_a_doubtful_submission_is_made_once_and_found_where_it_arrived(
    backend: MakeBackend, double: IonqDouble, fault: Fault
) -> None:
    asked = works(backend)
    double.plan(fault, "POST", "/jobs$")
    with told(Ambiguous):
        backend(timeout=SHORT if fault.name in ("silence", "drip") else 20.0).open().submit(asked, "token")
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
        (status(429, retry_after=7), True, 7.0), (status(429), True, None), (status(409), True, None),
        (status(400), False, None), (status(404), False, None), (status(413), False, None), (status(422), False, None),
        (status(400, text=f"bad {KEY} {'x' * 500}"), False, None),
    ],
    ids=lambda value: getattr(value, "name", None),
)  # fmt: skip
def test_a_refused_submission_is_certainly_not_there(
    backend: MakeBackend, double: IonqDouble, fault: Fault, again: bool, wait: float | None
) -> None:
    double.plan(fault, "POST", "/jobs$")
    with told(Unsent) as found:
        backend().open().submit(works(backend), "token")
    (error,) = found
    assert isinstance(error, Unsent) and (error.again, error.wait) == (again, wait)
    assert (double.asked("POST", "/jobs$"), double.tally.submissions) == (1, 0)


def test_where_nobody_listens_nothing_was_sent(backend: MakeBackend, double: IonqDouble) -> None:
    asked, made = works(backend), backend()
    double.close()
    with told(Unsent) as found:
        made.open().submit(asked, "token")
    (error,) = found
    assert isinstance(error, Unsent) and error.again
    with told(Unavailable):
        made.open().find("token")


QUESTIONS = {
    "status": (r"GET", r"/jobs/[0-9a-f-]{36}$"),
    "result": (r"GET", r"/results"),
    "find": (r"GET", r"/jobs$"),
    "cancel": (r"PUT", r"/cancel$"),
    "current": (r"GET", r"/backends/"),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    "fault",
    [drop(False), silence(LONG), truncated(), garbage(), nonsense(), status(429, 3), status(500), status(503)],
    ids=lambda fault: fault.name,
)
def test_an_unanswered_question_may_be_asked_again(
    backend: MakeBackend, double: IonqDouble, fault: Fault, question: str
) -> None:
    patient, asked = backend(), works(backend)
    session = patient.open()
    ticket = session.submit(asked, "token")
    collect(session, ticket, asked)
    hasty = backend(timeout=SHORT if fault.name == "silence" else 20.0)

    def ask(made: object) -> object:
        opened = made.open()  # type: ignore[attr-defined]
        ways = {
            "status": lambda: opened.status(ticket).state,
            "result": lambda: opened.result(ticket, asked)[0].values.shape,
            "find": lambda: opened.find("token"),
            "cancel": lambda: opened.cancel(ticket),
            "current": lambda: made.current().qubits,  # type: ignore[attr-defined]
        }
        return ways[question]()

    double.plan(fault, *QUESTIONS[question])
    with told(Unavailable):
        ask(hasty)
    wanted = {"status": "done", "result": (3, 2), "find": ticket, "cancel": None, "current": 29}
    assert ask(patient) == wanted[question]
    assert double.waiting() == []


def test_a_lost_page_of_a_long_list_does_not_lose_the_pages_before_it(backend: MakeBackend, double: IonqDouble) -> None:
    session, asked = backend().open(), works(backend)
    for number in range(30):
        session.submit(asked, f"token {number}")
    double.plan(status(500), "GET", "/jobs$", times=3, after=1)
    assert session.find("none") is None
    assert double.asked("GET", "/jobs$") == 2 + 3
    double.plan(status(500), "GET", "/jobs$", times=4, after=1)
    with told(Unavailable):
        session.find("none")
    assert double.waiting() == []


def test_an_answer_that_drips_for_less_than_the_time_out_is_taken(backend: MakeBackend, double: IonqDouble) -> None:
    double.plan(drip(0.2), "POST", "/jobs$")
    session, asked = backend().open(), works(backend)
    assert collect(session, session.submit(asked, "token"), asked)[0].values.shape == (3, 2)


def test_a_job_that_is_not_there_has_failed(backend: MakeBackend, double: IonqDouble) -> None:
    session, asked = backend().open(), works(backend)
    ticket = session.submit(asked, "token")
    double.jobs.clear()
    with told(JobFailed):
        session.status(ticket)


def test_a_machine_that_is_offline_takes_no_job_and_says_so(backend: MakeBackend, double: IonqDouble) -> None:
    double.conduct.offline = True
    made = backend(device="qpu.forte-1")
    with told(Unavailable) as found:
        made.current()
    assert "unavailable" in str(found[0])
    with told(Unsent):
        made.open().submit([Work(made.lower(turned("Z0")), POINTS, 100)], "token")


def test_a_key_that_is_missing_is_told_before_anything_is_sent(
    backend: MakeBackend, double: IonqDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = works(backend)
    session = backend().open()
    monkeypatch.delenv("IONQ_API_KEY")
    with told(CredentialError) as found:
        session.submit(asked, "token")
    assert "IONQ_API_KEY" in str(found[0]) and double.requests == []
    assert [mistake.path for mistake in backend().missing()] == ["backend.api_key"]


def test_a_key_that_is_refused_is_told_by_its_reference(
    backend: MakeBackend, double: IonqDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER", "canary-9f3")
    made = backend(api_key="env:OTHER")
    with told(CredentialError) as found:
        made.open().submit(works(backend), "token")
    assert "env:OTHER" in str(found[0]) and "canary" not in str(found[0])
    assert double.tally.submissions == 0


def test_no_error_of_a_provider_is_a_users_mistake() -> None:
    assert all(issubclass(kind, BackendError) and kind("").exit_code == 3 for kind in (Ambiguous, Unsent, Unavailable))
    assert CredentialError("").exit_code == 2


def test_results_of_a_done_job_that_are_not_shown_yet_may_be_asked_for_again(
    backend: MakeBackend, double: IonqDouble
) -> None:
    asked, session = works(backend), backend().open()
    ticket = session.submit(asked, "token")
    while session.status(ticket).state != "done":
        pass
    double.plan(status(404), "GET", "(results|artifacts)", times=2)
    with told(Unavailable):
        session.result(ticket, asked)
    double.clear()
    assert len(session.result(ticket, asked)) == len(asked)
