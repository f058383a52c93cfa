"""A whole run at a provider: one batch a step, refused and resumed, stopped and resumed, never paid twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qmlops.cli.main import main
from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.core.control import append
from qmlops.core.event import JobMoved, RunEnded, StepDone, of_kind, read
from qmlops.core.ticket import Cost, Status
from qmlops.errors import BudgetError, JobFailed, Stopped, UnknownJob, Unsent
from qmlops.execute.ledger import FILE, bills, entries
from qmlops.lower.reading import circuits_of
from qmlops.pipeline.late import awaited, late_bills
from qmlops.pipeline.prepare import prepare
from qmlops.pipeline.record import Run
from qmlops.pipeline.run import resume, start
from qmlops.testing.session import open_session
from qmlops.train.model import QuantumModel
from tests.execute.conftest import SHORT
from tests.execute.provider import FAULTS, dropped, jobs, lost_reply, rejected, silent
from tests.train.small_runs import outcome


def ignore(event: object) -> None:
    """Watches nothing."""


def sent() -> list[dict[str, Any]]:
    return jobs("provider")


def test_a_step_is_one_request_and_preparing_sends_and_writes_nothing(spec: Any) -> None:
    task = prepare(spec())
    work = task.work(task.inputs, np.zeros(len(task.program.weights)), "any")
    rule = task.spec.gradient.rule(task.session, work)
    assert rule is not None
    circuits = sum(circuits_of(built) for built in rule.construct(work))
    assert not sent() and not Path(FILE).exists()
    run = start(spec(), Path("run"), ignore, [])
    training = [job for job, entry in zip(sent(), entries(Path(FILE)), strict=True) if entry.step.startswith("step")]
    assert [job["circuits"] for job in training] == [circuits] * 3
    moved = list(of_kind(read(run.folder), JobMoved))
    assert {event.state for event in moved} == {"intent", "sending", "queued", "done"}
    assert sum(event.shots for event in moved if event.state == "done") == sum(job["shots"] for job in sent())


def test_the_two_points_of_spsa_travel_together(spec: Any) -> None:
    start(spec("optimizer=spsa"), Path("run"), ignore, [])
    steps = [entry for entry in entries(Path(FILE)) if entry.step.startswith("step")]
    assert len(steps) == 3 and all(len(json.loads(entry.works)) == 2 for entry in steps)


def test_a_refused_run_is_resumed_with_a_bigger_budget_and_ends_as_if_nothing_had_been(spec: Any) -> None:
    whole = start(spec(), Path("whole"), ignore, [])
    paid = bills(Path(FILE), entries(Path(FILE))[0].scope)[0][1]
    assert paid is not None
    folder, most = Path("cut"), paid * 0.6
    with pytest.raises(BudgetError, match="qmlops resume") as refusal:
        start(spec(f"budget.usd={most}"), folder, ignore, [])
    assert refusal.value.exit_code == 4 and refusal.value.allow.startswith("budget.usd=")
    assert Run(folder).state == "refused" and len(list(of_kind(read(folder), StepDone))) >= 1
    before = len(sent())
    with pytest.raises(BudgetError):
        resume(folder, ignore)
    assert len(sent()) == before
    assert resume(folder, ignore, {"usd": paid * 1.001}).state == "finished"
    assert outcome(folder) == outcome(whole.folder)
    run = json.loads((folder / "request.json").read_text())["id"]
    mine = entries(Path(FILE), run=run)
    assert bills(Path(FILE), run)[0][1] == pytest.approx(paid) and len({entry.origin for entry in mine}) == len(mine)


@pytest.mark.parametrize("at", [1, 3, 5])
def test_a_run_that_is_stopped_while_it_waits_is_resumed_with_its_jobs(at: int, spec: Any) -> None:
    whole = start(spec(), Path("whole"), ignore, [])
    count = len(sent())

    def stop(name: str, call: Callable[[], Any]) -> Any:
        append(Path("cut"), "stop")
        return call()

    FAULTS["status"] = [*([lambda name, call: call()] * (at - 1)), stop]
    with pytest.raises(Stopped, match="qmlops resume cut"):
        start(spec(polls=1), Path("cut"), ignore, [])
    assert [event.state for event in of_kind(read(Path("cut")), RunEnded)] == ["interrupted"]
    assert resume(Path("cut"), ignore).state == "finished"
    assert len(sent()) == 2 * count and outcome(Path("cut")) == outcome(whole.folder)


def test_an_unknown_job_ends_the_run_until_a_person_has_decided(spec: Any, capsys: pytest.CaptureFixture[str]) -> None:
    FAULTS["submit"] = [lambda name, call: call(), dropped]
    with pytest.raises(UnknownJob):
        start(spec(), Path("run"), ignore, [])
    assert Run(Path("run")).state == "failed"
    token = next(entry.token for entry in entries(Path(FILE)) if entry.state == "unknown")
    with pytest.raises(UnknownJob):
        resume(Path("run"), ignore)
    assert main(["jobs", "adopt", token]) == 3
    assert main(["jobs", "forget", token]) == 0
    assert resume(Path("run"), ignore).state == "finished"
    spent = bills(Path(FILE), entries(Path(FILE))[0].scope)[0]
    assert spent[3] == sum(job["shots"] for job in sent())
    capsys.readouterr()


@pytest.mark.parametrize("verb", ["adopt", "retry"])
def test_what_turns_up_later_can_be_adopted_or_sent_again(
    verb: str, spec: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = start(spec(), Path("whole"), ignore, [])
    count = len(sent())
    FAULTS["submit"], FAULTS["find"] = [lost_reply], [lambda name, call: None]
    with pytest.raises(UnknownJob):
        start(spec(), Path("run"), ignore, [])
    token = next(entry.token for entry in entries(Path(FILE)) if entry.state == "unknown")
    other = entries(Path(FILE))[0].job
    assert main(["jobs", "adopt", token, "no-such-job"]) == 3
    assert main(["jobs", "adopt", token, other]) == 2, "it belongs to another request"
    assert main(["jobs", verb, token[:10]]) == 0
    assert resume(Path("run"), ignore).state == "finished"
    assert outcome(Path("run")) == outcome(whole.folder)
    assert len(sent()) == 2 * count + (verb == "retry")
    capsys.readouterr()


def test_jobs_are_listed_shown_fetched_and_cancelled(spec: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def stop(name: str, call: Callable[[], Any]) -> Any:
        append(Path("run"), "stop")
        return call()

    FAULTS["status"] = [stop]
    with pytest.raises(Stopped):
        start(spec(polls=1), Path("run"), ignore, [])
    token = entries(Path(FILE))[0].token
    assert main(["jobs", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)["jobs"]
    assert (listed["token"], listed["state"], listed["job"], listed["unit"]) == (token, "running", "job-0000", "USD")
    assert main(["jobs", "show", token]) == 0 and "job-0000" in capsys.readouterr().out
    assert main(["jobs", "fetch", token]) == 0
    assert entries(Path(FILE))[0].state == "done"
    assert main(["jobs", "cancel", token]) == 2, "it is done"
    assert main(["jobs", "show", "nothing"]) == 2
    resume(Path("run"), ignore)
    assert len({job["token"] for job in sent()}) == len(sent())
    capsys.readouterr()


def test_a_loaded_model_predicts_within_the_budget_of_its_config(spec: Any) -> None:
    start(spec(), Path("run"), ignore, [])
    before, model = len(sent()), QuantumModel.load(Path("run") / "model")
    assert len(model.predict([[0.1, 0.2], [1.0, -0.3]])) == 2
    assert len(sent()) == before + 1
    from qmlops.core.budget import Budget

    with pytest.raises(BudgetError):
        model.on(budget=Budget()).predict([[0.1, 0.2]])
    assert len(sent()) == before + 1


def test_stop_is_refused_for_a_run_that_is_not_running(spec: Any, capsys: pytest.CaptureFixture[str]) -> None:
    start(spec("steps=1"), Path("run"), ignore, [])
    assert main(["stop", "run"]) == 2 and "is not running" in capsys.readouterr().err


def test_no_key_is_written_anywhere(spec: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIPTED_KEY", "canary-0815")
    start(spec(), Path("run"), ignore, [])
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 10 and not [path for path in files if b"canary-0815" in path.read_bytes()]


def test_a_bill_that_comes_late_is_asked_for_again_and_only_once(spec: Any, capsys: pytest.CaptureFixture[str]) -> None:
    start(spec("steps=1"), Path("run"), ignore, [])
    before = entries(Path(FILE))
    assert len(before) > 1 and not any(entry.billed for entry in before)
    assert main(["jobs", "--offline"]) == 0 and entries(Path(FILE)) == before
    FAULTS["cost"] = [lambda name, call: Cost(0.25, "USD", "the bill", 3.0)] * len(before)
    assert main(["jobs", "list", "run"]) == 0 and "0.25 USD" in capsys.readouterr().out
    assert {(entry.billed, entry.amount, entry.seconds) for entry in entries(Path(FILE))} == {(1, 0.25, 3.0)}
    FAULTS["cost"] = [lambda name, call: pytest.fail("it was asked again")]
    assert late_bills() == 0
    FAULTS.clear()
    capsys.readouterr()


def test_a_bill_is_asked_for_within_its_time_and_not_for_ever(spec: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    start(spec("steps=1"), Path("run"), ignore, [])
    FAULTS["cost"] = [silent]
    assert late_bills() == 0, "a question that is not answered costs nothing"
    assert late_bills(seconds=-1.0) == 0
    later = time.time() + 15 * 86400
    monkeypatch.setattr("qmlops.pipeline.late.time.time", lambda: later)
    assert awaited(entries(Path(FILE))) == []


def test_a_resume_counts_the_bill_that_came_since(spec: Any) -> None:
    start(spec(), Path("whole"), ignore, [])
    paid, before = sum(entry.amount or 0.0 for entry in entries(Path(FILE))), len(sent())
    with pytest.raises(BudgetError):
        start(spec(f"budget.usd={paid * 0.6}"), Path("cut"), ignore, [])
    begun = len(sent())
    assert begun > before
    FAULTS["cost"] = [lambda name, call: Cost(2 * paid, "USD", "the bill")]
    with pytest.raises(BudgetError):
        resume(Path("cut"), ignore, {"usd": paid * 1.01})
    assert len(sent()) == begun


def test_a_run_whose_journal_is_gone_is_not_paid_for_again_unseen(
    spec: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    FAULTS["submit"] = [lambda name, call: call()] * 2 + [rejected]
    with pytest.raises(Unsent):
        start(spec(), Path("run"), ignore, [])
    before, spent = len(sent()), sum(entry.amount or 0.0 for entry in entries(Path(FILE)))
    for path in Path().glob(f"{FILE}*"):
        path.unlink()
    assert main(["resume", "run"]) == 2 and len(sent()) == before == 2
    told = capsys.readouterr().err
    assert "has sent 2 jobs" in told and "qmlops resume" in told and "--pay-again" in told
    assert main(["resume", "run", "--pay-again", "-q"]) == 0
    again = entries(Path(FILE))
    assert [entry.state for entry in again[:2]] == ["retried"] * 2 and {entry.state for entry in again[2:]} == {"done"}
    assert sum(entry.amount or 0.0 for entry in again[:2]) == pytest.approx(spent)
    capsys.readouterr()


def hidden(name: str, call: Callable[[], Any]) -> Any:
    raise JobFailed("there is no such job")


@pytest.mark.parametrize("verb", ["resume", "fetch", "adopt", "retry", "forget"])
def test_a_job_that_is_not_shown_waits_for_the_provider_or_a_person(
    verb: str, spec: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = start(spec(), Path("whole"), ignore, [])
    count, other = len(sent()), entries(Path(FILE))[0].job
    FAULTS["status"] = [hidden] * 3
    with pytest.raises(UnknownJob, match="qmlops jobs fetch"):
        start(spec(), Path("run"), ignore, [])
    assert main(["resume", "run", "-q"]) == 3 and "check that the key" in capsys.readouterr().err.lower()
    assert main(["jobs", "list", "run", "--open", "--json"]) == 0
    (waiting,) = json.loads(capsys.readouterr().out)["jobs"]
    assert (waiting["state"], waiting["reason"]) == ("unknown", "there is no such job")
    token = waiting["token"]
    assert main(["jobs", "fetch", token]) == 3 and len(sent()) == count + 1
    assert main(["jobs", "adopt", token, other]) == 2, "it belongs to another request"
    if verb != "resume":
        assert main(["jobs", verb, token, *([waiting["job"]] if verb == "adopt" else [])]) == 0
    assert resume(Path("run"), ignore).state == "finished"
    assert outcome(Path("run")) == outcome(whole.folder)
    assert len(sent()) == 2 * count + (verb in ("retry", "forget"))
    capsys.readouterr()


def lose_the_journal() -> None:
    for path in Path().glob(f"{FILE}*"):
        path.unlink()


def test_a_request_whose_answer_was_lost_is_not_sent_again_where_the_journal_is_gone(
    spec: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    FAULTS["submit"], FAULTS["find"] = [lost_reply], [lambda name, call: None]
    with pytest.raises(UnknownJob):
        start(spec(), Path("run"), ignore, [])
    lose_the_journal()
    assert main(["resume", "run"]) == 2 and len(sent()) == 1
    assert "has sent 1 jobs" in capsys.readouterr().err


def test_a_run_of_a_sweep_does_not_spend_again_what_a_lost_journal_knew_of_the_others(
    spec: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    start(spec(), Path("sweep/0"), ignore, [], scope="sweep")
    paid, before = sum(entry.amount or 0.0 for entry in entries(Path(FILE))), len(sent())
    with pytest.raises(BudgetError):
        start(spec(f"budget.usd={paid}", "seed=2"), Path("sweep/1"), ignore, [], scope="sweep")
    lose_the_journal()
    assert main(["resume", "sweep/1"]) == 2 and f"sweep of {Path('sweep/1').resolve()}" in capsys.readouterr().err
    assert main(["resume", "sweep/1", "--pay-again", "-q"]) == 4, "what the others have spent stays spent"
    assert len(sent()) == before
    capsys.readouterr()


def test_what_is_paid_again_after_a_second_attempt_is_sent_as_a_third(
    spec: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    FAULTS["status"] = [lambda name, call: Status("failed", "it was warm")] * 2
    for go in (lambda: start(spec("steps=1"), Path("run"), ignore, []), lambda: resume(Path("run"), ignore)):
        with pytest.raises(JobFailed):
            go()
    tokens = {entry.token for entry in entries(Path(FILE))}
    lose_the_journal()
    assert main(["resume", "run", "--pay-again", "-q"]) == 0
    assert tokens < {entry.token for entry in entries(Path(FILE))}
    assert len({job["token"] for job in sent()}) == len(sent())
    capsys.readouterr()


def test_time_on_the_machine_that_a_lost_journal_knew_stays_used(spec: Any, capsys: pytest.CaptureFixture[str]) -> None:
    timed = {"unit": "minutes", "price": 0.001}
    FAULTS["submit"] = [lambda name, call: call(), rejected]
    with pytest.raises(Unsent):
        start(spec("budget.minutes=1000", **timed), Path("run"), ignore, [])
    used = entries(Path(FILE))[0].seconds
    lose_the_journal()
    assert used and main(["resume", "run", "--pay-again", "-q"]) == 0
    assert entries(Path(FILE))[0].seconds == used
    capsys.readouterr()


def test_claims_on_a_stored_run_are_paid_by_what_was_said_also_where_the_journal_is_gone(spec: Any) -> None:
    stored, claim = start(spec("steps=1"), Path("run"), ignore, []), "+test@tests.right=accuracy"
    before = len(sent())
    for lose in (lambda: None, lose_the_journal):
        lose()
        with pytest.raises(BudgetError):
            open_session(spec(claim), ["right"], stored=stored, spend=0.0).check(ignore)
        assert len(sent()) == before, "the budget of the run's config, which has no bound, is not the session's"
    assert len(open_session(spec(claim), ["right"], stored=stored, spend=1000.0).check(ignore)) == 1
    assert len(sent()) == before + 1


def test_claims_on_a_stored_run_send_nothing_to_its_provider_where_another_backend_is_asked_for(spec: Any) -> None:
    stored = start(spec("steps=1"), Path("run"), ignore, [])
    before = len(sent())
    local = build(dict(compose([*SHORT, "tracker=none", "+test@tests.right=accuracy"]).config))
    assert len(open_session(local, ["right"], stored=stored).check(ignore)) == 1
    assert len(sent()) == before


@pytest.mark.parametrize("verb", ["fetch", "retry"])
def test_results_that_cannot_be_read_wait_for_a_person(
    verb: str, spec: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = start(spec(), Path("whole"), ignore, [])
    count = len(sent())
    FAULTS["result"] = [lambda name, call: []]
    with pytest.raises(JobFailed, match="qmlops jobs fetch"):
        start(spec(), Path("run"), ignore, [])
    assert main(["jobs", "list", "run", "--open", "--json"]) == 0
    (waiting,) = json.loads(capsys.readouterr().out)["jobs"]
    assert waiting["state"] == "unreadable" and main(["jobs", "forget", waiting["token"]]) == 2
    assert main(["jobs", verb, waiting["token"]]) == 0
    assert resume(Path("run"), ignore).state == "finished"
    assert outcome(Path("run")) == outcome(whole.folder)
    assert len(sent()) == 2 * count + (verb == "retry")
    capsys.readouterr()
