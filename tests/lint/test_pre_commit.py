"""The hooks of this repository, run by pre-commit itself in a git repository of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.lint.test_rules import CASES, GOOD

HOOKS = Path(__file__).resolve().parents[2] / ".pre-commit-hooks.yaml"


def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    scripts = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"} | more
    return subprocess.run(words, capture_output=True, text=True, env=environment)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository that pre-commit guards with the hooks as they stand, in the environment at hand."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / ".git" / "cache"))
    hooks = [hook | {"language": "system"} for hook in yaml.safe_load(HOOKS.read_text())]
    assert [hook["id"] for hook in hooks] == ["qmlops-check", "qmlops-circuit"]
    Path(".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}))
    Path("conf/experiment").mkdir(parents=True)
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for words in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "Begin"]):
        assert run("git", *words).returncode == 0
    assert run("pre-commit", "install").returncode == 0
    return tmp_path


def commit(text: str) -> subprocess.CompletedProcess[str]:
    Path("conf/experiment/mine.yaml").write_text(text)
    Path("notes.yaml").write_text(f"of: {len(text)}\n")
    assert run("git", "add", ".").returncode == 0
    return run("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-m", "Mine")


def test_a_bad_circuit_cannot_be_committed_and_a_good_one_can(repository: Path) -> None:
    refused = commit(CASES["cancelling_pair"]["fixed"][0])
    told = refused.stdout + refused.stderr
    assert refused.returncode == 1 and "cancelling_pair: circuit.blocks[1]" in told
    assert "conf/experiment/mine.yaml, by +experiment=mine:" in told and "leave both out" in told
    taken = commit(GOOD)
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert "qmlops circuit" in taken.stderr + taken.stdout
    assert run("git", "log", "--format=%s").stdout.split() == ["Mine", "Begin"]
