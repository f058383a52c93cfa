"""Each rule of the lint: a circuit that breaks it and one that does not, by the YAML that says so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from qmlops.cli.hook import check, circuit
from qmlops.core.target import Target
from qmlops.parts.backend.qsim import Qsim
from qmlops.testing.lint.rule import RULES

EXPERIMENT = """# @package _global_
# A circuit.
# qmlops run +experiment=mine
defaults:
  - override /data: none
  - override /encoder: none
  - override /readout: pauli
  - override /objective: energy
  - override /metric: none
  - override /tracker: none
name: mine
"""
IRIS = EXPERIMENT.replace("data: none", "data: iris").replace("encoder: none", "encoder: angle")
RY = {"gate": "ry", "wires": "all", "angle": "theta"}
RING = {"gate": "cz", "wires": "line"}


def case(blocks: list[dict[str, Any]], head: str = EXPERIMENT, **more: Any) -> str:
    """An experiment of some blocks in one layer, that reads Z on wire 0 of two."""
    content = {"qubits": 2, "readout": {"sums": ["Z0"]}, "circuit": {"layers": 1, "blocks": blocks}} | more
    return head + yaml.safe_dump(content)


GOOD = case([RY, RING, {"gate": "rx", "wires": [0], "angle": "phi"}])
IONQ = EXPERIMENT.replace("  - override /tracker", "  - override /backend: ionq\n  - override /tracker")
ENTANGLED = [RY, {"gate": "cx", "wires": "line"}, {"gate": "ry", "wires": [0], "angle": "phi"}]
CASES: dict[str, Mapping[str, tuple[str, str]]] = {
    # What is written, and the key and words that tell of it.
    "unused_parameter": {"zero": (case([RY, RING, RY | {"angle": "0 * phi"}]), "circuit: the weight phi_0_0")},
    "outside_light_cone": {
        "last": (case([RY, RING, RY | {"angle": "phi"}]), "circuit.blocks[2]: 1 of its 2 gates change nothing"),
    },
    "unreachable_wire": {
        "alone": (case([{"gate": "ry", "wires": [0], "angle": "theta"}]), "qubits: nothing leads from wire 1"),
        "idle": (
            case([{"gate": "ry", "wires": [0], "angle": "theta"}], readout={"sums": ["Z0 Z1"]}),
            "readout: wire 1 is read, and no gate is on it",
        ),
    },
    "data_never_encoded": {
        "none": (
            case(
                [RY, RING],
                IRIS.replace("encoder: angle", "encoder: none").replace("energy", "classify"),
                **{"readout": {"sums": ["Z0", "Z1", "Z0 Z1"]}},
            ),
            "encoder: there is data, and no gate depends on it",
        ),
    },
    "cancelling_pair": {
        "fixed": (
            case([RY, RING, RING, {"gate": "rx", "wires": [0], "angle": "phi"}]),
            "circuit.blocks[1]: its gate on wires 0, 1 is undone at once by the next one, of circuit.blocks[2]",
        ),
        "angles": (
            case(
                [{"gate": "rx", "wires": [0], "angle": sign + "phi", "share": "all"} for sign in ("", "-1 * ")]
                + [RY, RING]
            ),
            "circuit.blocks[0]: its gate on wire 0 is undone",
        ),
    },
    "over_the_limits": {
        "shots": (
            case(ENTANGLED, IONQ, backend={"device": "qpu.forte-1"}, shots=10_000_000),
            "shots: 10000000 shots a circuit are asked for",
        ),
    },
}


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes an experiment into a project, and gives its file's name from there."""
    (tmp_path / "conf" / "experiment").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)

    def write(text: str, place: str = "experiment/mine.yaml") -> str:
        file = Path("conf", place)
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        return str(file)

    return write


def test_every_rule_has_a_case_that_breaks_it() -> None:
    assert set(CASES) == set(RULES) and len(RULES) == 6


@pytest.mark.parametrize(("rule", "name"), [(rule, name) for rule in CASES for name in CASES[rule]])
def test_a_rule_tells_what_was_written_by_file_and_key(rule: str, name: str, written: Any, capsys: Any) -> None:
    text, told = CASES[rule][name]
    file = written(text)
    code, out = circuit([file]), capsys.readouterr().out
    assert code in (1, 2) and f"{file}, by +experiment=mine:" in out
    assert told in out
    assert rule in out or code == 2


