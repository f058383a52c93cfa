"""The process that is killed: it submits small jobs through the journal, and reads what they give."""

from __future__ import annotations

import os
from pathlib import Path

import cirq
import numpy as np
import sympy

from experiments.exactly_once.mix import SETTLE
from experiments.exactly_once.place import Place
from qmlops.core.account import Account
from qmlops.core.budget import Budget
from qmlops.core.event import Event, EventLog
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.ticket import Ticket
from qmlops.core.work import Work
from qmlops.errors import BackendError, UnknownJob
from qmlops.execute.connect import connect
from qmlops.execute.identity import token_of
from qmlops.execute.wait import finished

IN_FLIGHT = 5
"""Jobs that are sent before one is waited for."""
SHOTS = 200
_SIGMAS = 6.0
_AGAIN = 3
"""The exit code of a process that gave up and may be started again, as 4 or 70 would not be."""
PROGRAM = Program(cirq.Circuit(cirq.ry(sympy.Symbol("a"))(cirq.LineQubit(0))), 1, ("a",), (), (PauliSum.parse("Z0"),))


def job(number: int) -> Work:
    """Every job has an angle of its own, so that an answer belongs to one of them only."""
    return Work(PROGRAM, np.array([[0.1 + 3.0 * ((number * 0.61803398875) % 1.0)]]), SHOTS, number)


def token(run: str, number: int) -> str:
    """What the journal will send a job as."""
    return token_of(run, f"step-{number}", [job(number)])


def submit(place: Place, url: str, folder: Path, run: str, jobs: int, pulse: int) -> int:
    """Run all jobs of a run, those that are done from the journal. Gives the exit code.

    A byte goes down the pipe `pulse` with every event. Wrong values raise.
    """
    log = EventLog(folder / run)

    def heard(event: Event) -> None:
        log.write(event)
        os.write(pulse, b".")

    session = connect(place.backend(url, SETTLE), Account(run, "storm", Budget(usd=None), emit=heard, folder=folder))
    code = 0
    for begin in range(0, jobs, IN_FLIGHT):
        tickets: dict[int, Ticket] = {}
        for number in range(begin, min(begin + IN_FLIGHT, jobs)):
            try:
                tickets[number] = session.submit([job(number)], f"step-{number}")
            except UnknownJob:
                continue
            except BackendError:
                code = _AGAIN
        for number, ticket in tickets.items():
            try:
                finished(session, ticket)
                (result,) = session.result(ticket, [job(number)])
            except BackendError:
                code = _AGAIN
                continue
            wanted = np.cos(job(number).points[0, 0])
            assert abs(result.values[0, 0] - wanted) < _SIGMAS / SHOTS**0.5, "another job's values"
    return code
