"""Measures how long a circuit of 10 qubits and 200 gates takes into each provider's own form.

`nox -s conversion` writes results.json and results.md beside this file. A median wants a quiet machine.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cirq
import numpy as np
import sympy

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from qmlops.core.observable import PauliSum  # noqa: E402
from qmlops.core.program import Program  # noqa: E402
from qmlops.lower.gate_set import GATE_SETS  # noqa: E402
from qmlops.lower.native import native  # noqa: E402
from qmlops.lower.reading import measured  # noqa: E402
from qmlops.parts.backend.braket import program as braket  # noqa: E402
from qmlops.parts.backend.ibm import circuit as ibm  # noqa: E402
from qmlops.parts.backend.ibm.snapshot import fake  # noqa: E402
from qmlops.parts.backend.ionq import program as ionq  # noqa: E402

ROUNDS = int(os.environ.get("ROUNDS", "20"))
QUBITS, GATES = 10, 200
BOUND = 0.05
MACHINE = "fake_fez"
NOTES = f"""
Milliseconds, median of {ROUNDS} random circuits (least to most) after one that is not counted. Each has {QUBITS}
qubits and {GATES} gates: a third fixed turns, a third turns by 24 free angles, a third gates on two qubits.

*Lowered* is our rewriting into the provider's gates, once a program; *written* is the circuit in the
provider's form with its angles free, once a program and basis; *filled* is one point of it: the numbers
in IonQ's JSON, the inputs of Braket's OpenQASM, the values of Qiskit's parameters. *Converted* is written
and filled together, whose bound is {BOUND * 1000:.0f} ms. *Placed* is Qiskit's own search for qubits and ways on
{MACHINE.removeprefix("fake_")} with 156 qubits, once a program, which only IBM needs.
"""
PHASES = ("lowered", "written", "filled", "converted", "placed")
Phases = dict[str, Callable[[], Any]]
"""What is measured of a provider, by name."""


def circuit(seed: int) -> Program:
    """Random gates, the same for every provider."""
    random, qubits = np.random.default_rng(seed), cirq.LineQubit.range(QUBITS)
    angles = sympy.symbols("w:24")
    turns, pairs = (cirq.rx, cirq.ry, cirq.rz), (cirq.CNOT, cirq.CZ, cirq.ZZ**0.3, cirq.SWAP)
    operations: list[cirq.Operation] = []
    for number in range(GATES):
        first, second = (qubits[wire] for wire in random.permutation(QUBITS)[:2])
        fixed, turn, pair = random.choice([cirq.H, cirq.S, cirq.T]), random.choice(turns), random.choice(pairs)
        made = (fixed(first), turn(angles[number % 24])(first), pair(first, second))
        operations.append(made[number % 3])
    names = tuple(str(angle) for angle in angles)
    return Program(cirq.Circuit(operations), QUBITS, (), names, (PauliSum.parse("Z0"),))


def of_ionq(program: Program, point: Any) -> Phases:
    lowered = native(program, GATE_SETS["ionq"])
    return _phases(program, "ionq", partial(ionq.sheets, lowered), lambda found: found[0].circuits(point))


def of_braket(program: Program, point: Any) -> Phases:
    lowered = native(program, GATE_SETS["braket"])
    return _phases(program, "braket", partial(braket.sheets, lowered), lambda found: found[0].inputs(point))


def of_ibm(program: Program, point: Any) -> Phases:
    lowered = native(program, GATE_SETS["ibm"])
    (item,) = measured(lowered)
    compiler = ibm.Compiler(fake(MACHINE).target)
    told = _phases(program, "ibm", partial(ibm.converted, lowered, item.circuit), lambda sheet: sheet.units(point, 1))
    return told | {"placed": partial(compiler.sheets, lowered)}


def _phases(program: Program, gates: str, write: Callable[[], Any], fill: Callable[[Any], Any]) -> Phases:
    return {
        "lowered": partial(native, program, GATE_SETS[gates]),
        "written": write,
        "filled": partial(fill, write()),
        "converted": lambda: fill(write()),
    }


def measured_at(provider: Callable[[Program, Any], Phases]) -> dict[str, dict[str, float]]:
    """Seconds of each phase, each round with a circuit that nothing has seen but its lowering."""
    found: dict[str, list[float]] = {}
    for seed in range(ROUNDS + 1):
        program = circuit(seed)
        for phase, work in provider(program, np.random.default_rng(seed).uniform(-3, 3, (1, 24))).items():
            began = time.perf_counter()
            work()
            found.setdefault(phase, []).append(time.perf_counter() - began)
    return {
        phase: {"median": statistics.median(all_but_first), "least": min(all_but_first), "most": max(all_but_first)}
        for phase, (_, *all_but_first) in found.items()
    }


def table(rows: dict[str, dict[str, dict[str, float]]]) -> str:
    lines = ["| provider | " + " | ".join(PHASES) + " |", "| --- " * (len(PHASES) + 1) + "|"]
    for name, row in rows.items():
        lines.append(f"| {name} | " + " | ".join(_cell(row.get(phase)) for phase in PHASES) + " |")
    return "\n".join(lines) + "\n" + NOTES


def _cell(seconds: dict[str, float] | None) -> str:
    if seconds is None:
        return "–"
    return "{median:.2f} ({least:.2f} to {most:.2f})".format(**{key: 1000 * value for key, value in seconds.items()})


def main() -> int:
    """1 where a conversion takes longer than its bound."""
    rows = {"IonQ": measured_at(of_ionq), "Braket": measured_at(of_braket), "IBM": measured_at(of_ibm)}
    (HERE / "results.json").write_text(json.dumps(rows, indent=1) + "\n")
    (HERE / "results.md").write_text(table(rows))
    print(table(rows))
    return int(any(row["converted"]["median"] > BOUND for row in rows.values()))


if __name__ == "__main__":
    raise SystemExit(main())
