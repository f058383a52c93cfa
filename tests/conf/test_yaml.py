"""Every YAML of conf/ opens with what it is and the command that runs it, composes, and builds."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.config.kind import GROUPS, NAMED, table
from qmlops.config.place import shipped

CONF = shipped()
FILES = sorted(str(path.relative_to(CONF)) for path in CONF.rglob("*.yaml"))
PARTS = [name for name in FILES if name.split("/")[0] in GROUPS]
EXPERIMENTS = [name for name in FILES if name.startswith("experiment/")]
BESIDE = {
    "data/csv.yaml": ["data.train=rows.csv"],
    "circuit/qasm.yaml": ["circuit.file=bell.qasm"],
}
"""What a YAML wants from its user before it builds."""


def head(name: str) -> list[str]:
    lines = (CONF / name).read_text(encoding="utf-8").splitlines()
    if name.startswith("experiment/"):
        assert lines.pop(0) == "# @package _global_"
    return lines[:6]


def command(name: str) -> str:
    """The command in a YAML's opening comment."""
    return next(line[2:] for line in head(name) if line.startswith("# qmlops "))


def chosen(name: str) -> str:
    """`encoder=angle` for `encoder/angle.yaml`."""
    return name.removesuffix(".yaml").replace("/", "=")


def test_all_files_are_seen() -> None:
    assert len(PARTS) >= 45
    assert len(EXPERIMENTS) >= 5
    assert {name.split("/")[0] for name in PARTS} == set(GROUPS)
    assert {name.split("/")[0] for name in FILES} - {*GROUPS, *NAMED.values(), "experiment", "hydra"} == {"config.yaml"}


@pytest.mark.parametrize("name", FILES)
def test_opens_with_what_it_is_and_its_command(name: str) -> None:
    first, *rest = head(name)
    assert re.match(r"# (?!qmlops )[^ ].*\.$|# (?!qmlops )[^ ].{40,}", first)
    told = [number for number, line in enumerate(rest) if re.match(r"# qmlops (run|check|test)\b", line)]
    assert told, "the second line, or the one after a longer description, is the command that runs it"
    assert all(line.startswith("# ") for line in rest[: told[0]])


@pytest.mark.parametrize("name", PARTS)
def test_builds_within_the_defaults(name: str) -> None:
    composed = compose([chosen(name), *BESIDE.get(name, [])])
    spec = build(composed.config, list(composed.mistakes))
    group = name.split("/")[0]
    assert spec.config[group]["kind"] in table(group)


@pytest.mark.parametrize("name", FILES)
def test_its_command_composes_and_builds(name: str) -> None:
    words = shlex.split(command(name))
    composed = compose(words[2:])
    build(composed.config, list(composed.mistakes))
    if name in PARTS:
        group, file = name.removesuffix(".yaml").split("/")
        shown = yaml.safe_load((CONF / name).read_text(encoding="utf-8"))
        assert composed.config[group]["kind"] == shown["kind"], f"{command(name)!r} does not use {group}={file}"


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_is_named_as_its_file(name: str) -> None:
    composed = compose([f"+{chosen(name)}"])
    assert build(composed.config, list(composed.mistakes)).name == Path(name).stem


@pytest.mark.parametrize("backend", table("backend"))
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_builds_at_every_backend(name: str, backend: str) -> None:
    composed = compose([f"+{chosen(name)}", f"backend={backend}"])
    assert build(composed.config, list(composed.mistakes)).config["backend"]["kind"] == backend
