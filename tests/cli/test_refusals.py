"""What a config may not do: run code, leave its folder, or carry a secret into a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qmlops.config.sweep import hand_on
from qmlops.errors import ConfigError
from qmlops.parts.tracker.mlflow import MLflow
from tests.cli.conftest import Command

H2 = ("+experiment=vqe_h2", "tracker=none", "steps=1")
COPY = "{_target_:shutil.copy,src:mine.txt,dst:copied.txt}"


@pytest.mark.parametrize("words", [(), ("-m",), ("-m", "seed=1,2")])
def test_a_config_that_names_code_runs_nothing(words: tuple[str, ...], qmlops: Command) -> None:
    Path("mine.txt").write_text("mine")
    answer = qmlops("run", *words, *H2, f"+hydra.callbacks.x={COPY}")
    assert answer.code == 2
    assert "hydra.callbacks.x: a config cannot name code" in answer.err
    assert [path.name for path in Path().iterdir()] == ["mine.txt"]


def test_hydra_itself_is_given_leave_to_call_nothing(qmlops: Command) -> None:
    Path("mine.txt").write_text("mine")
    with pytest.raises(ConfigError, match=r"shutil\.copy"):
        hand_on(["--multirun", *H2, f"+hydra.callbacks.x={COPY}"])
    assert not Path("copied.txt").exists()


def test_what_is_no_override_is_told_alike_for_a_run_and_a_sweep(qmlops: Command) -> None:
    alone, swept = qmlops("run", *H2, "a=("), qmlops("run", "-m", *H2, "a=(")
    assert (alone.code, swept.code) == (2, 2)
    assert alone.err == swept.err
    assert "a=(: it is no override." in swept.err
    assert not Path("runs").exists()


def test_a_value_with_a_sign_is_refused_with_the_quotes_that_let_it_through(qmlops: Command) -> None:
    answer = qmlops("check", *H2, "alerts.nearly_spent.when=loss < 1")
    assert answer.code == 2
    assert """'key="a < b"'""" in answer.err
    assert qmlops("check", *H2, "--no-build", 'alerts.nearly_spent.when="loss < 1"').code == 0


@pytest.mark.parametrize("name", ["../../../../escape", "''", "a/b", "..", '"a\tb"', '"a\x1b[2Jb"', "x" * 101])
@pytest.mark.parametrize("words", [(), ("-m",)])
def test_a_name_that_cannot_name_a_folder_is_refused(words: tuple[str, ...], name: str, qmlops: Command) -> None:
    answer = qmlops("run", *words, *H2, f"name={name}")
    assert answer.code == 2
    assert "name:" in answer.err and "cannot name a folder" in answer.err
    assert "\x1b" not in answer.err
    assert not list(Path().iterdir())


@pytest.mark.parametrize("folder", ["", ".", "..", "runs/.."])
def test_a_run_and_a_sweep_need_a_folder_of_their_own(folder: str, qmlops: Command) -> None:
    for answer in (
        qmlops("run", "-q", *H2, f"hydra.run.dir='{folder}'"),
        qmlops("run", "-m", "-q", *H2, f"hydra.sweep.dir='{folder}'"),
    ):
        assert answer.code == 2
        assert "names no folder of its own" in answer.err
    assert not list(Path().iterdir())


def test_a_folder_where_none_can_be_made_is_told(qmlops: Command) -> None:
    answer = qmlops("run", "-q", *H2, "hydra.run.dir=/proc/qmlops/run")
    assert answer.code == 2
    assert "/proc/qmlops/run cannot be written: it cannot be made there" in answer.err


@pytest.mark.parametrize(
    "uri",
    [
        "http://joe:S3cret@127.0.0.1:9/",
        "https://S3cret@127.0.0.1:9/",
        "HTTP://joe:S3/cr@et@127.0.0.1:9/",
        "joe:S3cret@127.0.0.1",
        "postgresql://joe:S3cret@127.0.0.1/runs",
        "postgresql://127.0.0.1/runs?user=joe&password=S3cret",
    ],
)
@pytest.mark.parametrize("words", [("run",), ("run", "-m"), ("check",)])
def test_an_address_with_a_password_is_refused_and_written_nowhere(
    words: tuple[str, ...], uri: str, qmlops: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDRESS", uri)
    for written in (f"'{uri}'", "${oc.env:ADDRESS}"):
        answer = qmlops(*words, "+experiment=vqe_h2", "steps=1", f"tracker.uri={written}")
        assert answer.code == 2
        assert "an address with a password would be written" in answer.err
        assert "MLFLOW_TRACKING_PASSWORD" in answer.err
        assert "S3" not in answer.err + answer.out
    assert not list(Path().iterdir())


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1:9", "postgresql://joe@/runs", "sqlite:///C:/a@b.db", "databricks://profile"]
)
def test_an_address_without_a_password_is_taken(uri: str) -> None:
    assert MLflow(uri=uri).uri == uri


@pytest.mark.parametrize("key", ["name", "tags.x", "data.prepare.features[0]", "seed"])
def test_a_reference_to_a_secret_is_refused_and_its_value_written_nowhere(
    key: str, qmlops: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_TOKEN", "S3cret")
    reference = "${oc.env:MY_API_TOKEN}"
    word = f"data.prepare.features=['{reference}']" if "[" in key else f"++{key}={reference}"
    answer = qmlops("run", "+experiment=vqc", "tracker=none", "steps=1", word)
    assert answer.code == 2
    assert "the secret that it names would be written" in answer.err
    assert "S3cret" not in answer.err + answer.out
    assert not list(Path().iterdir())


def test_other_references_to_the_environment_are_resolved(qmlops: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARRAY_TASK", "7")
    answer = qmlops("check", "--no-build", "--json", *H2, "seed=${oc.env:ARRAY_TASK}")
    assert int(json.loads(answer.out)["config"]["seed"]) == 7


def test_a_run_at_a_provider_without_its_key_begins_nothing(qmlops: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IONQ_API_KEY", raising=False)
    answer = qmlops("run", "+experiment=vqc", "backend=ionq", "steps=1")
    assert answer.code == 2
    assert "backend.api_key" in answer.err and "IONQ_API_KEY" in answer.err
    assert not list(Path().iterdir())


@pytest.mark.parametrize("verb", ["run", "check", "test", "plan"])
def test_several_values_are_told_to_be_a_sweep_where_one_run_is_asked_for(qmlops: Command, verb: str) -> None:
    for word, key in (
        ("seed=1,2", "seed"),
        ("encoder=angle,iqp", "encoder"),
        ("circuit.layers=range(1,3)", "circuit.layers"),
    ):
        answer = qmlops(verb, "+experiment=vqc", word)
        assert answer.code == 2
        assert f"{key}: " in answer.err and "qmlops run -m" in answer.err and "vqc.yaml" not in answer.err
