"""Nothing is spent beyond the budget, whatever happens; and what was measured is used as the policy says."""

from __future__ import annotations

import dataclasses
import multiprocessing
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qmlops.core.account import Account
from qmlops.core.budget import Budget
from qmlops.core.control import append
from qmlops.core.event import Obeyed
from qmlops.core.ticket import Cost
from qmlops.core.work import Counts, Result
from qmlops.errors import BudgetError, JobFailed, RunFolderError, Stopped, Unsent
from qmlops.execute.connect import connect
from qmlops.execute.identity import place_of, way_of
from qmlops.execute.ledger import FILE, bills, entries
from qmlops.execute.reuse import pooled
from qmlops.execute.run import execute
from qmlops.lower.reading import result_of
from qmlops.parts.backend.ionq.cloud import Ionq
from qmlops.pipeline.jobs import listed
from tests.execute.conftest import states, work
from tests.execute.provider import FAULTS, Scripted, jobs, rejected
from tests.execute.test_exactly_once import equal, run


def test_hardware_is_refused_by_default_and_says_how_to_allow_it(place: Any, account: Any, tmp_path: Path) -> None:
    with pytest.raises(BudgetError, match=r"it costs 6\.00 USD \(a price list\), and of 0 USD") as refusal:
        run(place(), account(budget=Budget()))
    assert refusal.value.exit_code == 4 and refusal.value.allow == "budget.usd=6"
    assert not jobs(place().folder) and not entries(tmp_path / FILE)
    run(place(), account(budget=Budget(usd=6.0)))


def test_an_unknown_price_and_another_unit_are_refused_and_free_work_passes(place: Any, account: Any) -> None:
    for unfit in (place(price=None), place(unit="credits")):
        with pytest.raises(BudgetError, match=r"budget\.usd=null"):
            run(unfit, account())
    run(place(price=0.0, unit="credits"), account(budget=Budget()))
    run(place(price=None), account(budget=Budget(usd=None)), step="step-2")


def test_what_is_unknown_or_failed_stays_reserved_and_what_was_not_sent_does_not(
    place: Any, account: Any, tmp_path: Path
) -> None:
    FAULTS["submit"] = [rejected]
    with pytest.raises(Unsent):
        run(place(), account())
    FAULTS["status"] = [lambda name, call: dataclasses.replace(call(), state="failed")]
    with pytest.raises(JobFailed):
        run(place(), account(), step="step-2")
    assert bills(tmp_path / FILE, "run") == [("USD", 6.0, 6, 600)]
    with pytest.raises(BudgetError, match=r"6\.00 are spent"):
        run(place(), account(budget=Budget(usd=11.99)), step="step-3")


def test_the_bill_replaces_the_estimate(place: Any, account: Any, tmp_path: Path) -> None:
    payer = account()
    run(place(bill=7.25), payer)
    assert bills(tmp_path / FILE, "run") == [("USD", 7.25, 6, 600)]
    assert (payer.heard[-1].state, payer.heard[-1].cost) == ("done", 7.25)
    (entry,) = entries(tmp_path / FILE)
    assert entry.billed == 1 and entry.basis == "the bill"


def test_a_budget_counts_all_runs_of_its_scope_and_no_others(place: Any, account: Any) -> None:
    for name in ("one", "two"):
        run(place(), account(name, "sweep", budget=Budget(usd=12.0)))
    with pytest.raises(BudgetError):
        run(place(), account("three", "sweep", budget=Budget(usd=12.0)))
    run(place(), account("four", budget=Budget(usd=12.0)))


def _worker(folder: Path, provider: str, name: str, budget: float) -> None:
    payer = Account(name, "sweep", budget=Budget(usd=budget), folder=folder)
    session = connect(Scripted(folder=f"{provider}/{name}"), payer)
    for step in range(20):
        try:
            execute(session, [work(shots=1 + step)], f"step-{step}")
        except BudgetError:
            continue


