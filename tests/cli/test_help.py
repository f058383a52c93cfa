"""Help answers at once and teaches the tool."""

from __future__ import annotations

import subprocess
import sys

import pytest

from qmlops.cli.main import VERBS
from tests.cli.conftest import Command

HEAVY = {
    "cirq",
    "hydra",
    "mlflow",
    "numba",
    "numpy",
    "omegaconf",
    "pandas",
    "rich",
    "scipy",
    "sklearn",
    "sympy",
    "yaml",
}


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from qmlops.cli.main import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert "qmlops" in loaded
    assert not loaded & HEAVY


def test_composition_imports_neither_cirq_nor_sklearn() -> None:
    code = (
        "import sys; from qmlops.cli.main import main; "
        "assert main(['check', '--no-build', '+experiment=vqc']) == 0; print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert "hydra" in loaded
    assert not loaded & {"cirq", "sklearn", "mlflow", "numba", "scipy"}


def test_help_names_every_verb(qmlops: Command) -> None:
    out = qmlops("--help").out
    assert all(f"  {verb} " in out for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_examples(qmlops: Command, verb: str) -> None:
    answer = qmlops(verb, "--help")
    assert answer.code == 0
    assert f"usage: qmlops {verb}" in answer.out
    assert "example" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 100


def test_no_arguments_show_the_help(qmlops: Command) -> None:
    assert qmlops().out == qmlops("--help").out
