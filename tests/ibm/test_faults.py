"""What goes wrong at IBM alone; what may go wrong at every provider stands in tests/conformance."""

from __future__ import annotations

import numpy as np
import pytest

from qmlops.core.work import Work
from qmlops.errors import CredentialError, JobFailed, Unavailable, Unsent
from tests.doubles.fault import Fault, drop, garbage, status
from tests.doubles.ibm import CRN, KEY, IbmDouble
from tests.doubles.works import POINTS, bits, told, turned
from tests.ibm.conftest import MakeBackend


def works(backend: MakeBackend) -> list[Work]:
    return [Work(backend().lower(turned("Z0", "X1")), POINTS, 20)]


@pytest.mark.parametrize("path", ["/identity/token", "/usage$", "/status$", "/configuration$", "/properties$"])
@pytest.mark.parametrize("fault", [drop(False), garbage(), status(503), status(429)], ids=lambda fault: fault.name)
def test_a_question_that_is_not_answered_before_a_submission_leaves_nothing_sent(
    backend: MakeBackend, double: IbmDouble, fault: Fault, path: str
) -> None:
    double.plan(fault, "", path)
    session, asked = backend().open(), works(backend)
    with told(Unsent, KEY) as found:
        session.submit(asked, "token")
    (error,) = found
    assert isinstance(error, Unsent) and error.again
    assert double.asked("POST", "/jobs$") == 0
    assert session.submit(asked, "token").job in double.jobs


def test_results_that_are_json_and_nothing_else_are_an_error(backend: MakeBackend, double: IbmDouble) -> None:
    session, asked = backend().open(), works(backend)
    ticket = session.submit(asked, "token")
    for text, kind in {"{}": JobFailed, '"a page"': Unavailable, "[]": Unavailable, "null": Unavailable}.items():
        double.jobs[ticket.job].results = text
        with told(kind, KEY):
            session.result(ticket, asked)


def test_a_machine_that_is_offline_or_paused_takes_no_job_unless_one_will_wait(
    backend: MakeBackend, double: IbmDouble
) -> None:
    asked = works(backend)
    double.provider.message = "internal"
    for word, offline in (("internal", False), ("offline", True)):
        double.conduct.offline = offline
        with told(Unavailable, KEY):
            backend().current()
        with told(Unsent, KEY) as found:
            backend().open().submit(asked, "token")
        assert word in str(found[0]) and "backend.paused=true" in str(found[0])
    assert double.asked("POST", "/jobs$") == 0
    double.conduct.offline = False
    assert backend(paused=True).open().submit(asked, "token").job in double.jobs


def test_an_instance_without_time_is_told_before_a_job_waits_in_it(backend: MakeBackend, double: IbmDouble) -> None:
    double.provider.used_up = True
    with told(Unsent, KEY) as found:
        backend().open().submit(works(backend), "token")
    assert "used up" in str(found[0]) and double.tally.submissions == 0


def test_a_machine_that_ibm_does_not_know_is_named(backend: MakeBackend) -> None:
    made = backend(device="ibm_boston")
    with told(Unavailable, KEY) as found:
        made.current()
    assert "ibm_boston" in str(found[0])
    with told(Unsent, KEY):
        made.open().submit([Work(bits(1), np.zeros((1, 0)), 10)], "token")


@pytest.mark.parametrize("name", ["IBM_QUANTUM_TOKEN", "IBM_QUANTUM_INSTANCE"])
def test_a_key_that_is_missing_is_told_before_anything_is_sent(
    backend: MakeBackend, double: IbmDouble, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    asked, session = works(backend), backend().open()
    monkeypatch.delenv(name)
    with told(CredentialError, KEY) as found:
        session.submit(asked, "token")
    assert name in str(found[0]) and double.requests == []
    assert [name in mistake.why for mistake in backend().missing()] == [True]


def test_a_key_that_is_refused_is_told_within_seconds_by_its_reference(
    backend: MakeBackend, double: IbmDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER", "canary-9f3")
    made = backend(api_key="env:OTHER")
    with told(CredentialError, KEY) as found:
        made.open().submit(works(backend), "token")
    assert "env:OTHER" in str(found[0]) and "canary" not in str(found[0])
    assert [request.path for request in double.requests] == ["/identity/token"]


def test_an_instance_that_is_not_the_keys_is_told(
    backend: MakeBackend, double: IbmDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IBM_QUANTUM_INSTANCE", CRN.replace("0123", "3210"))
    with told(CredentialError, KEY) as found:
        backend().open().submit(works(backend), "token")
    assert "instance" in str(found[0])
    for wrong in ("my-instance", "crn:v1:short"):
        monkeypatch.setenv("IBM_QUANTUM_INSTANCE", wrong)
        with told(CredentialError, KEY):
            backend().open().submit(works(backend), "token")


def test_a_new_key_is_used_from_the_next_question_on(
    backend: MakeBackend, double: IbmDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, asked = backend().open(), works(backend)
    session.submit(asked, "token")
    monkeypatch.setenv("IBM_QUANTUM_TOKEN", "expired")
    with told(CredentialError, KEY):
        session.find("token")
    monkeypatch.setenv("IBM_QUANTUM_TOKEN", KEY)
    assert session.find("token") is not None
