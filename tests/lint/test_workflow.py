"""The workflow's shell steps, as they stand in the YAML, run by bash as GitHub runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from qmlops.parts.backend.ibm.cloud import Ibm
from qmlops.parts.backend.ionq.cloud import Ionq
from tests.doubles.ionq import KEY, IonqDouble
from tests.lint.test_rules import CASES, GOOD

WORKFLOW = Path(__file__).resolve().parents[2] / ".github" / "workflows" / "qmlops.yml"
WHOLE: dict[Any, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
CALLED: dict[str, Any] = WHOLE[True]["workflow_call"]  # YAML 1.1 reads `on` as true
JOBS: dict[str, Any] = WHOLE["jobs"]
STEPS = {
    job: {step["name"]: step["run"] for step in content["steps"] if "run" in step} for job, content in JOBS.items()
}
CLAIM = "\ntests:\n  undone: {kind: metamorphic, relation: inverse}\n"


def bash(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "EXPERIMENTS": "mine", "OVERRIDES": "", "BASE": "main"} | variables
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(words, capture_output=True, text=True, env=environment)


def git(*words: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *identity, *words], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of a project with one experiment, on a branch."""
    origin, here = tmp_path / "origin", tmp_path / "here"
    (origin / "conf" / "experiment").mkdir(parents=True)
    (origin / "conf" / "experiment" / "mine.yaml").write_text(GOOD + CLAIM)
    monkeypatch.chdir(origin)
    for words in (["init", "-qb", "main"], ["add", "."], ["commit", "-qm", "Begin"], ["clone", "-q", ".", str(here)]):
        git(*words)
    monkeypatch.chdir(here)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return here


def test_the_workflow_has_its_steps_in_order_and_takes_nothing_from_a_caller_into_a_script() -> None:
    assert list(STEPS["gates"]) == ["install", "check", "lint", "test", "plan", "difference", "summary"]
    assert list(STEPS["hardware"]) == ["install", "month", "journal", "hardware"]
    assert not [text for steps in STEPS.values() for text in steps.values() if "${{" in text]


def test_all_gates_pass_and_the_summary_tells_what_changed_in_the_plan(project: Path) -> None:
    file = Path("conf/experiment/mine.yaml")
    file.write_text(file.read_text() + "steps: 7\n")
    for name, script in STEPS["gates"].items():
        found = bash(script, PACKAGE="qmlops")
        assert found.returncode == 0, f"{name}: {found.stdout}{found.stderr}"
    summary = Path(os.environ["GITHUB_STEP_SUMMARY"]).read_text()
    assert summary.startswith("## mine") and "| undone | pass |" in summary
    assert "cost" in summary and "### Changes to the plan on main" in summary
    assert "100 steps" in summary and "7 steps" in summary
    assert not Path(".base").exists() and Path("reports/test-mine.xml").exists()


@pytest.mark.parametrize(
    ("step", "text", "code"),
    [
        ("check", GOOD.replace("layers", "layrs"), 2),
        ("lint", CASES["unreachable_wire"]["alone"][0], 1),
        ("test", GOOD + "\ntests:\n  sure: {kind: expectation, observable: Z0, value: 1, effect: 0.01}\n", 1),
    ],
)
def test_a_gate_stops_what_it_is_there_for(step: str, text: str, code: int, project: Path) -> None:
    Path("conf/experiment/mine.yaml").write_text(text)
    assert bash(STEPS["gates"][step]).returncode == code


def test_an_experiment_that_the_base_lacks_has_no_difference_but_a_word(project: Path) -> None:
    shutil.copy("conf/experiment/mine.yaml", "conf/experiment/other.yaml")
    for name in ("plan", "difference"):
        assert bash(STEPS["gates"][name], EXPERIMENTS="other").returncode == 0
    assert Path("reports/difference-other.diff").read_text() == "There is no plan of other on main.\n"


def test_hardware_spends_what_is_left_of_the_month_and_then_is_refused(project: Path) -> None:
    claim = "\ntests:\n  drawn: {kind: expectation, observable: Z0, effect: 0.9, power: 0.6, alpha: 0.04}\n"
    Path("conf/experiment/mine.yaml").write_text(GOOD + claim)
    double = IonqDouble()
    try:
        chosen = f"backend=ionq backend.device=qpu.forte-1 backend.url={double.url} shots=100"
        given = {"HARDWARE": chosen, "IONQ_API_KEY": KEY}
        first = bash(STEPS["hardware"]["hardware"], MONTHLY_USD="1000", **given)
        assert first.returncode in (0, 1) and "1000.0 of 1000 USD are left" in first.stdout, first.stderr
        jobs = json.loads(bash("qmlops jobs --json").stdout)["jobs"]
        spent = sum(job["amount"] for job in jobs)
        assert jobs and spent > 0
        second = bash(STEPS["hardware"]["hardware"], MONTHLY_USD=str(spent + 0.01), **given)
        assert second.returncode == 4 and second.stdout.startswith("0.01 of "), second.stderr
        assert json.loads(bash("qmlops jobs --json").stdout)["jobs"] == jobs
    finally:
        double.close()
    assert "| drawn |" in Path(os.environ["GITHUB_STEP_SUMMARY"]).read_text()


def test_a_name_that_is_wrong_stops_no_other_and_fails_every_step_in_the_end(project: Path) -> None:
    for step in ("check", "lint", "plan"):
        found = bash(STEPS["gates"][step], EXPERIMENTS="nope mine")
        assert found.returncode == 2 and "nope" in found.stderr, step
    assert "steps" in Path("reports/plan-mine.md").read_text()
    assert bash(STEPS["gates"]["difference"], EXPERIMENTS="nope mine").returncode == 0
    assert Path("reports/difference-nope.diff").read_text() == "There is no plan of nope here.\n"


def test_an_experiment_in_a_folder_goes_through_every_gate(project: Path) -> None:
    Path("conf/experiment/team").mkdir()
    shutil.copy("conf/experiment/mine.yaml", "conf/experiment/team/other.yaml")
    for name, script in STEPS["gates"].items():
        if name != "install":
            found = bash(script, EXPERIMENTS="team/other")
            assert found.returncode == 0, f"{name}: {found.stdout}{found.stderr}"
    summary = Path(os.environ["GITHUB_STEP_SUMMARY"]).read_text()
    assert "## team/other" in summary and "| undone | pass |" in summary and "100 steps" in summary


def test_the_keys_of_every_provider_reach_the_claims_on_hardware_and_no_other_step(project: Path) -> None:
    secrets = set(CALLED["secrets"])
    read = {Ionq().api_key, Ibm().api_key, Ibm().instance}
    aws = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
    assert secrets == aws | {name.removeprefix("env:") for name in read}
    assert not any(item["required"] for item in CALLED["secrets"].values())
    step = next(step for step in JOBS["hardware"]["steps"] if step.get("name") == "hardware")
    assert {key: f"${{{{ secrets.{key} }}}}" for key in secrets}.items() <= step["env"].items()
    assert WORKFLOW.read_text().split("jobs:\n  gates:")[1].count("secrets.") == len(secrets)


def test_a_key_that_the_caller_does_not_give_is_no_empty_variable(project: Path) -> None:
    script = STEPS["hardware"]["hardware"].split("code=0")[0] + "env"
    empty = dict.fromkeys(("AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "IBM_QUANTUM_TOKEN", "IONQ_API_KEY"), "")
    told = bash(script, **empty, AWS_ACCESS_KEY_ID="given").stdout.splitlines()
    assert "AWS_ACCESS_KEY_ID=given" in told
    assert [line for line in told if line.partition("=")[0] in empty] == []
