"""A job from its submission to its results, by each provider's real client, without the journal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.exactly_once.place import PLACES
from qmlops.config.kind import load
from qmlops.core.program import Program
from qmlops.core.ticket import Status
from qmlops.core.work import Work
from qmlops.errors import JobFailed
from qmlops.parts.backend.density import Density
from tests.conformance.conftest import MakeBackend
from tests.doubles.fault import Double
from tests.doubles.works import POINTS, bits, collect, layered, run, turned

SIGMAS = 6
"""Standard errors within which a mean of shots lies, but for one in 500 million."""
REQUESTS = {"ionq": 1, "braket": 4, "ibm": 1}
"""For the 392 circuits of a step; a program set of Braket holds 100."""
WAITS = {"ionq": (2, None), "braket": (3, 7), "ibm": (2, 1)}
"""Looks at a job until it is done, and the place in the queue that is told at the first."""
OTHERS = {"ionq": 30, "braket": 4, "ibm": 12}
"""Jobs after which a list goes on on another page, or IBM's search by tag has something to leave out."""


@pytest.mark.parametrize("name", PLACES)
def test_works_of_several_bases_and_points_come_back_in_order_as_one_job(
    name: str, backend: MakeBackend, double: Double
) -> None:
    made = backend()
    logical = [Work(turned("Z0", "X0", "Y0 X2"), POINTS), Work(turned("Z1"), POINTS[:2])]
    results = run(made, [replace(work, program=made.lower(work.program), shots=1000) for work in logical])
    local = Density().open()
    for work, result in zip(logical, results, strict=True):
        exact = local.result(local.submit([work], "local"), [work])[0]
        assert (np.abs(result.values - exact.values) <= SIGMAS * np.sqrt((1 - exact.values**2) / 1000) + 1e-9).all()
        np.testing.assert_allclose(result.variances, (1 - result.values**2) / 999, atol=1e-12)
        assert result.shots == result.circuits * 1000
    assert (double.tally.submissions, double.tally.circuits) == (1, 3 * 3 + 2)


@pytest.mark.parametrize("name", PLACES)
def test_a_gradient_step_of_24_parameters_over_8_samples_is_as_few_requests_as_are_legal(
    name: str, backend: MakeBackend, double: Double
) -> None:
    work = Work(layered(), np.random.default_rng(1).uniform(-1, 1, (8, 25)), shots=10)
    made, rule = backend(), load("gradient", "parameter_shift")()
    lowered: dict[int, Program] = {}
    shifted = rule.construct(work)
    for item in shifted:
        lowered.setdefault(id(item.program), made.lower(item.program))
    requests = made.split([replace(item, program=lowered[id(item.program)]) for item in shifted])
    session = made.open()
    for number, request in enumerate(requests):
        session.submit(request, f"token-{number}")
    assert (double.tally.submissions, double.tally.circuits) == (REQUESTS[name], 8 * (1 + 2 * 24))
    assert double.asked("POST", PLACES[name].path) == len(requests) == REQUESTS[name]


@pytest.mark.parametrize("name", PLACES)
def test_a_token_is_found_among_others_once_the_list_shows_it(name: str, backend: MakeBackend, double: Double) -> None:
    session, works = backend().open(), [Work(bits(1), np.zeros((1, 0)), 10)]
    ticket = session.submit(works, "mine")
    for number in range(OTHERS[name]):
        session.submit(works, f"other-{number}")
    assert session.find("mine") == ticket
    assert session.find("none") is None
    double.conduct.lag = 60
    assert session.find("mine") is None


@pytest.mark.parametrize("name", PLACES)
def test_a_job_goes_through_its_states_and_tells_its_place(name: str, backend: MakeBackend, double: Double) -> None:
    double.conduct.polls, place = WAITS[name]
    session, works = backend().open(), [Work(bits(1), np.zeros((1, 0)), 10)]
    ticket = session.submit(works, "token")
    assert [session.status(ticket) for _ in range(2)] == [Status("queued", place=place), Status("running")]
    assert collect(session, ticket, works)[0].values.tolist() == [[0.0]]


@pytest.mark.parametrize("name", PLACES)
def test_a_failed_job_tells_the_providers_code_and_text(name: str, backend: MakeBackend, double: Double) -> None:
    double.conduct.failures.append(("8000", "the fridge is warm"))
    session, works = backend().open(), [Work(bits(1), np.zeros((1, 0)), 10)]
    ticket = session.submit(works, "token")
    assert session.status(ticket) == Status("failed", "8000: the fridge is warm")
    with pytest.raises(JobFailed, match="the fridge is warm"):
        session.result(ticket, works)


@pytest.mark.parametrize("name", PLACES)
def test_a_cancelled_job_is_an_error_that_says_so(name: str, backend: MakeBackend, double: Double) -> None:
    double.conduct.polls = 9
    session, works = backend().open(), [Work(bits(1), np.zeros((1, 0)), 10)]
    ticket = session.submit(works, "token")
    session.cancel(ticket)
    session.cancel(ticket)
    assert session.status(ticket).state == "cancelled"
    with pytest.raises(JobFailed, match=r"(?i)cancell?ed"):
        session.result(ticket, works)


@pytest.mark.parametrize("name", PLACES)
def test_results_of_other_circuits_are_not_taken(name: str, backend: MakeBackend) -> None:
    session: Any = backend().open()
    ticket = session.submit([Work(bits(1), np.zeros((2, 0)), 10)], "token")
    with pytest.raises(JobFailed, match=r"other circuits|were asked for"):
        collect(session, ticket, [Work(bits(1), np.zeros((3, 0)), 10)])
