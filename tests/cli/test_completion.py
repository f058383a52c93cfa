"""Tab completes verbs, options, groups, names and runs, in real shells, at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qmlops.cli.completion import _TAKES, SHELLS, candidates
from qmlops.cli.main import VERBS
from qmlops.config.folder import names
from tests.cli.conftest import Command


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a circuit whose name has a space, and two runs; `qmlops` is on the path."""
    monkeypatch.chdir(tmp_path)
    for name in ("conf/circuit/my own.yaml", "runs/2026-01-01_a/events.jsonl", "runs/2026-01-02_s/0/events.jsonl"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    command = tmp_path / "bin" / "qmlops"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qmlops "$@"\n')
    command.chmod(0o755)
    root = str(Path(__file__).resolve().parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("PATH", os.pathsep.join([str(command.parent), os.environ["PATH"]]))
    return tmp_path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], list(VERBS)),
        (["ru"], ["run"]),
        (["--v"], ["--version"]),
        (["nonsense", ""], []),
        (["run", "--m"], ["--multirun"]),
        (["run", "-m", "-m"], []),
        (["run", "+e"], ["+experiment="]),
        (["run", "circ"], ["circuit="]),
        (["run", "see"], ["seed="]),
        (["run", "+experiment=vqe"], ["+experiment=vqe_h2"]),
        (["check", "circuit=br"], ["circuit=brick"]),
        (["run", "circuit=my"], ["circuit=my own"]),
        (["run", "-m", "data=iris,mo"], ["data=iris,moons"]),
        (["run", "nothing=x"], []),
        (["list", "circ"], ["circuit"]),
        (["list", "circuit", "br"], ["brick"]),
        (["list", "--json", "circuit", "br"], ["brick"]),
        (["list", "circuit", "brick", ""], []),
        (["resume", ""], ["latest", "2026-01-02_s/0", "2026-01-01_a"]),
        (["analyze", "latest", ""], ["2026-01-02_s/0", "2026-01-01_a"]),
        (["completion", ""], list(SHELLS)),
        (["status", ""], []),
        (["status", "--"], ["--help", "--offline", "--timeout", "--json"]),
        (["plan", "circuit=br"], ["circuit=brick"]),
    ],
)
def test_candidates(words: list[str], expected: list[str]) -> None:
    assert candidates(words) == expected


def test_each_name_of_a_group_is_offered() -> None:
    found = candidates(["run", "circuit="])
    assert found == [f"circuit={name}" for name in names("circuit")]
    assert len(found) >= 6


def test_only_verbs_take_words() -> None:
    assert set(_TAKES) <= set(VERBS)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_printed_for_each_shell(qmlops: Command, shell: str) -> None:
    answer = qmlops("completion", shell)
    assert answer.code == 0
    assert all(name in answer.out for name in ("qmlops", "quantum-mlops", "completion words --"))


def test_an_unknown_shell_is_refused(qmlops: Command) -> None:
    assert qmlops("completion", "tcsh").code == 2


def test_words_import_nothing_heavy() -> None:
    code = (
        "import sys; from qmlops.cli.main import main; "
        "assert main(['completion', 'words', '--', 'run', '+experiment=']) == 0; print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert "+experiment=vqc\n" in done.stdout
    assert not loaded & {"cirq", "hydra", "numpy", "omegaconf", "yaml", "rich", "mlflow", "sklearn"}


LINES = [
    ("qmlops ru", ["run"]),
    ("qmlops run +exp", ["+experiment="]),
    ("qmlops run -m data=iris,mo", ["data=iris,moons"]),
    ("qmlops run circuit=my\\ o", ["circuit=my own"]),
    ("qmlops resume ", ["latest", "2026-01-02_s/0", "2026-01-01_a"]),
]


def shell(*words: str) -> list[str]:
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    done = subprocess.run(words, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_bash_completes(line: str, expected: list[str]) -> None:
    script = (
        'set -eu; eval "$(qmlops completion bash)"; complete -p qmlops quantum-mlops > /dev/null; '
        'COMP_LINE=$1; COMP_POINT=${#1}; _qmlops qmlops; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    after_the_sign = [word.partition("=")[2] or word for word in expected]
    assert shell("bash", "-c", script, "_", line) == [word.replace(" ", "\\ ") for word in after_the_sign]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_zsh_completes(line: str, expected: list[str]) -> None:
    script = (
        'compdef() { : }; compadd() { while [[ $1 != -- ]] shift; shift; print -l -- "$@" }; '
        'eval "$(qmlops completion zsh)"; words=(${(z)1}); [[ $1 == *" " ]] && words+=(""); '
        "CURRENT=$#words; PREFIX=$words[CURRENT]; _qmlops"
    )
    assert [word for word in shell("zsh", "-fc", script, "_", line) if word] == expected


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_fish_completes(line: str, expected: list[str]) -> None:
    found = shell("fish", "-N", "-c", "qmlops completion fish | source; complete -C $argv[1]", line)
    assert sorted(found) == sorted(expected)
