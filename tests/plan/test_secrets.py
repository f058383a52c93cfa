"""A secret in a YAML or on the command line is refused, with the remedy, and written nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmlops.cli.main import main
from qmlops.config.compose import compose

CANARY = "sk-canary-0123456789"
REMEDY = "env:NAME, keyring:SERVICE/USER or command:WORDS"


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What is said on stderr; nothing of the secret, and no file."""
    before = set(Path().rglob("*"))
    assert main(words) == 2
    printed = capsys.readouterr()
    assert CANARY not in printed.out + printed.err
    assert set(Path().rglob("*")) == before
    return printed.err


@pytest.mark.parametrize("verb", [("run",), ("run", "-m"), ("plan",), ("check",)])
@pytest.mark.parametrize("key", ["backend.api_key", "tags.token", "+backend.secret_key"])
def test_on_the_command_line(capsys: pytest.CaptureFixture[str], verb: tuple[str, ...], key: str) -> None:
    told = refused(capsys, *verb, "+experiment=vqc", "backend=ionq", f"{key}={CANARY}")
    assert key.lstrip("+") in told and REMEDY in told


def test_in_a_yaml(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("conf/experiment/mine.yaml")
    path.parent.mkdir(parents=True)
    path.write_text(f"# @package _global_\nname: mine\ntags: {{api_key: {CANARY}}}\n")
    assert REMEDY in refused(capsys, "run", "+experiment=mine")


def test_in_what_is_no_override(capsys: pytest.CaptureFixture[str]) -> None:
    assert "backend.api_key: it is no override" in refused(capsys, "run", f"backend.api_key=({CANARY}")


@pytest.mark.parametrize("reference", ["env:MY_KEY", "keyring:ionq/me", "'command:pass show ionq'"])
def test_references_are_no_secrets(reference: str) -> None:
    assert compose(["backend=ionq", f"backend.api_key={reference}"]).mistakes == ()
