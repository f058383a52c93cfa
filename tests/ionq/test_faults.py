"""What goes wrong at IonQ alone; what may go wrong at every provider stands in tests/conformance."""

from __future__ import annotations

import pytest

from qmlops.core.work import Work
from qmlops.errors import CredentialError, Unavailable, Unsent
from tests.doubles.fault import drip, status
from tests.doubles.ionq import KEY, IonqDouble
from tests.doubles.works import POINTS, collect, told, turned
from tests.ionq.conftest import MakeBackend


def works(backend: MakeBackend) -> list[Work]:
    return [Work(backend().lower(turned("Z0", "X1")), POINTS)]


def test_a_lost_page_of_a_long_list_does_not_lose_the_pages_before_it(backend: MakeBackend, double: IonqDouble) -> None:
    session, asked = backend().open(), works(backend)
    for number in range(30):
        session.submit(asked, f"token {number}")
    double.plan(status(500), "GET", "/jobs$", times=3, after=1)
    assert session.find("none") is None
    assert double.asked("GET", "/jobs$") == 2 + 3
    double.plan(status(500), "GET", "/jobs$", times=4, after=1)
    with told(Unavailable, KEY):
        session.find("none")
    assert double.waiting() == []


def test_an_answer_that_drips_for_less_than_the_time_out_is_taken(backend: MakeBackend, double: IonqDouble) -> None:
    double.plan(drip(0.2), "POST", "/jobs$")
    session, asked = backend().open(), works(backend)
    assert collect(session, session.submit(asked, "token"), asked)[0].values.shape == (3, 2)


def test_a_machine_that_is_offline_takes_no_job_and_says_so(backend: MakeBackend, double: IonqDouble) -> None:
    double.conduct.offline = True
    made = backend(device="qpu.forte-1")
    with told(Unavailable, KEY) as found:
        made.current()
    assert "unavailable" in str(found[0])
    with told(Unsent, KEY):
        made.open().submit([Work(made.lower(turned("Z0")), POINTS, 100)], "token")


def test_a_key_that_is_refused_is_told_by_its_reference(
    backend: MakeBackend, double: IonqDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER", "canary-9f3")
    made = backend(api_key="env:OTHER")
    with told(CredentialError, KEY) as found:
        made.open().submit(works(backend), "token")
    assert "env:OTHER" in str(found[0]) and "canary" not in str(found[0])
    assert double.tally.submissions == 0
