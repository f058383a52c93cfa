"""`qmlops test`: verdicts, plans and files, and every mistake told with its key."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from qmlops.errors import BudgetError
from qmlops.testing.claim.unitary import Unitary
from qmlops.testing.session import open_session
from tests.cli.conftest import Answer, Command, qmlops
from tests.conftest import MakeSpec

__all__ = ["qmlops"]
EXPERIMENTS = ("vqc", "vqc_moons", "vqe_h2", "qaoa_maxcut", "iqp_kernel")
H2 = ("test", "+experiment=vqe_h2")
SMALL = ("test", "data=none", "encoder=none", "circuit=qaoa", "readout=maxcut", "objective=energy", "metric=none")
"""QAOA on a ring, without claims of its own."""


def claims(answer: Answer) -> dict[str, dict[str, object]]:
    body = json.loads(answer.out)
    assert body["schema"] == 1
    return {item["name"]: item for item in body["claims"]}


def test_every_shipped_experiment_claims_something_and_vqc_at_least_eight(qmlops: Command) -> None:
    counts = {name: len(claims(qmlops("test", f"+experiment={name}", "--plan", "--json"))) for name in EXPERIMENTS}
    assert len(counts) == 5 and min(counts.values()) >= 5 and counts["vqc"] >= 8


@pytest.mark.parametrize("name", ["vqc", "vqe_h2", "qaoa_maxcut"])
def test_a_shipped_experiment_keeps_its_claims_and_leaves_nothing_behind(qmlops: Command, name: str) -> None:
    answer = qmlops("test", f"+experiment={name}")
    assert answer.code == 0, answer.out + answer.err
    assert " fail " not in answer.out and " inconclusive " not in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80
    assert not list(Path().iterdir())


def test_drawn_in_place_of_exact_the_same_claims_hold(qmlops: Command) -> None:
    words = ("--claim", "undone", "--claim", "shots_follow_the_state", "suite.exact=false", "--json")
    found = claims(qmlops(*H2, *words))
    assert {item["verdict"]["outcome"] for item in found.values()} == {"pass"}  # type: ignore[index]
    assert all(item["verdict"]["shots"] > 0 for item in found.values())  # type: ignore[index]


def test_the_same_seed_draws_the_same_and_another_something_else(qmlops: Command) -> None:
    def drawn(*words: str) -> object:
        return claims(qmlops(*H2, "--claim", "shots_follow_the_state", "--json", *words))["shots_follow_the_state"][
            "verdict"
        ]

    assert drawn() == drawn() != drawn("seed=2")


def test_a_wrong_claim_fails_with_exit_code_1(qmlops: Command) -> None:
    answer = qmlops(*SMALL, "+tests.sure={kind: expectation, observable: Z0, value: 1, effect: 0.1}")
    assert answer.code == 1
    assert "sure" in answer.out and "fail" in answer.out


def test_too_few_shots_are_inconclusive_and_no_success(qmlops: Command) -> None:
    answer = qmlops(*H2, "--claim", "shots_follow_the_state", "suite.shots=20")
    assert answer.code == 1
    assert "inconclusive" in answer.out


def test_a_claim_from_the_group_is_filled_by_its_name(qmlops: Command) -> None:
    answer = qmlops(*SMALL, "+test@tests.mine=metamorphic", "tests.mine.relation=relabelling", "--json")
    assert answer.code == 0
    assert claims(answer)["mine"]["kind"] == "metamorphic"


def test_without_claims_it_says_how_to_write_one(qmlops: Command) -> None:
    answer = qmlops(*SMALL)
    assert answer.code == 2
    assert "declares no tests" in answer.err and "kind: metamorphic" in answer.err


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("tests.undone.kind=metamorphc", ("tests.undone.kind", "did you mean 'metamorphic'")),
        ("tests.undone.alpha=2", ("tests.undone.alpha", ">= 1e-09")),
        ("tests.undone.relaton=inverse", ("tests.undone.relaton", "did you mean 'relation'")),
        ("tests.undone.relation=invers", ("tests.undone.relation", "did you mean 'inverse'")),
        ("tests.undone.row=7", ("tests.undone.row", "no row 7")),
        ("tests.undone=5", ("tests.undone", "no part")),
        ("++tests=5", ("tests", "no mapping")),
        ("tests.shots_follow_the_state.alpha=0.5", ("tests.shots_follow_the_state.alpha", "suite.alpha")),
        ("tests.undne.effect=0.1", ("tests.undne.kind", "did you mean 'undone'", "metamorphic")),
        ("suite.alpha=0", ("suite.alpha", ">= 1e-06")),
        ("suite.alpah=0.1", ("suite.alpah", "did you mean 'alpha'")),
        ("test=metamorphic", ("test", "no such key")),
        ("+test@tests.mine=metamorphc", ("test", "metamorphic")),
    ],
)
def test_a_typo_is_told_with_its_key(qmlops: Command, word: str, told: tuple[str, str]) -> None:
    answer = qmlops(*H2, word)
    assert answer.code == 2
    assert all(part in answer.err for part in told), answer.err


def test_all_mistakes_of_all_claims_are_told_at_once(qmlops: Command) -> None:
    answer = qmlops("check", *H2[1:], "tests.undone.kind=x", "tests.published.tolerance=-1", "steps=0")
    assert answer.code == 2
    assert all(key in answer.err for key in ("tests.undone.kind", "tests.published.tolerance", "steps"))


def test_an_unknown_claim_or_an_empty_category_is_refused(qmlops: Command) -> None:
    assert "did you mean 'undone'" in qmlops(*H2, "--claim", "undne").err
    assert qmlops(*H2, "--category", "hardware").code == 2


def test_the_plan_counts_shots_and_runs_nothing(qmlops: Command) -> None:
    answer = qmlops(*H2, "--plan", "suite.exact=false", "--json")
    planned = claims(answer)
    assert answer.code == 0 and not answer.err
    assert planned["undone"]["shots"] > 0 and planned["is_the_ground_state"]["alpha"] == 0  # type: ignore[operator]
    assert sum(item["alpha"] for item in planned.values()) == pytest.approx(0.01)  # type: ignore[misc]
    found = json.loads(answer.out)
    assert (found["cost"]["amount"], found["training"]) == (0, None)


FORTE = (*SMALL, "backend=ionq", "backend.device=qpu.forte-1", "shots=1000", "+test@tests.mine=expectation")


def test_hardware_is_refused_until_somebody_says_what_it_may_cost(qmlops: Command) -> None:
    answer = qmlops(*FORTE)
    assert answer.code == 4
    assert "--spend" in answer.err and "qpu.forte-1" in answer.err
    planned = claims(qmlops(*FORTE, "--plan", "--json"))["mine"]
    assert planned["category"] == "hardware" and planned["shots"] > 0  # type: ignore[operator]
    assert planned["requests"] == 8


def test_training_at_a_provider_is_in_the_plan_and_a_stored_model_takes_it_out(qmlops: Command) -> None:
    assert qmlops("run", "-q", *SMALL[1:]).code == 0
    words = (*FORTE, "tests.mine.at=trained", "--plan")
    answer = qmlops(*words, "--json")
    assert json.loads(answer.out)["training"]["requests"] > 0
    shown = qmlops(*words).out
    assert "(training)" in shown and "--run RUN takes its model" in shown
    stored = qmlops(*words, "--run", "latest", "--json")
    assert json.loads(stored.out)["training"] is None


def test_what_is_said_bounds_what_is_spent(spec_of: MakeSpec) -> None:
    spec = spec_of(*FORTE[1:])
    bounded = [open_session(spec, spend=2.5).subject.task.account for _ in range(2)]
    assert [account.budget.usd for account in bounded] == [2.5, 2.5]
    assert bounded[0].scope != bounded[1].scope
    assert open_session(spec).subject.task.account.budget.usd == 0


@pytest.mark.parametrize("amount", ["-1", "nan", "much"])
def test_what_is_no_amount_is_refused(qmlops: Command, amount: str) -> None:
    answer = qmlops(*FORTE, f"--spend={amount}")
    assert answer.code == 2 and "no amount of USD" in answer.err


def test_junit_and_markdown_say_what_failed(qmlops: Command) -> None:
    wrong = "+tests.sure={kind: expectation, observable: Z0, value: 1, effect: 0.1}"
    answer = qmlops(*SMALL, wrong, "+test@tests.right=metamorphic", "--junit", "found.xml", "--md", "-")
    assert answer.code == 1
    suite = ElementTree.parse("found.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.get("name") for case in suite if case.find("failure") is not None] == ["sure"]
    assert "| sure | fail |" in answer.out and "| right | pass |" in answer.out


def test_a_stored_run_is_tested_without_training(qmlops: Command) -> None:
    assert qmlops("run", "-q", "+experiment=vqe_h2", "tracker=none").code == 0
    answer = qmlops("test", "--run", "latest")
    assert answer.code == 0
    assert "training" not in answer.err
    refused = qmlops(*H2, "--run", "latest", "circuit.layers=2")
    assert refused.code == 2 and "another circuit" in refused.err


ENDS = "+tests.{name}={{kind: {kind}}}"


@pytest.mark.parametrize(("error", "code"), [(BudgetError("No more."), 4), (KeyboardInterrupt(), 130)])
def test_what_was_found_out_is_told_where_a_later_claim_cannot_be_checked(
    qmlops: Command, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    def fails(*given: object) -> None:
        raise error

    monkeypatch.setattr(Unitary, "check", fails)
    words = [ENDS.format(name=name, kind=kind) for name, kind in (("first", "metamorphic"), ("second", "unitary"))]
    answer = qmlops(*SMALL, *words, ENDS.format(name="third", kind="metamorphic"), "--junit", "found.xml", "--json")
    assert answer.code == code
    assert set(claims(answer)) == {"first"} and json.loads(answer.out)["unchecked"] == ["second", "third"]
    suite = ElementTree.parse("found.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "0", "2")
    assert [case.get("name") for case in suite if case.find("error") is not None] == ["second", "third"]
    assert "not checked: second\n" in qmlops(*SMALL, *words).out


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_drawn(qmlops: Command) -> None:
    answer = qmlops(*H2, "--junit", "no/such/folder.xml")
    assert answer.code == 2 and "cannot be written" in answer.err and "testing" not in answer.err
    for words in (("--json", "--md", "-"), ("--md", "-", "--junit", "-"), ("--plan", "--md", "-")):
        assert qmlops(*H2, *words).code == 2


def test_a_closed_pipe_changes_no_exit_code(tmp_path: Path) -> None:
    wrong = "+tests.sure={kind: expectation, observable: Z0, value: 1, effect: 0.1}"
    called = [sys.executable, "-m", "qmlops", *SMALL, wrong, "--json"]
    process = subprocess.Popen(called, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tmp_path)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait() == 1


def test_overrides_that_make_another_experiment_than_the_stored_run_are_told(qmlops: Command) -> None:
    assert qmlops("run", "-q", "+experiment=vqe_h2", "tracker=none").code == 0
    answer = qmlops("test", "--run", "latest", "suite.exact=false")
    assert answer.code == 2 and "+experiment=NAME suite.exact=false" in answer.err
    assert qmlops(*H2, "--run", "latest", "--claim", "undone", "suite.exact=false").code == 0


def test_the_rows_of_a_kernel_machine_are_compared_with_all_support_points(qmlops: Command) -> None:
    words = ("test", "+experiment=iqp_kernel", "~tests", "shots=20", "data.split.test=0.02", "encoder.repeats=1")
    words = (*words, "+tests.often={kind: accuracy, at_least: 0.6}", "tracker=none")
    planned = claims(qmlops(*words, "--plan", "--json"))["often"]
    verdict = claims(qmlops(*words, "--json"))["often"]["verdict"]
    rows = 60
    assert planned["circuits"] == rows * 240 and planned["shots"] == rows * 240 * 20
    assert verdict["shots"] % (rows * 20) == 0 and rows * 20 < verdict["shots"] <= planned["shots"]  # type: ignore[index]


def test_a_session_that_is_refused_before_its_first_claim_leaves_no_old_report(qmlops: Command) -> None:
    Path("old.xml").write_text("<testsuites/>")
    answer = qmlops(*FORTE, "--junit", "old.xml", "--json")
    assert answer.code == 4 and json.loads(answer.out)["unchecked"] == ["mine"]
    suite = ElementTree.parse("old.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("errors")) == ("1", "1")
    assert not qmlops(*FORTE).out


def test_a_stored_kernel_machine_is_planned_with_its_own_support(qmlops: Command) -> None:
    words = ("+experiment=iqp_kernel", "encoder.repeats=1", "tracker=none")
    assert qmlops("run", "-q", *words).code == 0
    test = ("test", "--run", "latest", *words, "~tests", "+tests.often={kind: accuracy, at_least: 0.6}", "shots=10")
    planned = claims(qmlops(*test, "--plan", "--json"))["often"]
    verdict = claims(qmlops(*test, "--json"))["often"]["verdict"]
    assert planned["shots"] == verdict["shots"] > 60 * 10  # type: ignore[index]
