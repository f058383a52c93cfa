"""What `qmlops test` refuses of a claim, `qmlops check` and the hook refuse before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qmlops.cli.hook import check
from qmlops.cli.main import main
from tests.lint.test_rules import GOOD

CLAIMS = """
tests:
  wire: {kind: expectation, observable: Z9}
  missing: {kind: unitary, file: no.qasm}
  row: {kind: unitary, row: 99}
  weight: {kind: gradient_bias, weight: 99}
"""
TOLD = ("tests.wire.observable", "tests.missing.file: 'no.qasm' cannot be read", "tests.row.row", "tests.weight.weight")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: Any) -> str:
    monkeypatch.chdir(tmp_path)
    place = Path("conf/experiment/mine.yaml")
    place.parent.mkdir(parents=True)
    place.write_text(GOOD + CLAIMS)
    return str(place)


def test_the_hook_tells_all_claims_that_do_not_fit_as_the_test_would(file: str, capsys: Any) -> None:
    assert check([file]) == 2
    out = capsys.readouterr().out
    assert [word for word in TOLD if word not in out] == []
    assert main(["test", "+experiment=mine"]) == 2
    told = capsys.readouterr().err
    assert [line for line in told.splitlines() if line.startswith("  tests.") and line not in out] == []


def test_check_tells_them_too_but_not_where_nothing_is_to_be_built(file: str, monkeypatch: Any, capsys: Any) -> None:
    assert main(["check", "+experiment=mine"]) == 2
    told = capsys.readouterr()
    assert [word for word in TOLD if word not in told.err] == [] and told.out == ""

    def compiled(*_: Any) -> None:
        raise AssertionError("--no-build compiles")

    monkeypatch.setattr("qmlops.pipeline.prepare.compile_program", compiled)
    assert main(["check", "--no-build", "+experiment=mine"]) == 0


def test_claims_that_fit_pass_both(file: str, capsys: Any) -> None:
    Path(file).write_text(GOOD + "tests:\n  undone: {kind: metamorphic, relation: inverse}\n")
    assert check([file]) == main(["check", "+experiment=mine"]) == 0


def test_a_claim_of_a_stored_run_is_looked_at_but_for_a_run_that_this_machine_lacks(file: str, capsys: Any) -> None:
    Path(file).write_text(GOOD + "tests:\n  same: {kind: drift}\n")
    assert check([file]) == 0
    assert "tests.same is not looked at: this machine has no run latest" in capsys.readouterr().err
    assert main(["check", "+experiment=mine"]) == 2
    Path(file).write_text(GOOD + "tests:\n  same: {kind: drift, observable: 9}\n")
    assert check([file]) == 2
    assert "tests.same.observable: there is no observable 9" in capsys.readouterr().out
