"""Whatever happens between a run and its provider: one job a request, or a typed error and nothing sent twice."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qmlops.core.backend import ABILITIES, Differentiates
from qmlops.core.budget import Budget
from qmlops.core.ticket import Status
from qmlops.errors import BackendError, BudgetError, JobFailed, Stopped, Unavailable, UnknownJob, Unsent
from qmlops.execute.connect import connect
from qmlops.execute.intent import Intents
from qmlops.execute.ledger import FILE, entries
from qmlops.execute.run import execute
from qmlops.parts.backend.qsim import Qsim
from tests.execute.conftest import states, work
from tests.execute.provider import FAULTS, ScriptedSession, busy, dropped, jobs, lost_reply, rejected, silent, simulated


def run(place: Any, account: Any, *works: Any, step: str = "step-1") -> Any:
    return execute(connect(place, account), works or (work(),), step)


def equal(left: Any, right: Any) -> bool:
    return all(
        np.array_equal(one.values, other.values)
        and np.array_equal(one.variances, other.variances)
        and (one.circuits, one.shots) == (other.circuits, other.shots)
        for one, other in zip(left, right, strict=True)
    )


def test_results_are_the_devices_to_the_last_bit(place: Any, account: Any) -> None:
    expected = [simulated(work())]
    payer = account()
    assert equal(run(place(), payer), expected)
    assert states(payer) == ["intent", "sending", "queued", "done"]
    assert [(job["circuits"], job["shots"]) for job in jobs(place().folder)] == [(6, 600)]


def test_a_lost_reply_is_adopted(place: Any, account: Any) -> None:
    payer, FAULTS["submit"] = account(), [lost_reply]
    run(place(), payer)
    assert states(payer) == ["intent", "sending", "adopted", "done"] and len(jobs(place().folder)) == 1


def test_a_job_that_is_listed_late_is_adopted(place: Any, account: Any) -> None:
    FAULTS["submit"], FAULTS["find"] = [lost_reply], [lambda name, call: None, silent]
    run(place(settle=2.0), account())
    assert len(jobs(place().folder)) == 1


def test_a_job_that_nobody_finds_is_unknown_and_never_sent_again(place: Any, account: Any, tmp_path: Path) -> None:
    payer, FAULTS["submit"] = account(), [dropped]
    for _ in range(3):
        with pytest.raises(UnknownJob, match="qmlops jobs adopt") as doubt:
            run(place(), payer)
        assert doubt.value.exit_code == 3
    assert not jobs(place().folder)
    (entry,) = entries(tmp_path / FILE)
    assert entry.state == "unknown" and entry.amount == 6.0 and entry.token in str(doubt.value)


def test_a_list_that_is_not_answered_leaves_the_question_open(place: Any, account: Any, tmp_path: Path) -> None:
    FAULTS["submit"], FAULTS["find"] = [lost_reply], [silent]
    with pytest.raises(Unavailable):
        run(place(patience=0.0), account())
    assert [entry.state for entry in entries(tmp_path / FILE)] == ["sending"]
    run(place(), account())
    assert len(jobs(place().folder)) == 1


def test_every_repetition_is_told(place: Any, account: Any) -> None:
    payer, FAULTS["submit"] = account(), [lost_reply, dropped, dropped]
    run(place(idempotent=True), payer)
    assert states(payer) == ["intent", "sending", *["repeated"] * 3, "queued", "done"]


def test_what_comes_before_the_one_request_leaves_no_doubt(
    place: Any, account: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def prepare(session: Any, works: Any) -> None:
        seen.extend(entry.state for entry in entries(tmp_path / FILE))
        raise Unavailable("the machine does not say how it is")

    monkeypatch.setattr(ScriptedSession, "prepare", prepare, raising=False)
    run(place(), account())
    assert seen == ["intent"] and len(jobs(place().folder)) == 1


def test_an_equal_token_is_simply_repeated_where_the_provider_takes_it_for_one_request(
    place: Any, account: Any
) -> None:
    for faults in ([lost_reply], [dropped], [dropped, busy(), lost_reply]):
        FAULTS["submit"] = list(faults)
        before = len(jobs(place().folder))
        run(place(idempotent=True), account(), step=f"step-{len(faults)}-{before}")
        assert len(jobs(place().folder)) == before + 1


def killed(name: str, call: Callable[[], Any]) -> Any:
    """The provider has it, and the process is gone."""
    call()
    raise KeyboardInterrupt


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("change", ["another key", "another day"])
def test_an_equal_token_is_looked_up_and_not_repeated_with_another_key_or_on_another_day(
    change: str, listed: bool, place: Any, account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScriptedSession, "identity", lambda session: "a key", raising=False)
    FAULTS["submit"] = [killed]
    with pytest.raises(KeyboardInterrupt):
        run(place(idempotent=True), account())
    if change == "another key":
        monkeypatch.setattr(ScriptedSession, "identity", lambda session: "another key")
    else:
        monkeypatch.setattr("qmlops.execute.sender._TRUSTED_SECONDS", 0.0)
    monkeypatch.setattr(ScriptedSession, "_take", lambda *given: pytest.fail("it was sent again"))
    if listed:
        assert equal(run(place(idempotent=True), account()), [simulated(work())])
        return
    FAULTS["find"] = [lambda name, call: None]
    with pytest.raises(UnknownJob):
        run(place(idempotent=True), account())


def test_an_equal_token_is_repeated_by_the_process_that_goes_on_soon_with_the_same_key(
    place: Any, account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScriptedSession, "identity", lambda session: "a key", raising=False)
    FAULTS["submit"], resumed = [killed], account()
    with pytest.raises(KeyboardInterrupt):
        run(place(idempotent=True), account())
    run(place(idempotent=True), resumed)
    assert states(resumed)[:2] == ["sending", "repeated"] and len(jobs(place().folder)) == 1


def test_what_was_reserved_is_not_sent_over_a_budget_that_was_lowered_since(
    place: Any, account: Any, tmp_path: Path
) -> None:
    def lower(name: str, call: Callable[[], Any]) -> Any:
        payer.allow({"usd": 5.0})
        raise Unsent("too many requests", again=True)

    payer, FAULTS["submit"] = account(), [lower]
    with pytest.raises(BudgetError, match=r"costs 6\.00 USD(.|\n)*budget\.usd=6"):
        run(place(), payer)
    assert not jobs(place().folder) and [entry.state for entry in entries(tmp_path / FILE)] == ["unsent"]
    run(place(), account(budget=Budget(usd=6.0)))
    assert [entry.state for entry in entries(tmp_path / FILE)] == ["unsent", "done"]


@pytest.mark.parametrize("usd", [5.0, 6.0])
def test_an_intent_of_a_run_that_was_stopped_is_sent_within_the_budget_of_its_resume(
    usd: float, place: Any, account: Any
) -> None:
    def stop(name: str, call: Callable[[], Any]) -> Any:
        payer.control.order("stop", "a test")
        raise Unsent("too many requests", again=True)

    payer, FAULTS["submit"] = account(), [stop]
    with pytest.raises(Stopped):
        run(place(), payer)
    if usd < 6.0:
        with pytest.raises(BudgetError):
            run(place(), account(budget=Budget(usd=usd)))
    else:
        run(place(), account(budget=Budget(usd=usd)))
    assert len(jobs(place().folder)) == (usd >= 6.0)


def test_a_refusal_for_now_is_sent_again_and_a_final_one_is_not(place: Any, account: Any, tmp_path: Path) -> None:
    FAULTS["submit"] = [busy(), busy(0.3)]
    run(place(), account())
    assert len(jobs(place().folder)) == 1
    FAULTS["submit"] = [rejected]
    with pytest.raises(Unsent):
        run(place(), account(), step="step-2")
    FAULTS["submit"] = [busy(wait=99.0)]
    with pytest.raises(Unsent):
        run(place(), account(), step="step-3")
    assert [entry.state for entry in entries(tmp_path / FILE)] == ["done", "unsent", "unsent"]
    assert sum(entry.amount or 0 for entry in entries(tmp_path / FILE)) == 6.0
    run(place(), account(), step="step-2")
    assert len(jobs(place().folder)) == 2, "what was certainly not sent may be asked for again"


def test_questions_are_asked_again_within_patience(place: Any, account: Any) -> None:
    FAULTS.update(status=[silent], result=[silent], cost=[silent])
    run(place(polls=2), account())
    FAULTS["status"] = [silent]
    with pytest.raises(Unavailable):
        run(place(patience=0.0), account(), step="step-2")


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_job_that_fails_says_why_and_a_resume_sends_a_new_attempt(
    state: str, place: Any, account: Any, tmp_path: Path
) -> None:
    def fail(name: str, call: Callable[[], Any]) -> Any:
        return dataclasses.replace(call(), state=state, reason="NotEnoughQubits: 40 of 36")

    FAULTS["status"] = [fail]
    with pytest.raises(JobFailed, match=f"{state}: NotEnoughQubits"):
        run(place(), account())
    run(place(), account())
    first, second = entries(tmp_path / FILE)
    assert (first.state, second.state) == (state, "done") and first.token != second.token == jobs(place().folder)[1][
        "token"
    ]
    assert first.origin == second.origin and (first.attempt, second.attempt) == (0, 1)


def test_a_done_job_whose_results_cannot_be_read_is_read_again_and_never_sent_again(
    place: Any, account: Any, tmp_path: Path
) -> None:
    FAULTS["result"] = [lambda name, call: call()[:-1]] * 2
    for _ in range(2):
        with pytest.raises(JobFailed, match=r"1 results of 2(.|\n)*qmlops jobs fetch") as told:
            run(place(), account(), work(), work(seed=8))
        assert "qmlops jobs retry" in str(told.value)
        (entry,) = entries(tmp_path / FILE)
        assert (entry.state, len(jobs(place().folder))) == ("unreadable", 1)
    assert len(run(place(), account(), work(), work(seed=8))) == 2
    assert [entry.state for entry in entries(tmp_path / FILE)] == ["done"] and len(jobs(place().folder)) == 1


def test_a_job_that_fails_while_it_is_read_has_failed(place: Any, account: Any, tmp_path: Path) -> None:
    def fails(name: str, call: Callable[[], Any]) -> Any:
        FAULTS["status"] = [lambda name, call: Status("failed", "the trap was empty")]
        raise JobFailed("it has no results")

    FAULTS["result"] = [fails]
    with pytest.raises(JobFailed, match="it has no results"):
        run(place(), account(), work())
    (entry,) = entries(tmp_path / FILE)
    assert (entry.state, entry.reason) == ("failed", "the trap was empty")


def hidden(name: str, call: Callable[[], Any]) -> Any:
    """404, as of any job of another account."""
    raise JobFailed("there is no such job")


def test_a_job_that_the_provider_does_not_show_is_unknown_and_gone_on_with_once_it_does(
    place: Any, account: Any, tmp_path: Path
) -> None:
    FAULTS["status"] = [hidden] * 3
    for _ in range(3):
        with pytest.raises(UnknownJob, match=r"job-0000(.|\n)*key(.|\n)*region(.|\n)*qmlops jobs fetch"):
            run(place(), account(), work())
        (entry,) = entries(tmp_path / FILE)
        assert (entry.state, entry.reason, entry.amount) == ("unknown", "there is no such job", 6.0)
    again = account()
    assert equal(run(place(), again, work()), [simulated(work())])
    assert states(again) == ["unknown", "running", "done"] and len(jobs(place().folder)) == 1
    assert [(entry.state, entry.reason) for entry in entries(tmp_path / FILE)] == [("done", "")]


@pytest.mark.parametrize("state", ["queued", "running", "failed", "cancelled"])
def test_a_job_that_is_shown_again_is_what_the_provider_says_it_is(
    state: Any, place: Any, account: Any, tmp_path: Path
) -> None:
    FAULTS["status"] = [hidden, lambda name, call: Status(state, "", 3)]
    with pytest.raises(UnknownJob):
        run(place(), account(), work())
    connect(place(), account()).submit([work()], "step-1-0")
    (entry,) = entries(tmp_path / FILE)
    assert entry.state == state and len(jobs(place().folder)) == 1


def test_a_done_job_that_is_not_shown_while_it_is_read_is_unknown_and_not_unreadable_or_failed(
    place: Any, account: Any, tmp_path: Path
) -> None:
    def hide(name: str, call: Callable[[], Any]) -> Any:
        FAULTS["status"] = [hidden]
        raise JobFailed("there is no such job")

    FAULTS["result"] = [lambda name, call: [], hide]
    with pytest.raises(JobFailed, match="cannot be read"):
        run(place(), account(), work())
    with pytest.raises(UnknownJob):
        run(place(), account(), work())
    assert [entry.state for entry in entries(tmp_path / FILE)] == ["unknown"]
    assert equal(run(place(), account(), work()), [simulated(work())]) and len(jobs(place().folder)) == 1


def test_what_a_person_settles_while_the_provider_is_asked_stays_settled(
    place: Any, account: Any, tmp_path: Path
) -> None:
    FAULTS["status"] = [hidden]
    with pytest.raises(UnknownJob):
        run(place(), account(), work())

    def retried(name: str, call: Callable[[], Any]) -> Any:
        token = entries(tmp_path / FILE)[0].token
        session.journal.move(token, "unknown", state="retried")
        return call()

    session, FAULTS["status"] = connect(place(), account()), [retried]
    with pytest.raises(JobFailed):
        execute(session, [work()], "step-1")
    assert [entry.state for entry in entries(tmp_path / FILE)] == ["retried"]


def test_a_run_that_goes_on_pays_nothing_again(place: Any, account: Any) -> None:
    whole = run(place(), account(), work(), work(seed=8))
    resumed = account()
    assert equal(run(place(), resumed, work(), work(seed=8)), whole)
    assert len(jobs(place().folder)) == 1 and not states(resumed)


def test_equal_work_drawn_twice_in_one_run_is_two_draws(place: Any, account: Any) -> None:
    run(place(), account(), step="step-1")
    run(place(), account(), step="step-2")
    run(place(), account(), work(seed=8), step="step-2")
    run(place(), account("another run"), step="step-1")
    assert len({job["token"] for job in jobs(place().folder)}) == 4


def test_all_requests_are_submitted_before_one_is_waited_for_and_joined_in_order(place: Any, account: Any) -> None:
    payer, limited = account(), place(circuits=2, polls=1, hardware=False)
    works = [work(shots=None), work(shots=None, rows=2)]
    found = run(limited, payer, *works)
    assert [job["circuits"] for job in jobs(limited.folder)] == [2] * 5
    moved = states(payer)
    assert moved.index("running") > max(place for place, state in enumerate(moved) if state == "sending")
    for one, other in zip(found, works, strict=True):
        np.testing.assert_array_equal(one.values, simulated(other).values)


def test_parts_of_one_work_are_drawn_independently(place: Any, account: Any) -> None:
    same = dataclasses.replace(work(shots=1000), points=np.full((3, 2), 0.7))
    (found,) = run(place(circuits=2), account(), same)
    assert len({job["works"][0]["seed"] for job in jobs(place().folder)}) == 3
    assert len({row.tobytes() for row in found.values}) == 3


def test_a_loaded_model_goes_on_with_what_is_in_flight_and_draws_anew_what_is_done(place: Any, account: Any) -> None:
    FAULTS["status"] = [silent]
    with pytest.raises(BackendError):
        run(place(patience=0.0), account(once=False))
    run(place(), account(once=False))
    assert len(jobs(place().folder)) == 1
    run(place(), account(once=False))
    assert len(jobs(place().folder)) == 2


def test_local_sessions_keep_their_abilities_and_nothing_is_journalled(account: Any, tmp_path: Path) -> None:
    session, own = connect(Qsim(), account()), Qsim().open()
    assert {name for name in ABILITIES if hasattr(session, name)} == {name for name in ABILITIES if hasattr(own, name)}
    assert isinstance(session, Differentiates)
    np.testing.assert_array_equal(session.vjp(work(None))[0], own.vjp(work(None))[0])  # type: ignore[attr-defined]
    execute(session, [work()], "t")
    assert not (tmp_path / FILE).exists()


def test_a_providers_session_has_no_more_abilities_than_what_it_wraps(place: Any, account: Any, tmp_path: Path) -> None:
    session = connect(place(), account())
    assert not any(hasattr(session, name) for name in ("vjp", "states", "metric"))
    assert not (tmp_path / FILE).exists(), "connecting writes nothing"


@pytest.mark.parametrize("idempotent", [False, True])
def test_what_a_person_cancels_while_a_refusal_passes_is_not_sent(
    idempotent: bool, place: Any, account: Any, tmp_path: Path
) -> None:
    def cancel() -> None:
        for entry in entries(tmp_path / FILE) if not FAULTS["submit"] else []:
            session.journal.move(entry.token, "intent", state="unsent", amount=0.0)

    session, FAULTS["submit"] = connect(place(idempotent=idempotent), account()), [busy()]
    session.account.control.meanwhile = cancel  # called between the refusal and the next attempt
    with pytest.raises(JobFailed):
        execute(session, [work()], "step-1")
    assert not jobs(place().folder) and [entry.state for entry in entries(tmp_path / FILE)] == ["unsent"]


def test_a_request_that_another_process_was_refused_with_is_sent_by_this_one(place: Any, account: Any) -> None:
    session = connect(place(), account())
    claim, tried = session.journal.claim, []

    def lost_once(token: str, key: str) -> bool:
        tried.append(token)
        return len(tried) > 1 and claim(token, key)

    session.journal.claim = lost_once
    execute(session, [work()], "step-1")
    assert len(tried) == 2 and len(jobs(place().folder)) == 1


def test_two_processes_that_begin_an_equal_request_at_once_send_it_once(
    place: Any, account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted = Intents._draft
    FAULTS["status"] = [silent]

    def overtaken(intents: Any, *given: Any) -> Any:
        found = drafted(intents, *given)
        if not jobs(place().folder):
            monkeypatch.setattr(Intents, "_draft", drafted)
            with pytest.raises(Unavailable):
                run(place(patience=0.0), account(once=False))
        return found

    monkeypatch.setattr(Intents, "_draft", overtaken)
    run(place(), account(once=False))
    assert len(jobs(place().folder)) == 1
