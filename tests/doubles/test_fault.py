"""The doubles' faults do what they say, whatever provider stands behind them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests

from qmlops.serving.conduct import Conduct, Tally
from qmlops.serving.web import Reply, Request, as_json
from tests.doubles.fault import Double, Fault, drip, drop, garbage, nonsense, silence, status, truncated

done: list[str] = []


def provider(request: Request) -> Reply:
    done.append(request.path)
    return as_json({"path": request.path, "seen": request.option("x"), "sent": request.json()})


@pytest.fixture
def double() -> Iterator[Double]:
    done.clear()
    with Double(provider) as made:
        yield made


def ask(double: Double, timeout: float = 2.0) -> requests.Response:
    return requests.post(f"{double.url}/jobs?x=1", json={"a": 2}, timeout=timeout)


def test_without_a_fault_the_provider_answers(double: Double) -> None:
    assert ask(double).json() == {"path": "/jobs", "seen": "1", "sent": {"a": 2}}
    assert (double.asked("POST", "/jobs$"), double.asked("GET", "")) == (1, 0)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (status(429, 7), 429),
        (status(503), 503),
        (status(502, processed=True), 502),
        (garbage(), 200),
        (nonsense(), 200),
    ],
)
def test_a_reply_is_replaced(double: Double, fault: Fault, code: int) -> None:
    double.plan(fault)
    reply = ask(double)
    assert reply.status_code == code
    assert reply.headers.get("Retry-After") == ("7" if code == 429 else None)
    assert done == (["/jobs"] if fault.processed else [])
    assert "sent" not in reply.text
    assert ask(double).json()["path"] == "/jobs"


@pytest.mark.parametrize(
    "fault", [drop(False), drop(True), silence(9), silence(9, processed=True), truncated(), drip(9)]
)
def test_no_whole_reply_comes(double: Double, fault: Fault) -> None:
    double.plan(fault)
    begun = time.monotonic()
    with pytest.raises(requests.RequestException), requests.Session() as session:
        reply = session.post(f"{double.url}/jobs", json={}, timeout=0.3, stream=True)
        for _ in reply.iter_content(1):
            if time.monotonic() > begun + 0.5:
                raise requests.Timeout
    assert done == (["/jobs"] if fault.processed else [])


def test_a_fault_waits_for_the_request_that_it_is_planned_for(double: Double) -> None:
    double.plan(status(500), method="GET", path="/jobs/[a-z]+$", times=2, after=1)
    assert ask(double).status_code == 200
    codes = [requests.get(f"{double.url}/jobs/{name}", timeout=2).status_code for name in ("one", "7", "two", "x", "y")]
    assert codes == [200, 200, 500, 500, 200]
    assert double.waiting() == []


def test_a_job_is_missing_from_lists_for_as_long_as_they_lag() -> None:
    now = time.monotonic()
    assert Conduct().listed(now)
    assert not Conduct(lag=60).listed(now)
    assert Conduct(lag=60).listed(now - 61)


def test_what_was_accepted_is_counted() -> None:
    tally = Tally()
    tally.add(circuits=3, shots=300)
    tally.add(circuits=1, shots=0)
    assert tally == Tally(submissions=2, circuits=4, shots=300)