def test_two_processes_of_a_sweep_never_spend_more_than_their_one_budget(tmp_path: Path) -> None:
    # Every submission fits alone; what they want together is more than twice the budget.
    budget, spawn = 5.0, multiprocessing.get_context("spawn")
    workers = []
    for name in ("a", "b"):
        (tmp_path / "provider" / name).mkdir(parents=True)
        workers.append(spawn.Process(target=_worker, args=(tmp_path, str(tmp_path / "provider"), name, budget)))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0
    sent = {name: sum(job["shots"] for job in jobs(tmp_path / "provider" / name)) for name in ("a", "b")}
    assert all(sent.values()) and sum(sent.values()) * 0.01 <= budget + 1e-9
    assert sum(sent.values()) * 0.01 > budget - 1.2, "the largest request would have fitted"
    assert sum(entry.shots for entry in entries(tmp_path / FILE, scope="sweep")) == sum(sent.values())


def test_exact_results_are_used_again_freely_and_sampled_ones_are_drawn_anew_by_default(
    place: Any, account: Any
) -> None:
    simulator = place(hardware=False)
    first = run(simulator, account("one"), work(shots=None))
    again = account("two")
    assert equal(run(simulator, again, work(shots=None, seed=99)), first)
    assert states(again) == ["replayed"] and len(jobs(simulator.folder)) == 1
    for name in ("three", "four"):
        run(simulator, account(name))
    assert len(jobs(simulator.folder)) == 3


def test_replay_gives_the_same_draw_and_no_other(place: Any, account: Any) -> None:
    first = run(place(), account("one"))
    again = account("two", reuse="replay", budget=Budget())
    assert equal(run(place(), again), first) and states(again) == ["replayed"]
    assert equal(run(place(), account("two", reuse="replay")), first), "a resume gives it too"
    for number, other in enumerate((work(seed=8), work(shots=101), work(rows=2))):
        run(place(), account(f"other {number}", reuse="replay"), other)
    run(place(calibration="tuesday"), account("later", reuse="replay"))
    assert len(jobs(place().folder)) == 5


def test_hardware_that_tells_no_calibration_is_never_answered_from_before(place: Any, account: Any) -> None:
    for name in ("one", "two"):
        run(place(calibration=""), account(name, reuse="top_up"))
    assert len(jobs(place().folder)) == 2


def test_top_up_draws_only_what_is_missing_and_pools_it(place: Any, account: Any) -> None:
    run(place(), account("one", reuse="top_up"), work(shots=100, counts=True))
    more = account("two", reuse="top_up")
    (found,) = run(place(), more, work(shots=350))
    assert [job["works"][0]["shots"] for job in jobs(place().folder)] == [100, 250]
    assert len({job["works"][0]["seed"] for job in jobs(place().folder)}) == 2
    assert (found.shots, found.circuits, found.counts) == (350 * 6, 12, None)
    enough = account("three", reuse="top_up", budget=Budget())
    assert states(enough) == [] and run(place(), enough, work(shots=200))[0].shots in (350 * 6, 250 * 6, 100 * 6)
    assert states(enough) == ["replayed"] and len(jobs(place().folder)) == 2
    assert equal(run(place(), account("two", reuse="top_up"), work(shots=350)), [found]), "a resume pools the same"


@pytest.mark.parametrize("shots", [(100, 250), (1, 1), (2, 1, 3)])
def test_pooled_draws_are_what_one_long_draw_gives(shots: tuple[int, ...]) -> None:
    random, whole = np.random.default_rng(3), work(shots=sum(shots), counts=True)

    def counts(number: int) -> Counts:
        bits = random.integers(0, 2, (number, 2)).astype(np.uint8)
        return Counts(bits, np.ones(number))

    drawn = [[[counts(number) for _ in whole.points] for _ in range(2)] for number in shots]
    draws = [
        result_of(dataclasses.replace(whole, shots=number), read, {}) for number, read in zip(shots, drawn, strict=True)
    ]
    together = [
        [
            Counts(np.concatenate([draw[basis][row].bits for draw in drawn]), np.ones(sum(shots)))
            for row in range(len(whole.points))
        ]
        for basis in range(2)
    ]
    expected = result_of(whole, together, {})
    (found,) = pooled([whole], [[draw] for draw in draws])
    np.testing.assert_allclose(found.values, expected.values, atol=1e-12)
    np.testing.assert_allclose(found.variances, expected.variances, rtol=1e-12)
    assert found.shots == sum(draw.shots for draw in draws)