def test_a_circuit_without_fault_passes_every_rule(written: Any, capsys: Any) -> None:
    assert circuit([written(GOOD)]) == 0
    assert circuit([written(case(ENTANGLED, IONQ, backend={"device": "qpu.forte-1"}, shots=1000))]) == 0
    assert capsys.readouterr().out == ""


def test_a_device_that_is_too_small_is_told_of(written: Any, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(Qsim, "target", lambda self: Target("tiny", 1, False, "a test"))
    assert circuit([written(GOOD)]) == 1
    assert "over_the_limits: backend: it takes 2 of 1 qubits" in capsys.readouterr().out


def test_a_rule_that_is_allowed_is_not_looked_at(written: Any, capsys: Any) -> None:
    text, _ = CASES["outside_light_cone"]["last"]
    assert circuit([written(text), "--allow", "outside_light_cone"]) == 0
    assert circuit([written(text), "--allow", "cancelling_pair"]) == 1


def test_a_gate_that_stands_between_two_keeps_them_apart(written: Any) -> None:
    turned = {"gate": "rx", "wires": [0], "angle": "phi"}
    assert circuit([written(case([RY, RING, turned, RING, turned | {"angle": "chi"}]))]) == 0


def test_openqasm_that_measures_in_the_middle_is_refused_wherever_it_is_named(written: Any, capsys: Any) -> None:
    head = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg c[2];\nh q[0];\n'
    middle, end = "measure q[0] -> c[0];\n", "cx q[0],q[1];\n"
    part = "# A file.\n# It is used in an experiment.\nkind: qasm\nfile: mine.qasm\n"
    written(part, "circuit/mine.yaml")
    experiment = EXPERIMENT.replace("  - override /tracker", "  - override /circuit: mine\n  - override /tracker")
    written(experiment + "qubits: 2\nreadout: {sums: [Z0 Z1]}\n")
    Path("mine.qasm").write_text(head + middle + end)
    assert circuit(["mine.qasm"]) == 2
    out = capsys.readouterr().out
    assert "mine.qasm, by +experiment=mine:" in out
    assert "circuit.file: 'mine.qasm' measures in the middle" in out
    Path("mine.qasm").write_text(head + end + middle)
    assert circuit(["mine.qasm"]) == 0


def test_a_part_is_compiled_as_it_says_and_in_experiments_that_choose_it(written: Any, capsys: Any) -> None:
    part = "kind: blocks\nblocks:\n  - {gate: ry, wires: all, angle: theta}\n  - {gate: cz, wires: 7}\n"
    file = written(f"# A part.\n# qmlops run +experiment=vqc circuit=mine\n{part}", "circuit/mine.yaml")
    experiment = EXPERIMENT.replace("  - override /tracker", "  - override /circuit: mine\n  - override /tracker")
    written(experiment + "qubits: 2\nreadout: {sums: [Z0 Z1]}\n")
    assert circuit([file]) == 2
    out = capsys.readouterr().out
    assert f"{file}, by +experiment=vqc circuit=mine:" in out and f"{file}, by +experiment=mine:" in out
    assert out.count("circuit.blocks[1].wires") == 2


def test_check_composes_and_does_not_compile(written: Any, capsys: Any) -> None:
    assert check([written(CASES["unused_parameter"]["zero"][0])]) == 0
    assert check([written(GOOD.replace("layers: 1", "layrs: 1"))]) == 2
    assert "circuit.layrs: there is no such key" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["elsewhere.yaml", "conf/experiment/absent.yaml"])
def test_a_file_that_is_no_config_is_refused_by_name(name: str, written: Any, capsys: Any) -> None:
    Path("elsewhere.yaml").write_text("a: 1\n")
    assert circuit([name]) == 2
    assert name in capsys.readouterr().err


def test_a_project_in_a_folder_below_is_linted_there(
    written: Any, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    file = written(CASES["outside_light_cone"]["last"][0])
    monkeypatch.chdir(tmp_path.parent)
    assert circuit([f"{tmp_path.name}/{file}"]) == 1
    assert f"{tmp_path.name}/{file}, by +experiment=mine:" in capsys.readouterr().out
