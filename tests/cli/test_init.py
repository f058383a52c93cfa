"""`qmlops init` makes a project that runs, or nothing."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from qmlops.errors import RequestError
from qmlops.pipeline import project
from qmlops.pipeline.project import experiment_name, init, petals
from tests.cli.conftest import Command

FILES = 6


def inside(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_project_with_an_awkward_name_composes(qmlops: Command, tmp_path: Path) -> None:
    made = qmlops("init", "Grüne Blumen 2")
    assert made.code == 0
    assert "cd 'Grüne Blumen 2'" in made.out and "qmlops run +experiment=grune_blumen_2" in made.out
    os.chdir(tmp_path / "Grüne Blumen 2")
    checked = qmlops("check", "--no-build", "+experiment=grune_blumen_2", "--json")
    assert json.loads(checked.out)["config"]["data"]["train"] == "data/petals.csv"


def test_its_own_test_passes_and_fails_where_nothing_can_be_learnt(tmp_path: Path) -> None:
    good, blind = tmp_path / "Good Try", tmp_path / "blind"
    init(good)
    init(blind)
    head, *rows = petals().splitlines()
    mixed = [row.rsplit(",", 1)[0] + f",{'abc'[number % 3]}" for number, row in enumerate(rows)]
    (blind / "data" / "petals.csv").write_text("\n".join([head, *mixed]))
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--import-mode=importlib", "-rfp"]
    tested = subprocess.run([*words, good, blind], cwd=tmp_path, capture_output=True, text=True)
    told = [line.split(" - ")[0] for line in tested.stdout.splitlines() if line.startswith(("PASSED ", "FAILED "))]
    learns, formed = "a_few_steps_lower_the_loss_and_beat_guessing", "the_experiment_is_well_formed"
    holds = "what_the_experiment_claims_holds"
    assert sorted(told) == [
        f"FAILED blind/tests/test_experiment.py::test_{learns}",
        f"FAILED blind/tests/test_experiment.py::test_{holds}",
        f"PASSED Good Try/tests/test_experiment.py::test_{learns}",
        f"PASSED Good Try/tests/test_experiment.py::test_{formed}",
        f"PASSED Good Try/tests/test_experiment.py::test_{holds}",
        f"PASSED blind/tests/test_experiment.py::test_{formed}",
    ], tested.stdout + tested.stderr
    assert not (good / "runs").exists(), "the test writes elsewhere"


def test_what_it_claims_holds_and_whoever_reads_it_is_told_how_to_check(qmlops: Command, tmp_path: Path) -> None:
    shown = qmlops("init", "mine").out
    mine = tmp_path / "mine"
    command = "qmlops test +experiment=mine"
    texts = ("README.md", ".github/workflows/ci.yml", "conf/experiment/mine.yaml", "tests/test_experiment.py")
    assert all(command in (mine / name).read_text() for name in texts) and f"  {command}\n" in shown
    os.chdir(mine)
    tested = qmlops(*command.split()[1:], "--json")
    found = {claim["name"]: claim["verdict"]["outcome"] for claim in json.loads(tested.out)["claims"]}
    assert tested.code == 0
    assert set(found) == {"undone", "features_have_a_period", "shots_follow_the_state", "learns"}
    assert set(found.values()) == {"pass"} and not (mine / "runs").exists()


def test_all_that_was_made_is_listed_as_json(qmlops: Command, tmp_path: Path) -> None:
    content = json.loads(qmlops("init", "mine", "--json").out)
    assert content["schema"] == 1 and content["experiment"] == "mine"
    assert set(content["files"]) == inside(tmp_path / "mine")
    assert len(content["files"]) == FILES


def test_nothing_is_overwritten_and_every_file_in_the_way_is_named(qmlops: Command, tmp_path: Path) -> None:
    (tmp_path / "mine" / "data").mkdir(parents=True)
    (tmp_path / "mine" / "README.md").write_text("mine")
    (tmp_path / "mine" / "data" / "petals.csv").symlink_to("nowhere")
    answer = qmlops("init", "mine")
    assert answer.code == 2
    assert "README.md, data/petals.csv" in answer.err
    assert (tmp_path / "mine" / "README.md").read_text() == "mine"
    assert inside(tmp_path / "mine") == {"README.md"}


def test_other_files_of_a_folder_stay(qmlops: Command, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("kept")
    answer = qmlops("init", ".")
    assert answer.code == 0 and "cd " not in answer.out
    assert (tmp_path / "notes.txt").read_text() == "kept"
    assert len(inside(tmp_path)) == FILES + 1


def test_a_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open
    calls = []

    def failing(path: Path, mode: str = "r", *rest: str, **options: str) -> object:
        if mode == "x":
            calls.append(path)
            if len(calls) == 4:
                raise OSError(28, "No space left on device", str(path))
        return opened(path, mode, *rest, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(project, "petals", lambda: "x,y\n")
    monkeypatch.setattr(Path, "open", failing)
    with pytest.raises(RequestError, match="No space left on device"):
        init(tmp_path / "a" / "b")
    assert len(calls) == 4
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_refused(qmlops: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = qmlops("init", "file")
    assert answer.code == 2 and "Not a directory" in answer.err


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("petals", "petals"),
        ("My First Try!", "my_first_try"),
        ("Grüße", "grue"),
        ("2024", "experiment_2024"),
        ("日本", "experiment"),
        ("null", "experiment_null"),
        ("a=b,c", "a_b_c"),
    ],
)
def test_names_of_experiments_need_no_quotes(title: str, name: str) -> None:
    assert experiment_name(title) == name
    assert yaml.safe_load(name) == name


def test_the_example_is_fishers_iris() -> None:
    head, *rows = csv.reader(petals().splitlines())
    assert head == ["petal_length", "petal_width", "species"]
    assert len(rows) == 150
    setosa = [float(row[0]) for row in rows if row[2] == "setosa"]
    assert len(setosa) == 50 and sum(setosa) / 50 == pytest.approx(1.462)