@pytest.mark.parametrize("shots", [(100, 250), (2, 1, 3)])
def test_moments_pool_as_counts_do_where_there_is_one_basis(
    shots: tuple[int, ...],
) -> None:
    from qmlops.core.observable import PauliSum

    program = dataclasses.replace(work().program, observables=(PauliSum.parse("Z0 + 0.5 Z1"),))
    whole = dataclasses.replace(work(shots=sum(shots)), program=program)
    random = np.random.default_rng(4)
    bits = [[random.integers(0, 2, (number, 2)).astype(np.uint8) for _ in whole.points] for number in shots]
    draws: list[list[Result]] = [
        [result_of(dataclasses.replace(whole, shots=number), [[Counts(b, np.ones(number)) for b in rows]], {})]
        for number, rows in zip(shots, bits, strict=True)
    ]
    joined = [Counts(np.concatenate(rows), np.ones(sum(shots))) for rows in zip(*bits, strict=True)]
    expected = result_of(whole, [joined], {})
    (found,) = pooled([whole], draws)
    np.testing.assert_allclose(found.values, expected.values, atol=1e-12)
    np.testing.assert_allclose(found.variances, expected.variances, rtol=1e-12)


def test_a_pause_stops_submissions_and_a_stop_ends_the_wait_with_jobs_in_flight(
    place: Any, account: Any, tmp_path: Path
) -> None:
    payer = account(commands=tmp_path)
    append(tmp_path, "pause")
    append(tmp_path, "stop")
    with pytest.raises(Stopped):
        run(place(), payer)
    assert not jobs(place().folder)
    append(tmp_path, "resume")
    FAULTS["status"] = [lambda name, call: append(tmp_path, "stop") or call()]  # type: ignore[func-returns-value]
    with pytest.raises(Stopped):
        run(place(polls=9), payer)
    assert [entry.state for entry in entries(tmp_path / FILE)] == ["running"]
    run(place(), account())
    assert len(jobs(place().folder)) == 1


def test_a_command_raises_the_budget_and_cancels_jobs(place: Any, account: Any, tmp_path: Path) -> None:
    payer = account(commands=tmp_path, budget=Budget())
    append(tmp_path, "budget", usd=6)
    append(tmp_path, "budget", usd="much")
    run(place(), payer)
    assert [event.outcome[:10] for event in payer.heard if isinstance(event, Obeyed)] == ["the budget", "refused: T"]
    FAULTS["status"] = [lambda name, call: append(tmp_path, "cancel") or call()]  # type: ignore[func-returns-value]
    append(tmp_path, "budget", usd=100)
    with pytest.raises(JobFailed, match="cancelled"):
        run(place(polls=3), payer, step="step-2")
    assert [job["state"] for job in jobs(place().folder)] == ["running", "cancelled"]


def test_a_journal_that_cannot_be_written_stops_paid_work(place: Any, account: Any, tmp_path: Path) -> None:
    for content in (b"no database at all, but long enough to be read" * 30, None):
        path = tmp_path / FILE
        path.unlink(missing_ok=True)
        path.write_bytes(content) if content else path.mkdir()
        with pytest.raises(RunFolderError, match="cannot be used"):
            run(place(), account())
        with pytest.raises(RunFolderError, match="cannot be read"):
            listed(project=tmp_path)
    path.rmdir()
    run(place(), account())
    with sqlite3.connect(path) as later:
        later.execute("PRAGMA user_version=99")
    with pytest.raises(RunFolderError, match="later version"):
        run(place(), account(), step="step-2")
    assert len(jobs(place().folder)) == 1


