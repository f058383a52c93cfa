"""What goes wrong at AWS alone; what may go wrong at every provider stands in tests/conformance."""

from __future__ import annotations

import pytest

from qmlops.core.work import Work
from qmlops.errors import Ambiguous, CredentialError, Unavailable, Unsent
from tests.braket.conftest import MakeBackend
from tests.doubles.braket import SECRET, BraketDouble
from tests.doubles.fault import Fault, drip, drop, garbage, status, truncated
from tests.doubles.works import LONG, POINTS, SHORT, collect, told, turned

SUBMIT = ("POST", "/quantum-task$")


def works(backend: MakeBackend) -> list[Work]:
    return [Work(backend().lower(turned("Z0", "X1")), POINTS, 10)]


def test_a_machine_that_is_offline_takes_no_task_and_says_so(backend: MakeBackend, double: BraketDouble) -> None:
    double.conduct.offline = True
    made = backend(device="Garnet")
    with told(Unavailable, SECRET) as found:
        made.current()
    assert "OFFLINE" in str(found[0])
    with told(Unsent, SECRET) as found:
        made.open().submit(works(backend), "token")
    assert "DeviceOfflineException" in str(found[0])


def test_keys_that_run_out_between_two_tasks_leave_a_doubt_and_no_task_is_made_twice(
    backend: MakeBackend, double: BraketDouble
) -> None:
    asked = [Work(backend().lower(turned("Z0")), POINTS, 10)]
    double.plan(status(403), *SUBMIT, after=1)
    with told(Ambiguous, SECRET) as found:
        backend().open().submit(asked, "token")
    assert "1 of 3 tasks" in str(found[0]) and double.tally.submissions == 1
    session = backend().open()
    collect(session, session.submit(asked, "token"), asked)
    assert double.tally.submissions == 3


def test_a_profile_that_is_not_there_is_told(backend: MakeBackend, double: BraketDouble) -> None:
    with told(CredentialError, SECRET):
        backend(profile="nobody").open().submit(works(backend), "token")
    assert double.requests == []


@pytest.mark.parametrize("fault", [drop(False), drip(LONG), truncated(), garbage(), status(500)], ids=lambda f: f.name)
def test_a_price_list_that_is_not_answered_may_be_asked_for_again(
    backend: MakeBackend, double: BraketDouble, fault: Fault
) -> None:
    double.plan(fault, "GET", "prices.csv")
    with told(Unavailable, SECRET):
        backend(device="Garnet", timeout=SHORT).quote(works(backend))
    assert backend(device="Garnet").quote(works(backend)).amount == pytest.approx(0.3 + 30 * 0.00145)
