"""Which requests a changed file takes part in, and what a hook does with a file that takes part in none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qmlops.cli.hook import check, circuit
from qmlops.errors import RequestError
from qmlops.parts.backend.tfq import Tfq
from qmlops.testing.lint.file import requests
from tests.lint.test_rules import CASES, EXPERIMENT, GOOD

HEAD = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\n'
TWICE = HEAD + "x q[2]; x q[2];\n"
BELL = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\nh q[0];\ncx q[0],q[1];\n'
BROKEN = "OPENQASM 2.0;\nfoo bar;\n"
OF_FILE = EXPERIMENT.replace("  - override /tracker", "  - override /circuit: {}\n  - override /tracker")
PAIR = "qubits: 2\nreadout: {sums: [Z0 Z1]}\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: Any) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)
    return name


def of(name: str) -> list[tuple[str, ...]]:
    return [request.overrides for request in requests(Path(name))]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("run +experiment=vqc 'readout.sums=[Z0 Z1]'", ("+experiment=vqc", "readout.sums=[Z0 Z1]")),
        ("check \"a.when='x < 1'\" '+b={c: 1.0, d: 2}'", ("a.when='x < 1'", "+b={c: 1.0, d: 2}")),
        ("test +experiment=vqc --spend 20 --md - seed=2  # by night", ("+experiment=vqc", "seed=2")),
        ("test --spend=20 ~noise steps=5", ("~noise", "steps=5")),
    ],
)
def test_a_command_is_split_as_a_shell_does_and_loses_its_options(command: str, words: tuple[str, ...]) -> None:
    assert of(write("conf/circuit/mine.yaml", f"# A part.\n# qmlops {command}\nkind: blocks\n")) == [words]


def test_a_command_may_follow_a_longer_description_and_is_none_among_the_keys() -> None:
    head = "# A part\n# of two lines.\n"
    assert of(write("conf/circuit/a.yaml", head + "# qmlops run seed=2\nkind: blocks\n")) == [("seed=2",)]
    assert of(write("conf/circuit/b.yaml", head + "kind: blocks\n# qmlops run seed=2\n")) == [("circuit=b",)]


def test_an_open_quote_is_told_with_the_file_and_the_other_files_are_looked_at(capsys: Any) -> None:
    broken = write("conf/circuit/mine.yaml", "# A part.\n# qmlops run 'seed=2\nkind: blocks\n")
    with pytest.raises(RequestError, match="open quote"):
        requests(Path(broken))
    other = write("conf/experiment/other.yaml", CASES["cancelling_pair"]["fixed"][0])
    assert circuit([broken, other]) == 2
    told = capsys.readouterr()
    assert broken in told.err and "cancelling_pair" in told.out


def test_a_placeholder_in_capitals_is_told_of_until_the_file_is_there(capsys: Any) -> None:
    part = "# A file.\n# qmlops check circuit=mine circuit.file=FILE.qasm data=none encoder=none\n"
    part += "kind: qasm\nfile: ???\n"
    file = write("conf/circuit/mine.yaml", part)
    assert circuit([file]) == 0
    assert "FILE.qasm stands for a file of your own" in capsys.readouterr().err
    write("FILE.qasm", BROKEN)
    assert circuit([file]) == 2
    assert "FILE.qasm" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("experiment/team/mine", "+experiment=team/mine"),
        ("circuit/team/mine", "circuit=team/mine"),
        ("test/mine", "+test@tests.it=mine"),
        ("alert/mine", "+alert@alerts.it=mine"),
        ("hydra/launcher/mine", "hydra/launcher=mine"),
    ],
)
def test_a_file_is_chosen_by_its_group_and_its_name_below(name: str, words: str) -> None:
    assert of(write(f"conf/{name}.yaml", "kind: x\n")) == [(words,)]


@pytest.mark.parametrize("line", ["override /circuit: team/a", "/circuit: team/a", "override /circuit: [team/a]"])
def test_a_part_in_a_folder_is_looked_at_in_the_experiments_in_folders_that_choose_it(line: str) -> None:
    part = write("conf/circuit/team/a.yaml", "kind: blocks\n")
    write("conf/experiment/team/mine.yaml", f"# @package _global_\ndefaults:\n  - {line}\n")
    write("conf/experiment/other.yaml", "# @package _global_\ndefaults:\n  - override /circuit: a\n")
    assert of(part) == [("+experiment=team/mine",)]


def test_both_hooks_take_an_experiment_in_a_folder(capsys: Any) -> None:
    file = write("conf/experiment/team/mine.yaml", GOOD)
    assert (check([file]), circuit([file]), capsys.readouterr().out) == (0, 0, "")
    write(file, CASES["cancelling_pair"]["fixed"][0])
    assert circuit([file]) == 1
    assert f"{file}, by +experiment=team/mine:" in capsys.readouterr().out


@pytest.mark.parametrize("named", ["bell.qasm", "./bell.qasm", "${conf:../bell.qasm}"])
def test_openqasm_of_a_project_below_is_compiled_where_that_project_uses_it(named: str, capsys: Any) -> None:
    write("sub/conf/circuit/x.yaml", f'kind: qasm\nfile: "{named}"\n')
    write("sub/conf/experiment/mine.yaml", OF_FILE.format("x") + PAIR)
    file = write("sub/bell.qasm", BELL + "h q[1]; h q[1];\n")
    assert circuit([file]) == 1
    assert f"{file}, by +experiment=mine:" in capsys.readouterr().out
    write(file, BELL)
    assert (circuit([file]), capsys.readouterr().out) == (0, "")


def test_openqasm_that_an_experiment_names_by_itself_is_compiled_there() -> None:
    text = OF_FILE.format("qasm") + "circuit: {file: more/bell.qasm}\n" + PAIR
    write("conf/experiment/mine.yaml", text)
    assert of(write("more/bell.qasm", BELL)) == [("+experiment=mine",)]
    assert of(write("more/ell.qasm", BELL)) == of(write("bell.qasm", BELL)) == []


@pytest.mark.parametrize("conf", [True, False])
def test_openqasm_that_no_circuit_uses_is_looked_at_by_itself(conf: bool, capsys: Any) -> None:
    if conf:  # A comment and a claim name it, and neither compiles it.
        claim = "tests:\n  same: {kind: unitary, file: sub/a.qasm}\n"
        write("conf/experiment/mine.yaml", GOOD + claim + "# sub/a.qasm\n")
    file = write("sub/a.qasm", BROKEN)
    assert circuit([file]) == check([file]) == 2
    assert capsys.readouterr().out.count(f"{file}, by itself:\n  {file}: ") == 2
    assert circuit([file]) == 2 and "at line 2" in capsys.readouterr().out
    write(file, TWICE)
    assert circuit([file]) == 1
    assert f"cancelling_pair: {file}: its gate on wire 2 is undone at once" in capsys.readouterr().out
    assert circuit([file, "--allow", "cancelling_pair"]) == check([file]) == 0
    write(file, BELL)
    assert (circuit([file]), capsys.readouterr().out) == (0, "")


@pytest.mark.parametrize(
    ("text", "told"), [("OPENQASM 2.0; foo bar;", "at line 1"), (HEAD + "x q[3];", "at line 4"), ("", "OPENQASM")]
)
def test_openqasm_that_cannot_be_read_is_told_with_its_line(text: str, told: str, capsys: Any) -> None:
    assert circuit([write("a.qasm", text)]) == 2
    assert told in capsys.readouterr().out


def test_a_backend_whose_packages_are_not_here_is_compiled_for_qsim_with_a_word(monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr("qmlops.core.extra.lacking", lambda part: ("tensorflow",) * (type(part) is Tfq))
    chosen = "  - override /backend: tfq\n  - override /tracker"
    file = write("conf/experiment/mine.yaml", GOOD.replace("  - override /tracker", chosen))
    assert circuit([file]) == 0
    assert "tensorflow is not installed, so that it is compiled for qsim" in capsys.readouterr().err


@pytest.mark.parametrize(("hook", "lints"), [(check, False), (circuit, True)])
def test_help_tells_the_exit_codes_that_there_are(hook: Any, lints: bool, capsys: Any) -> None:
    with pytest.raises(SystemExit, match="0"):
        hook(["--help"])
    assert ("1: the lint found something." in capsys.readouterr().out) == lints
