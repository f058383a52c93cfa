"""Whatever goes wrong between the SDK and AWS: one attempt a task, and one clear typed error, in bounded time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from qmlops.core.work import Work
from qmlops.errors import Ambiguous, CredentialError, JobFailed, QmlopsError, Unavailable, Unsent
from tests.braket.conftest import POINTS, MakeBackend, collect, turned
from tests.doubles.braket import KEY, SECRET, BraketDouble
from tests.doubles.fault import Fault, drip, drop, garbage, silence, status, truncated

SHORT = 1.0
"""Seconds that the adapter waits where the double is silent."""
LONG = 60.0
"""Of silence: a call that lasts as long has hung."""
SUBMIT = ("POST", "/quantum-task$")


@contextmanager
def told(kind: type[QmlopsError]) -> Iterator[list[QmlopsError]]:
    """An error of exactly this kind, in time, whose message holds neither keys nor what was sent."""
    begun, found = time.monotonic(), []
    with pytest.raises(kind) as caught:
        yield found
    found.append(caught.value)
    assert type(caught.value) is kind
    assert time.monotonic() - begun < LONG / 2
    message = str(caught.value)
    assert len(message) < 400 and caught.value.__cause__ is None
    assert not any(word in message for word in (KEY, SECRET, "Authorization", "OPENQASM", "qubit["))


def works(backend: MakeBackend) -> list[Work]:
    return [Work(backend().lower(turned("Z0", "X1")), POINTS, 10)]


DOUBT = [
    drop(False), drop(True), silence(LONG), silence(LONG, processed=True), drip(LONG), truncated(), garbage(),
    garbage(502), garbage(200, processed=False), status(408), *(status(code) for code in (500, 503)),
    status(504, processed=True), status(307),
]  # fmt: skip


@pytest.mark.parametrize("fault", DOUBT, ids=lambda fault: f"{fault.name}{'+' * fault.processed}")
def test_a_doubtful_submission_is_made_once_and_repeated_it_is_one_task(
    backend: MakeBackend, double: BraketDouble, fault: Fault
) -> None:
    asked, timeout = works(backend), SHORT if fault.name in ("silence", "drip") else 20.0
    double.plan(fault, *SUBMIT)
    with told(Ambiguous):
        backend(device="Garnet", timeout=timeout).open().submit(asked, "token")
    assert double.asked(*SUBMIT) == 1
    assert double.tally.submissions == int(fault.processed)
    session = backend(device="Garnet").open()
    assert (session.find("token") is not None) == fault.processed
    ticket = session.submit(asked, "token")
    assert double.tally.submissions == 1
    assert np.isfinite(collect(session, ticket, asked)[0].values).all()


@pytest.mark.parametrize(
    ("fault", "again", "wait"),
    [
        (status(429, retry_after=7), True, 7.0), (status(429), True, None), (status(402), True, None),
        (status(400), False, None), (status(404), False, None), (status(410), False, None), (status(424), False, None),
        (status(400, text=f"bad {SECRET} {'x' * 500}"), False, None),
    ],
    ids=lambda value: getattr(value, "name", None),
)  # fmt: skip
def test_a_refused_submission_is_certainly_not_there(
    backend: MakeBackend, double: BraketDouble, fault: Fault, again: bool, wait: float | None
) -> None:
    double.plan(fault, *SUBMIT)
    with told(Unsent) as found:
        backend(device="Garnet").open().submit(works(backend), "token")
    (error,) = found
    assert isinstance(error, Unsent) and (error.again, error.wait) == (again, wait)
    assert (double.asked(*SUBMIT), double.tally.submissions) == (1, 0)


def test_where_nobody_listens_nothing_was_sent(backend: MakeBackend, double: BraketDouble) -> None:
    session, asked = backend(device="Garnet").open(), works(backend)
    double.close()
    with told(Unsent) as found:
        session.submit(asked, "token")
    (error,) = found
    assert isinstance(error, Unsent) and error.again
    with told(Unavailable):
        session.find("token")


QUESTIONS = {
    "status": ("GET", "/quantum-task/"),
    "result": ("GET", "results.json"),
    "find": ("POST", "/quantum-tasks$"),
    "current": ("GET", "/device/"),
    "quote": ("GET", "prices.csv"),
}


FAULTS = (drop(False), silence(LONG), drip(LONG), truncated(), garbage(), status(429, 3), status(500))


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_unanswered_question_may_be_asked_again(backend: MakeBackend, double: BraketDouble, question: str) -> None:
    patient, hasty, asked = backend(device="Garnet"), backend(device="Garnet", timeout=SHORT), works(backend)
    session, quick = patient.open(), hasty.open()
    ticket = session.submit(asked, "token")

    def ask(made: Any, opened: Any) -> object:
        ways = {
            "status": lambda: opened.status(ticket).state,
            "result": lambda: opened.result(ticket, asked)[0].values.shape,
            "find": lambda: opened.find("token"),
            "current": lambda: made.current().qubits,
            "quote": lambda: made.quote(asked).amount,
        }
        return ways[question]()

    cost = pytest.approx(0.3 + 30 * 0.00145)
    wanted = {"status": "done", "result": (3, 2), "find": ticket, "current": 4, "quote": cost}
    for fault in FAULTS:
        double.plan(fault, *QUESTIONS[question])
        with told(Unavailable):
            ask(hasty, quick)
        assert ask(patient, session) == wanted[question]
    assert double.waiting() == []


def test_a_task_that_is_not_there_has_failed(backend: MakeBackend, double: BraketDouble) -> None:
    session, asked = backend(device="Garnet").open(), works(backend)
    ticket = session.submit(asked, "token")
    double.tasks.clear()
    with told(JobFailed):
        session.status(ticket)


def test_a_machine_that_is_offline_takes_no_task_and_says_so(backend: MakeBackend, double: BraketDouble) -> None:
    double.conduct.offline = True
    made = backend(device="Garnet")
    with told(Unavailable) as found:
        made.current()
    assert "OFFLINE" in str(found[0])
    with told(Unsent) as found:
        made.open().submit(works(backend), "token")
    assert "DeviceOfflineException" in str(found[0])


def test_keys_that_are_missing_are_told_before_anything_is_sent(
    backend: MakeBackend, double: BraketDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, session = works(backend), backend(device="Garnet").open()
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setattr("qmlops.parts.backend.braket.cloud._in_aws", lambda: False)
    with told(CredentialError) as found:
        session.submit(asked, "token")
    assert "AWS_PROFILE" in str(found[0]) and double.requests == []
    assert [mistake.path for mistake in backend().missing()] == ["backend.profile"]
    with told(CredentialError):
        backend(profile="nobody").open().submit(asked, "token")


def test_keys_that_are_refused_are_told_without_them(
    backend: MakeBackend, double: BraketDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "CANARYKEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-9f3")
    session = backend(device="Garnet").open()
    with told(CredentialError) as found:
        session.submit(works(backend), "token")
    assert "UnrecognizedClientException" in str(found[0]) and "canary" not in str(found[0]).lower()
    assert double.tally.submissions == 0


def test_keys_that_run_out_between_two_tasks_leave_a_doubt_and_no_task_is_made_twice(
    backend: MakeBackend, double: BraketDouble
) -> None:
    asked = [Work(backend().lower(turned("Z0")), POINTS, 10)]
    double.plan(status(403), *SUBMIT, after=1)
    with told(Ambiguous) as found:
        backend().open().submit(asked, "token")
    assert "1 of 3 tasks" in str(found[0]) and double.tally.submissions == 1
    session = backend().open()
    collect(session, session.submit(asked, "token"), asked)
    assert double.tally.submissions == 3
