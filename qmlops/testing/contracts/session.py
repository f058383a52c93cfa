"""What every backend promises, as functions that take a way to make it: CONTRACT of providers', LOCAL of others.

`make(**fields)` gives a backend at a place that answers, such as a double on 127.0.0.1; without
fields it is one that can do the work. All promises speak to the backend's own sessions, without the
journal, and use 1,000 shots where the backend wants some.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np

from qmlops.core.backend import Backend, Remote, Session
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.ticket import Ticket
from qmlops.core.work import Counts, Result, Work
from qmlops.lower.reading import circuits_of, shots_of

Make = Callable[..., Backend]
_WAIT_SECONDS = 180.0
_SIGMAS = 6.0
"""A right adapter fails a comparison of sampled values with a chance of about 1e-9."""
_TOKEN = "0123456789abcdef0123456789abcdef"


def asymmetric(backend: Backend, shots: int | None, keep_counts: bool = True) -> Work:
    """Three wires that read 1, 0, 0 whatever the parameters are, so that a turned order shows."""
    import cirq
    import sympy

    qubits = cirq.LineQubit.range(3)
    angle = sympy.Symbol("a")
    circuit = cirq.Circuit(cirq.X(qubits[0]), cirq.rz(angle)(qubits[1]), cirq.CZ(qubits[1], qubits[2]))
    observables = tuple(PauliSum.parse(text) for text in ("Z0", "Z1", "Z2"))
    program = backend.lower(Program(circuit, 3, ("a",), (), observables))
    return Work(program, np.array([[0.3]]), shots, 5, None, keep_counts)


def turned(backend: Backend, shots: int | None, angles: Sequence[float] = (0.4, 1.9)) -> Work:
    """RY(a) on wire 0 and RX(b) on wire 1, entangled with wire 2; read in two bases."""
    import cirq
    import sympy

    qubits = cirq.LineQubit.range(3)
    a, b = sympy.symbols("a b")
    circuit = cirq.Circuit(cirq.ry(a)(qubits[0]), cirq.rx(b)(qubits[1]), cirq.CNOT(qubits[0], qubits[2]))
    observables = tuple(PauliSum.parse(text) for text in ("Z0", "Z1 + 0.5 X0 X2", "Z2"))
    program = backend.lower(Program(circuit, 3, ("a",), ("b",), observables))
    return Work(program, np.array([[angle, 2 * angle] for angle in angles]), shots, 7)


def expected(angles: Sequence[float] = (0.4, 1.9)) -> Any:
    """Closed forms of `turned`, with b = 2 a."""
    return np.array([[np.cos(a), np.cos(2 * a) + 0.5 * np.sin(a), np.cos(a)] for a in angles])


def finish(session: Session, ticket: Ticket, works: Sequence[Work]) -> list[Result]:
    """Wait for a job, and read it."""
    end = time.monotonic() + _WAIT_SECONDS
    while (status := session.status(ticket)).state in ("queued", "running"):
        assert time.monotonic() < end, "the job never ended"
        time.sleep(0.02)
    assert status.state == "done", status
    return session.result(ticket, works)


def is_remote_and_opens_offline(make: Make) -> None:
    backend = make()
    assert isinstance(backend, Remote) and isinstance(backend.provider, str)
    backend.open()
    assert backend.validate([turned(backend, _shots(backend))]) == []


def submits_and_gives_values_with_their_variances(make: Make, slack: float = 0.0) -> None:
    """`slack` is how far the errors of a machine that is imitated may move a value."""
    backend, shots = make(), _shots(make())
    works = [turned(backend, shots), turned(backend, shots, (0.9,))]
    session = backend.open()
    ticket = session.submit(works, _TOKEN)
    assert ticket.token == _TOKEN and ticket.job
    results = finish(session, ticket, works)
    for work, result, angles in zip(works, results, ((0.4, 1.9), (0.9,)), strict=True):
        deviation = np.sqrt(result.variances) * _SIGMAS + slack + (1e-6 if shots is None else 1e-3)
        assert np.all(np.abs(result.values - expected(angles)) <= deviation), (result.values, expected(angles))
        assert np.all(result.variances == 0) == (shots is None)
        if shots is not None or isinstance(backend, Remote):
            # What holds states reads all bases of one.
            assert (result.circuits, result.shots) == (circuits_of(work), shots_of(work))


def has_wire_zero_leftmost(make: Make) -> None:
    backend = make()
    work = asymmetric(backend, 1000)
    session = backend.open()
    (result,) = finish(session, session.submit([work], _TOKEN), [work])
    np.testing.assert_allclose(result.values, [[-1.0, 1.0, 1.0]], atol=1e-9)
    assert result.counts is not None
    ((read,),) = cast(tuple[tuple[Counts]], result.counts)
    assert read.bits.shape[1] == work.program.width and read.numbers.sum() == 1000
    wires = {wire: set(read.bits[:, wire]) for wire in range(3)}
    assert wires == {0: {1}, 1: {0}, 2: {0}}


def tells_its_wires_apart(make: Make, slack: float = 0.0) -> None:
    """By their observables, which follow them wherever a device places them."""
    backend = make()
    work = asymmetric(backend, _shots(backend), keep_counts=False)
    session = backend.open()
    (result,) = finish(session, session.submit([work], _TOKEN), [work])
    np.testing.assert_allclose(result.values, [[-1.0, 1.0, 1.0]], atol=1e-5 + slack)


def gives_equal_bytes_for_equal_work(make: Make, slack: float = 0.0) -> None:
    backend = make()
    work = turned(backend, _shots(backend))
    sessions = [backend.open(), backend.open()]
    first, again = (finish(session, session.submit([work], _TOKEN), [work])[0] for session in sessions)
    np.testing.assert_array_equal(first.values, again.values)
    np.testing.assert_array_equal(first.variances, again.variances)


def costs_nothing(make: Make, slack: float = 0.0) -> None:
    backend = make()
    work = turned(backend, _shots(backend))
    session = backend.open()
    ticket = session.submit([work], _TOKEN)
    assert (backend.estimate([work]).amount, session.cost(ticket).amount) == (0.0, 0.0)
    session.cancel(ticket)


def is_found_by_its_token_in_another_session(make: Make) -> None:
    backend = make()
    work = turned(backend, _shots(backend))
    assert backend.open().find(_TOKEN) is None
    ticket = backend.open().submit([work], _TOKEN)
    found = backend.open().find(_TOKEN)
    assert found is not None and (found.job, found.token) == (ticket.job, _TOKEN)
    assert backend.open().find(_TOKEN[::-1]) is None
    other = backend.open()
    assert len(finish(other, found, [work])) == 1, "what is found can be read without having submitted it"


def is_read_again_with_equal_bytes(make: Make) -> None:
    backend = make()
    work = turned(backend, _shots(backend))
    session = backend.open()
    ticket = session.submit([work], _TOKEN)
    (first,), (again,) = finish(session, ticket, [work]), finish(backend.open(), ticket, [work])
    np.testing.assert_array_equal(first.values, again.values)
    np.testing.assert_array_equal(first.variances, again.variances)


def takes_an_equal_token_for_one_request_where_it_says_so(make: Make) -> None:
    backend = make()
    session, work = backend.open(), turned(backend, _shots(backend))
    if getattr(session, "idempotent", False):
        jobs = {backend.open().submit([work], _TOKEN).job for _ in range(3)}
        assert len(jobs) == 1


def cancels_without_harm_what_is_done(make: Make) -> None:
    backend = make()
    work = turned(backend, _shots(backend))
    session = backend.open()
    ticket = session.submit([work], _TOKEN)
    finish(session, ticket, [work])
    session.cancel(ticket)
    assert session.status(ticket).state in ("done", "cancelled")


def tells_a_cost_or_that_it_is_not_known(make: Make) -> None:
    backend = make()
    work = turned(backend, _shots(backend))
    session = backend.open()
    ticket = session.submit([work], _TOKEN)
    finish(session, ticket, [work])
    for cost in (session.cost(ticket), backend.estimate([work])):
        assert cost.amount is None or cost.amount >= 0
        assert cost.unit and cost.basis


def lowers_to_equal_values_with_its_symbols(make: Make) -> None:
    backend = make()
    work = turned(backend, None)
    assert work.program.symbols == ("a", "b") and len(work.program.observables) == 3
    again = turned(make(), None)
    assert again.program.digest() == work.program.digest(), "lowering is pure"


def splits_in_order_and_loses_no_row(make: Make) -> None:
    backend = make()
    works = [turned(backend, _shots(backend), np.linspace(0, 1, rows).tolist()) for rows in (3, 1, 7)]
    parts = [part for request in cast(Remote, backend).split(works) for part in request]
    rows = np.concatenate([part.points for part in parts])
    np.testing.assert_array_equal(rows, np.concatenate([work.points for work in works]))


def _shots(backend: Backend) -> int | None:
    """None where the backend gives exact values, otherwise enough to compare."""
    return None if not backend.validate([turned(backend, None)]) else 1000


CONTRACT = (
    is_remote_and_opens_offline,
    submits_and_gives_values_with_their_variances,
    has_wire_zero_leftmost,
    is_found_by_its_token_in_another_session,
    is_read_again_with_equal_bytes,
    takes_an_equal_token_for_one_request_where_it_says_so,
    cancels_without_harm_what_is_done,
    tells_a_cost_or_that_it_is_not_known,
    lowers_to_equal_values_with_its_symbols,
    splits_in_order_and_loses_no_row,
)
"""Every promise; each works alone and leaves its jobs behind, so that each wants a fresh place."""

LOCAL = (
    submits_and_gives_values_with_their_variances,
    tells_its_wires_apart,
    gives_equal_bytes_for_equal_work,
    costs_nothing,
)
"""What a backend promises that computes on this machine; each takes a `slack` for the errors it imitates."""