def test_a_price_that_was_not_known_is_never_taken_for_nothing(place: Any, account: Any) -> None:
    run(place(price=None), account(budget=Budget(usd=None)))
    with pytest.raises(BudgetError, match="not known in USD") as refusal:
        run(place(), account(budget=Budget(usd=100.0)), step="step-2")
    assert refusal.value.allow == "budget.usd=null"
    run(place(price=0.0), account(budget=Budget()), step="step-2")


def test_a_bill_in_another_unit_does_not_release_the_money_that_was_reserved(
    place: Any, account: Any, tmp_path: Path
) -> None:
    FAULTS["cost"] = [lambda name, call: Cost(3.0, "credits", "the bill")]
    run(place(), account(budget=Budget(usd=6.0)))
    assert bills(tmp_path / FILE, "run") == [("USD", 6.0, 6, 600)]
    with pytest.raises(BudgetError):
        run(place(), account(budget=Budget(usd=6.0)), step="step-2")


def test_a_bill_without_time_does_not_release_the_time_that_was_reserved(
    place: Any, account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scripted, "estimate", lambda self, works: Cost(1.0, "USD", "a price list", 60.0))
    budget = Budget(usd=100.0, minutes=1.0)
    run(place(bill=1.0), account(budget=budget))
    with pytest.raises(BudgetError, match=r"1\.0 are used"):
        run(place(bill=1.0), account(budget=budget), step="step-2")


def test_stop_now_cancels_every_job_and_a_resume_sends_anew_what_was_cancelled(
    place: Any, account: Any, tmp_path: Path
) -> None:
    def done_already(name: str, call: Any) -> Any:
        raise JobFailed("it cannot be cancelled any more")

    def stop_now(name: str, call: Any) -> Any:
        append(tmp_path, "cancel")
        append(tmp_path, "stop")
        return call()

    payer, limited = account(commands=tmp_path), place(circuits=2, polls=3)
    FAULTS.update(cancel=[done_already], status=[stop_now])
    with pytest.raises(Stopped):
        run(limited, payer)
    assert [job["state"] for job in jobs(limited.folder)] == ["running", "cancelled", "cancelled"]
    assert [event.outcome[:44] for event in payer.heard if isinstance(event, Obeyed)] == [
        "asked scripted to cancel 2 jobs, and 1 canno",
        "stopping",
    ]
    run(limited, account())
    assert [job["state"] for job in jobs(limited.folder)] == ["running", "cancelled", "cancelled", "running", "running"]


def test_draws_by_an_equal_seed_are_pooled_once_where_a_simulator_draws(place: Any, account: Any) -> None:
    for hardware, sent in ((False, 100), (True, None)):
        where = place(hardware=hardware)
        for name in ("one", "two"):
            run(where, account(f"{name} {hardware}"))
        before = len(jobs(where.folder))
        run(where, account(f"three {hardware}", reuse="top_up"), work(shots=200, counts=True))
        later = [job["works"][0]["shots"] for job in jobs(where.folder)[before:]]
        assert later == ([] if sent is None else [sent])


def test_a_stand_in_answers_for_itself_alone_and_jobs_are_asked_for_where_they_were_sent() -> None:
    real = Ionq(api_key="env:ONE")
    stand_in, other = dataclasses.replace(real, url="http://127.0.0.1:9"), dataclasses.replace(real, api_key="env:TWO")
    assert place_of(real) == place_of(other) != place_of(stand_in)
    assert len({way_of(backend) for backend in (real, stand_in, other)}) == 3


def test_a_journal_is_read_in_a_folder_of_any_name(place: Any, tmp_path: Path) -> None:
    folder = tmp_path / "50% of #1?"
    folder.mkdir()
    run(place(), Account("run", "run", Budget(usd=6.0), folder=folder))
    assert [entry.state for entry in entries(folder / FILE)] == ["done"]
