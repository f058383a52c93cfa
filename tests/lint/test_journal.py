"""How the workflow finds the month's journal again: its own shell step, with a `gh` that answers from a table."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.lint.test_workflow import JOBS, STEPS, bash

GH = """#!{python}
import json, pathlib, sys
*words, path = sys.argv[1:]
answers = json.loads(pathlib.Path({answers!r}).read_text())
name = path.removeprefix("repos/me/mine/actions/").split("?")[0]
if words[0] != "api" or name not in answers:
    sys.exit(f"HTTP 404: {{path}}")
answer = answers[name]
if isinstance(answer, str):
    sys.stdout.buffer.write(bytes.fromhex(answer))
else:
    print(json.dumps([answer] if "--slurp" in words else answer))
"""
NOW = "2026-11-2"


def job(started: str, kept: str = "success", paid: str | None = "failure", status: str = "completed") -> dict[str, Any]:
    paid_step = {"name": "hardware", "conclusion": paid, "started_at": started}
    kept_step = {"name": "keep the journal", "conclusion": kept, "started_at": started}
    steps = [{"name": "journal", "conclusion": "success"}, paid_step, *([kept_step] if kept else [])]
    return {"status": status, "started_at": started, "steps": steps}


def packed(text: str) -> str:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("journal.db", text)
        archive.writestr("journal.month", "2026-11")
        archive.writestr("../stray", "")
    return held.getvalue().hex()


class Hub:
    """What the stub answers: runs of the workflow, each with its jobs and its artifact."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.answers: dict[str, Any] = {"runs/9": {"workflow_id": 5}, "workflows/5/runs": {"workflow_runs": []}}
        self.run(9, job(NOW, status="in_progress", paid=None, kept=""))

    def run(self, number: int, *jobs: dict[str, Any], event: str = "schedule", month: str = "2026-11") -> None:
        self.answers["workflows/5/runs"]["workflow_runs"].append({"id": number, "event": event})
        self.answers[f"runs/{number}/jobs"] = {"jobs": list(jobs)}
        artifact = {"id": 100 + number, "name": f"qmlops-journal-{month}-{number}", "expired": False}
        self.answers[f"runs/{number}/artifacts"] = {"artifacts": [artifact]}
        self.answers[f"artifacts/{100 + number}/zip"] = packed(f"journal of {number}")

    def restore(self, **variables: str) -> tuple[int, str, str]:
        """Exit code, what was told, and the journal that is there."""
        (self.place / "answers.json").write_text(json.dumps(self.answers))
        known = {"GITHUB_REPOSITORY": "me/mine", "GITHUB_RUN_ID": "9", "GITHUB_EVENT_NAME": "schedule"}
        script = f"PATH={self.place}:$PATH\n" + STEPS["hardware"]["journal"]
        found = bash(script, **(known | {"MONTH": "2026-11"} | variables))
        journal = Path("journal.db")
        assert Path("journal.month").exists() == (found.returncode == 0)
        return found.returncode, found.stdout + found.stderr, journal.read_text() if journal.exists() else ""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: Any) -> Hub:
    place, here = tmp_path / "bin", tmp_path / "a" / "here"
    place.mkdir()
    here.mkdir(parents=True)
    (place / "gh").write_text(GH.format(python=sys.executable, answers=str(place / "answers.json")))
    (place / "gh").chmod(0o755)
    monkeypatch.chdir(here)
    return Hub(place)


def test_the_first_run_of_a_month_starts_with_nothing(hub: Hub) -> None:
    hub.run(1, job("2026-10-30"), month="2026-10")
    hub.run(2, job(NOW, paid="skipped", kept="skipped"))
    hub.run(3, job("2026-11-05"), event="pull_request")
    hub.run(4, {"status": "completed", "started_at": NOW, "steps": [{"name": "test", "conclusion": "failure"}]})
    code, told, journal = hub.restore()
    assert (code, journal) == (0, "") and "the first run of the month" in told, told


def test_the_newest_journal_of_the_month_is_gone_on_with(hub: Hub) -> None:
    hub.run(1, job("2026-11-01"), job("2026-11-15"))
    hub.run(2, job("2026-11-08"))
    code, told, journal = hub.restore()
    assert (code, journal) == (0, "journal of 1"), told
    assert sorted(os.listdir()) == ["journal.db", "journal.month"] and not Path("../stray").exists()


def test_a_second_attempt_goes_on_with_what_the_first_left(hub: Hub) -> None:
    hub.run(2, job("2026-11-08"))
    hub.run(9, job("2026-11-09"), job(NOW, status="in_progress", paid=None, kept=""))
    assert hub.restore()[::2] == (0, "journal of 9")


@pytest.mark.parametrize("how", ["expired", "deleted", "not kept", "killed", "no download", "no list", "no runs"])
def test_a_journal_that_cannot_be_had_stops_the_job(how: str, hub: Hub) -> None:
    hub.run(1, job("2026-11-01"))
    hub.run(2, job("2026-11-08"))
    if how == "expired":
        hub.answers["runs/2/artifacts"]["artifacts"][0]["expired"] = True
    elif how == "deleted":
        hub.answers["runs/2/artifacts"]["artifacts"] = []
    elif how == "not kept":
        hub.answers["runs/2/jobs"]["jobs"] = [job("2026-11-08", kept="failure")]
    elif how == "killed":
        hub.answers["runs/2/jobs"]["jobs"] = [job("2026-11-08", kept="", paid=None)]
    else:
        del hub.answers[{"no download": "artifacts/102/zip", "no list": "runs/2/jobs"}.get(how, "workflows/5/runs")]
    code, told, journal = hub.restore()
    assert code != 0 and journal == ""
    assert ("gh run delete 2" in told) == (how in ("expired", "deleted", "not kept", "killed")), told


def test_a_request_to_pull_spends_nothing(hub: Hub) -> None:
    assert hub.restore(GITHUB_EVENT_NAME="pull_request")[0] == 1


def test_the_journal_is_kept_whatever_the_claims_say_for_longer_than_a_month() -> None:
    step = JOBS["hardware"]["steps"][-1]
    assert step["name"] == "keep the journal" and step["uses"] == "actions/upload-artifact@v4"
    assert step["if"] == "always() && steps.journal.outcome == 'success'"
    assert step["with"]["name"] == "qmlops-journal-${{ env.MONTH }}-${{ github.run_id }}"
    assert step["with"]["retention-days"] == 40 and "journal.db*" in step["with"]["path"].split()
    assert JOBS["hardware"]["permissions"] == {"contents": "read", "actions": "read"}
