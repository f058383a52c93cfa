"""Every kind of circuit keeps its contract, and a YAML can be laid on any wires it fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cirq
import numpy as np
import pytest
import sympy
import yaml

from qmlops.config.kind import load
from qmlops.config.place import shipped
from qmlops.errors import ConfigError
from qmlops.parts.circuit import Built, Site
from qmlops.parts.circuit.blocks import Blocks
from qmlops.testing.contracts import circuit as contract
from qmlops.testing.contracts.circuit import site

YAMLS = sorted(path.name for path in (shipped() / "circuit").glob("*.yaml") if path.name != "qasm.yaml")
RING = ((0, 1, 1.0), (1, 2, 0.5), (0, 2, 2.0))


def test_the_yamls_are_seen() -> None:
    assert len(YAMLS) >= 7


@pytest.mark.parametrize("promise", contract.CONTRACT, ids=lambda promise: promise.__name__)
def test_the_contract(part: Any, circuit_kind: str, promise: Callable[[Any], None]) -> None:
    given = {"blocks": [{"gate": "ry", "wires": "all", "angle": "theta"}]} if circuit_kind == "blocks" else {}
    promise(part("circuit", circuit_kind, **given))


@dataclass
class Broken:
    """Breaks the promises in turn: a weight that no gate has, a measurement, a key too many, another name each time."""

    how: int
    times: int = 0

    def build(self, where: Site) -> Built:
        self.times += 1
        weight = f"theta_{self.times * (self.how == 3)}"
        gates = [*where.encode(), cirq.ry(sympy.Symbol(weight))(where.qubits[0])]
        gates += [cirq.measure(where.qubits[1])] * (self.how == 1)
        return Built(gates, (weight, "none")[: 2 if self.how == 0 else 1], ("",) * (len(gates) + 1) * (self.how == 2))


@pytest.mark.parametrize("how", range(len(contract.CONTRACT)))
def test_each_promise_notices_a_circuit_that_breaks_it_alone(how: int) -> None:
    for number, promise in enumerate(contract.CONTRACT):
        if number == how:
            with pytest.raises(AssertionError):
                promise(Broken(how))
        else:
            promise(Broken(how))


@pytest.mark.parametrize("wires", [2, 3, 4, 5])
@pytest.mark.parametrize("name", YAMLS)
def test_every_declaration_fits_any_wires(name: str, wires: int) -> None:
    written = yaml.safe_load((shipped() / "circuit" / name).read_text(encoding="utf-8"))
    declared = load("circuit", written.pop("kind"))(**written)
    built = declared.build(site(wires, ((0, 1, 1.0),)))
    circuit = cirq.Circuit(built.operations)
    assert cirq.parameter_names(circuit) == {*site(wires).inputs, *built.weights}
    more = type(declared)(**written | {"layers": 2 * written["layers"]}).build(site(wires, ((0, 1, 1.0),)))
    assert len(more.weights) == 2 * len(built.weights)


QASM2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n// qreg a[9];\nqreg q[11]; qreg b[2];\nx q[2];\nx q[10];\nh b[1];\n'
QASM3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[11] q;\nqubit[2] b;\nx q[2];\nx q[10];\nh b[1];\n'


@pytest.mark.parametrize("text", [QASM2, QASM3], ids=["2", "3"])
def test_a_qasm_file_keeps_the_order_of_its_wires(part: Any, tmp_path: Path, text: str) -> None:
    file = tmp_path / "asymmetric.qasm"
    file.write_text(text)
    qasm = part("circuit", "qasm", file=str(file))
    built = qasm.build(Site(cirq.LineQubit.range(13), lambda: (), ()))
    assert sorted(item.qubits[0].x for item in built.operations) == [2, 10, 12]
    with pytest.raises(ConfigError, match="13 qubits"):
        qasm.build(Site(cirq.LineQubit.range(12), lambda: (), ()))


HEAD = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg c[2];\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + "measure q[0] -> c[0];\nh q[0];\n", "measures in the middle"),
        (HEAD + "h q[0];\nreset q[0];\n", "resets q_0"),
        (HEAD + "measure q[0] -> c[0];\nif(c==1) x q[1];\n", "classical condition"),
        (HEAD + "qreg big[100000000];\nh big;\n", "more than 5 digits"),
        (HEAD + f"qreg big[{'9' * 5000}];\n", "more than 5 digits"),
        (HEAD + "creg d[100000000];\nmeasure q -> d;\n", "more than 5 digits"),
        (HEAD + "qreg big[99999];\nh big;\n", "100001 qubits"),
        (HEAD + "rx(1/0) q[0];\n", "no circuit that can be read"),
        (HEAD + "hq q[0];\n", "no circuit that can be read"),
        (HEAD + "h q[0];\nrx(1e999) q[1];\n", "a gate on q_1 with an angle that is no finite number"),
        (HEAD + "u3(0,-1e308*10,1) q[0];\n", "a gate on q_0 with an angle"),
        (HEAD + "crz(ln(0)) q[1],q[0];\n", "a gate on q_1, q_0 with an angle"),
        (HEAD + "cu3(sqrt(-1),0,1) q[0],q[1];\n", "a gate on q_0, q_1 with an angle"),
        (HEAD + "ry(1e999-1e999) q[0];\n", "a gate on q_0 with an angle"),
    ],
    ids=lambda item: item[len(HEAD) :][:30] if item.startswith(HEAD) else "",
)
def test_a_qasm_file_that_is_not_gates_alone_is_refused(part: Any, tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "strange.qasm"
    file.write_text(text)
    with pytest.raises(ConfigError, match=told) as refusal:
        part("circuit", "qasm", file=str(file)).build(site(2, ()))
    assert [item.path for item in refusal.value.mistakes] == ["file"]


def test_measurements_at_the_end_of_a_qasm_file_are_dropped(part: Any, tmp_path: Path) -> None:
    file = tmp_path / "measured.qasm"
    file.write_text(HEAD + "h q[0];\nmeasure q -> c;\n")
    built = part("circuit", "qasm", file=str(file)).build(Site(cirq.LineQubit.range(2), lambda: (), ()))
    assert cirq.H(cirq.LineQubit(0)) in built.operations
    assert not cirq.Circuit(built.operations).has_measurements()


def test_sharing_counts_weights() -> None:
    def weights(share: str) -> int:
        block = {"gate": "ry", "wires": "all", "angle": "theta", "share": share}
        return len(Blocks(layers=3, blocks=[block]).build(site(4, ())).weights)

    assert (weights("none"), weights("layer"), weights("all")) == (12, 3, 1)


def test_edges_of_the_readout_carry_their_weights() -> None:
    block = {"gate": "zz", "wires": "readout.edges", "angle": "gamma * weight", "share": "layer"}
    built = Blocks(blocks=[block]).build(Site(cirq.LineQubit.range(3), lambda: (), (), RING))
    assert built.weights == ("gamma_0",)
    angles = [float(cirq.resolve_parameters(item, {"gamma_0": 1.0}).gate.exponent) * np.pi for item in built.operations]
    assert angles == pytest.approx([1.0, 0.5, 2.0])


@pytest.mark.parametrize(
    ("block", "key"),
    [
        ({"gate": "rq", "wires": "all", "angle": "t"}, "blocks[0].gate"),
        ({"gate": "ry", "wires": "all"}, "blocks[0].angle"),
        ({"gate": "h", "wires": "all", "angle": "t"}, "blocks[0].angle"),
        ({"gate": "ry", "angle": "t"}, "blocks[0].wires"),
        ({"gate": "ry", "wires": "some", "angle": "t"}, "blocks[0].wires"),
        ({"gate": "cz", "wires": [[0, 9]]}, "blocks[0].wires"),
        ({"gate": "cz", "wires": [[1, 1]]}, "blocks[0].wires"),
        ({"gate": "cz", "wires": "ring", "step": 4}, "blocks[0].wires"),
        ({"gate": "ry", "wires": "all", "angle": "x[7]"}, "blocks[0].angle"),
        ({"gate": "ry", "wires": "all", "angle": "__import__('os')"}, "blocks[0].angle"),
        ({"gate": "ry", "wires": "all", "angle": "t", "share": "most"}, "blocks[0].share"),
        ({"gate": "pauli", "wires": [[0, 1]], "pauli": "XQ", "angle": "t"}, "blocks[0].pauli"),
        ({"gate": "ry", "wires": "all", "angle": "t", "colour": "red"}, "blocks[0].colour"),
        ({"gate": "ry", "wires": "readout.edges", "angle": "t"}, "blocks[0].wires"),
        ({"gate": "cz", "wires": "line", "step": 2}, "blocks[0].step"),
        ({"gate": "cz", "wires": [[0, 1]], "step": 1}, "blocks[0].step"),
        ({"gate": "cz", "wires": "ring", "step": float("nan")}, "blocks[0].step"),
        ({"gate": "ry", "wires": "all", "angle": "t/0"}, "blocks[0].angle"),
        ({"gate": "ry", "wires": "all", "angle": "(t - t)/(t - t)"}, "blocks[0].angle"),
        ({"gate": "ry", "wires": "all", "angle": "x[0]/(x[1] - x[1])"}, "blocks[0].angle"),
        ({"gate": "ry", "wires": "all", "angle": "1e400"}, "blocks[0].angle"),
        ({"gate": "ry", "wires": "all", "angle": "t * 1e400"}, "blocks[0].angle"),
        ({"gate": "ry", "wires": "all", "angle": "1e308 * t * 10"}, "blocks[0].angle"),
        ({"gate": "ry", "wires": "all", "angle": float("nan")}, "blocks[0].angle"),
        ({"gate": "ry", "wires": "all", "angle": float("inf")}, "blocks[0].angle"),
        ({"gate": "ry", "wires": "all", "angle": 10**400}, "blocks[0].angle"),
        ({"gate": "ry", "wires": "all", "angle": "nan"}, "blocks[0].angle"),
    ],
    ids=str,
)
def test_a_wrong_block_is_refused_by_its_key(block: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        Blocks(blocks=[block]).build(site(4, ()))
    assert [item.path for item in refusal.value.mistakes] == [key]
