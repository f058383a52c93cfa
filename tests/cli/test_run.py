"""Runs, sweeps and what is said of them, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qmlops.pipeline.folder import read_json, write_json
from tests.cli.conftest import Command

SHORT = ("tracker=none", "steps=3")


def the_run(folder: Path = Path("runs")) -> Path:
    (found,) = folder.iterdir()
    return found


def test_a_run_prints_scores_baselines_and_places(qmlops: Command) -> None:
    answer = qmlops("run", "+experiment=vqc", *SHORT)
    assert answer.code == 0
    for word in (
        "this model",
        "logistic regression",
        "RBF SVM",
        "95 % interval",
        "336 circuits in training",
        "report.html",
    ):
        assert word in answer.out
    assert "step 3/3" in answer.err


def test_a_run_folder_holds_everything(qmlops: Command) -> None:
    qmlops("run", "+experiment=vqc_moons", "-q", *SHORT)
    names = {path.name for path in the_run().iterdir()}
    wanted = {"config.yaml", "request.json", "events.jsonl", "checkpoint.npz", "model", "result.json", "report.html"}
    assert wanted <= names


def test_quiet_says_nothing_on_stderr(qmlops: Command) -> None:
    assert qmlops("run", "+experiment=vqc", "-q", *SHORT).err == ""


def test_json_of_a_run_and_of_analyze_are_equal(qmlops: Command) -> None:
    run = qmlops("run", "+experiment=vqc", "-q", "--json", *SHORT)
    told = json.loads(run.out)
    assert told["schema"] == 1
    assert 0 <= told["runs"][0]["metrics"]["test_accuracy"] <= 1
    assert json.loads(qmlops("analyze", "--json").out) == told


def test_numbers_that_json_lacks_are_strings_for_scripts(qmlops: Command) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    qmlops("run", "+experiment=vqe_h2", "-q", *SHORT)
    folder = the_run()
    result = read_json(folder / "result.json")
    result["metrics"] |= {"loss": float("nan"), "energy": float("-inf")}
    write_json(folder / "result.json", result)
    for text in (
        (folder / "result.json").read_text(),
        qmlops("analyze", "--json").out,
        qmlops("check", "--no-build", "--json", "+experiment=vqc", "+tags.limit=nan").out,
    ):
        assert '"nan"' in text
        json.loads(text, parse_constant=refuse)
    assert "-inf" in qmlops("analyze").out


def test_a_sweep_runs_each_combination_and_reports_the_worst_exit_code(qmlops: Command) -> None:
    answer = qmlops("run", "-m", "+experiment=vqc", "circuit.layers=1,2", "qubits=4,50", *SHORT)
    assert answer.code == 2
    assert "2 finished, 2 failed" in answer.out
    assert answer.err.count("50 qubits need") == 2
    assert "circuit.layers=1" in answer.out and "circuit.layers=2" in answer.out


def test_a_sweep_over_a_name_that_is_not_there_starts_nothing(qmlops: Command) -> None:
    answer = qmlops("run", "-m", "+experiment=vqc", "circuit=brick,brik", *SHORT)
    assert answer.code == 2
    assert "'brik'" in answer.err and "'brick'" in answer.err
    assert not Path("runs").exists()


def test_joblib_gives_the_same_numbers_as_one_process(qmlops: Command) -> None:
    words = ("run", "-m", "-q", "--json", "+experiment=vqc", "seed=1,2", *SHORT)
    alone = json.loads(qmlops(*words).out)
    spread = json.loads(qmlops(*words, "hydra/launcher=joblib").out)
    without_time = [
        [{k: v for k, v in run["metrics"].items() if k != "train_seconds"} for run in told["runs"]]
        for told in (alone, spread)
    ]
    assert without_time[0] == without_time[1]
    assert len(without_time[0]) == 2


def test_analyze_makes_tables_for_people_and_for_markdown(qmlops: Command) -> None:
    qmlops("run", "-m", "-q", "+experiment=vqc", "seed=1,2", *SHORT)
    table = qmlops("analyze", "--all", "--md").out.splitlines()
    assert table[0].startswith("| run | test | train | loss | overrides |")
    assert len(table) == 4
    assert len(qmlops("analyze", "--all").out.splitlines()) == 3
    assert "loss" in qmlops("analyze", "latest").out
    qmlops("analyze", "--all", "--html", "page.html")
    page = Path("page.html").read_text()
    assert page.count("<polyline") == 2 * 2
    assert "seed=2" in page


def test_analyze_without_runs_says_what_to_do(qmlops: Command) -> None:
    answer = qmlops("analyze")
    assert answer.code == 2
    assert "qmlops run +experiment=vqc" in answer.err


def test_resume_of_a_finished_run_is_refused(qmlops: Command) -> None:
    qmlops("run", "+experiment=vqc", "-q", *SHORT)
    answer = qmlops("resume", "latest")
    assert answer.code == 2
    assert "has finished" in answer.err


def test_sync_without_a_tracker_says_so(qmlops: Command) -> None:
    qmlops("run", "+experiment=vqc", "-q", *SHORT)
    assert "tracker=none" in qmlops("sync", "latest").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("circuit.layrs=3",), ("circuit.layrs", "'layers'")),
        (("optimizer.rate=fast",), ("optimizer.rate", "'fast'", "a number > 0")),
        (("data.split.test=2",), ("data.split.test", "2.0", "< 1")),
        (("encoder=angel",), ("encoder", "'angel'", "'angle'")),
        (("experiment=vqc",), ("experiment", "+experiment=vqc")),
        (("qubits=45",), ("qubits", "45 qubits need", "can be used")),
        (("qubits=2",), ("qubits", "encoder needs 4", "readout needs 3")),
        (("data=csv", "data.train=nowhere.csv"), ("data.train", "nowhere.csv", "No such file")),
        (("objective=energy",), ("objective", "labels")),
        (("qubits=4", "readout=pauli", "readout.sums=[Z9]"), ("qubits", "readout needs 10")),
        (("objective=energy", "+objective.sharpness=2"), ("objective.sharpness", "~objective.sharpness")),
        (("readout=pauli", "readout.sums=[Z0,Q1]"), ("readout.sums[1]", "'Q1'")),
        (("gradient=adjoint", "shots=10"), ("gradient", "parameter_shift")),
        (("noise=depolarising",), ("shots", "backend=density")),
        (("data.prepare.pca=9",), ("data.prepare.pca", "9 components")),
        (("data.prepare.features=[petal]",), ("data.prepare.features[0]", "'petal'")),
        (("data.batch=1000",), ("data.batch", "1000", "108")),
        (("seed=${seed}",), ("seed", "${seed}")),
        (("nonsense",), ("nonsense",)),
        (("circuit.blocks=[{gate: ry, wires: all}]",), ("circuit.blocks[0].angle", "needs an angle")),
        (("circuit.blocks=[{gate: cz, wires: [[0, 7]]}]",), ("circuit.blocks[0].wires", "wire 7")),
    ],
)
def test_a_mistake_gets_one_clear_message(qmlops: Command, words: tuple[str, ...], told: tuple[str, ...]) -> None:
    experiment = "seed=1" if words == ("experiment=vqc",) else "+experiment=vqc"
    answer = qmlops("run", experiment, "tracker=none", *words)
    assert answer.code == 2
    for word in told:
        assert word in answer.err
    assert "Traceback" not in answer.err
    assert not Path("runs").exists()


def test_all_mistakes_are_told_at_once(qmlops: Command) -> None:
    answer = qmlops("check", "+experiment=vqc", "seed=-1", "circuit.layers=x", "optimizer.rat=1", "noise=loud")
    assert answer.code == 2
    assert "4 mistakes" in answer.err


def test_csv_mistakes_name_line_and_column(qmlops: Command) -> None:
    Path("bad.csv").write_text("a,b,label\n1,2,x\n3,nan,y\n4,five,x\n")
    answer = qmlops("check", "+experiment=vqc", "data=csv", "data.train=bad.csv")
    assert answer.code == 2
    assert "line 3, column 'b': 'nan'" in answer.err
    assert "line 4, column 'b': 'five'" in answer.err


def test_a_broken_yaml_is_told_with_file_and_line(qmlops: Command) -> None:
    folder = Path("conf/experiment")
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("# @package _global_\nname: [mine\nsteps: 3\n")
    answer = qmlops("run", "+experiment=mine")
    assert answer.code == 2
    assert "mine.yaml line 3" in answer.err


def test_own_conf_is_found_first(qmlops: Command) -> None:
    folder = Path("conf/experiment")
    folder.mkdir(parents=True)
    (folder / "vqc.yaml").write_text("# @package _global_\nname: my_own\nsteps: 2\ntracker: {kind: none}\n")
    answer = qmlops("check", "--no-build", "--json", "+experiment=vqc")
    assert json.loads(answer.out)["config"]["name"] == "my_own"


def test_an_unknown_verb_is_answered_with_the_nearest(qmlops: Command) -> None:
    answer = qmlops("rum")
    assert answer.code == 2
    assert "'run'" in answer.err
