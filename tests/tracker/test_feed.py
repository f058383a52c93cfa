"""What of a run folder goes to MLflow, and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmlops.core.event import RunStarted
from qmlops.core.sight import StateSeen
from qmlops.errors import ConfigError
from qmlops.parts.tracker.mlflow import MLflow
from qmlops.parts.tracker.sink.feed import VALUE_LIMIT, Feed, clean, params, tags
from qmlops.parts.tracker.sink.sender import shown
from tests.tracker.conftest import BEGAN, Folder


def test_points_carry_the_moments_of_the_events(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "run").start().steps(1, 2)
    feed = Feed(folder.path)
    feed.read()
    assert feed.began == round((BEGAN + 0.001) * 1000)
    assert [point.moment - feed.began for point in feed.points] == [1, 1, 2, 2]


def test_what_was_seen_of_the_state_is_a_curve_over_steps_too(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "run").start().steps(1, 1)
    folder.add(StateSeen(1, 0, [[0.0, 0.0, 1.0]], {"0": 1.0}, {"purity": 1.0, "entropy_1": 0.25}, seconds=0.1))
    feed = Feed(folder.path)
    feed.read()
    seen = {point.key: (point.value, point.step) for point in feed.points[2:]}
    assert seen == {"purity": (1.0, 1), "entropy_1": (0.25, 1)}


def test_a_torn_line_waits_for_its_end(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "run").start().steps(1, 3)
    file = folder.path / "events.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole[:-5])
    feed = Feed(folder.path)
    feed.read()
    assert {point.step for point in feed.points} == {1, 2}
    file.write_bytes(whole)
    feed.read()
    assert [point.step for point in feed.points if point.key == "loss"] == [1, 2, 3]


def test_final_metrics_never_mix_with_the_curve_of_the_same_name(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "run").start().steps(1, 4).end(loss=0.5, test_accuracy=0.9)
    feed = Feed(folder.path)
    feed.read()
    assert {(point.key, point.value, point.step) for point in feed.final()} == {
        ("final_loss", 0.5, 4),
        ("test_accuracy", 0.9, 4),
    }


def test_a_resumption_takes_back_the_end(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "run").start().steps(1, 4).end("interrupted").start(resumed_at=3, pid=77)
    feed = Feed(folder.path)
    feed.read()
    assert feed.ended is None and feed.started is not None and feed.started.pid == 77
    assert feed.began == round((BEGAN + 0.001) * 1000)


def test_params_are_one_key_path_each_and_within_limits() -> None:
    config = {"a": {"b": 1, "c": [1, {"d": None}]}, "shots": None, "long": "x" * 9000, "tags": {}, "µ": True}
    assert params(config) == {
        "a.b": "1",
        "a.c": '[1, {"d": null}]',
        "shots": "null",
        "long": "x" * VALUE_LIMIT,
        "_": "true",
    }


def test_passwords_in_addresses_are_never_sent() -> None:
    config = {"tracker": {"uri": "postgresql://me:secret@host/db"}, "data": ["https://u:secret@h/x"]}
    assert "secret" not in str(params(config))
    assert shown("http://me:secret@host:5000/a@b") == "http://***@host:5000/a@b"
    assert shown("http://host:5000") == "http://host:5000"


def test_tags_are_those_of_the_spec_and_the_versions() -> None:
    found = tags(RunStarted("r", "vqc", 5, 3, None, {"tags": {"team": "red"}}, {"cirq-core": "1.7"}))
    assert found == {
        "team": "red",
        "qmlops.name": "vqc",
        "qmlops.seed": "3",
        "qmlops.version.cirq-core": "1.7",
    }


@pytest.mark.parametrize(
    ("key", "name"), [("gradient_norm", "gradient_norm"), ("a=b|c", "a_b_c"), ("", "_"), ("é" * 300, "_" * 250)]
)
def test_names_become_such_as_mlflow_takes(key: str, name: str) -> None:
    assert clean(key) == name


@pytest.mark.parametrize("uri", ["", "mlruns", "./mlflow.db", "file:///folder", "sqlite://", "sqlite:///", "http://"])
def test_an_address_that_cannot_be_a_store_is_refused(uri: str) -> None:
    with pytest.raises(ConfigError, match="uri"):
        MLflow(uri)


@pytest.mark.parametrize(
    "uri", ["sqlite:///a/b.db", "sqlite:////b.db", "https://h", "mysql+pymysql://h/d", "databricks"]
)
def test_an_address_of_a_store_is_taken(uri: str) -> None:
    assert MLflow(uri).uri == uri


def test_an_experiment_needs_a_name() -> None:
    with pytest.raises(ConfigError, match="experiment"):
        MLflow(experiment=" ")
