"""Random declarations of the block language, and a second reading of them that shares no code with qmlops.

`declare(seed)` writes blocks as a YAML would hold them. `unitary` reads the same blocks with matrices
and plain Python arithmetic: what a gate, a wiring, a share and an expression mean is written here again.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import cirq
import numpy as np
import scipy.linalg

from qmlops.core.observable import PauliSum, Projector
from qmlops.core.program import Program
from qmlops.parts.circuit import Site
from qmlops.parts.circuit.blocks import Blocks
from qmlops.parts.encoder.angle import Angle
from qmlops.parts.encoder.iqp import Iqp

PROGRAMS = int(os.environ.get("QMLOPS_PROGRAMS", "60"))
"""How many programs the property tests draw; the long form sets 200."""

LETTER = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}
ROOT_X = np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2
FIXED = {
    "h": np.array([[1, 1], [1, -1]]) / math.sqrt(2),
    "x": LETTER["X"],
    "y": LETTER["Y"],
    "z": LETTER["Z"],
    "s": np.diag([1, 1j]),
    "sdg": np.diag([1, -1j]),
    "t": np.diag([1, np.exp(0.25j * np.pi)]),
    "tdg": np.diag([1, np.exp(-0.25j * np.pi)]),
    "sx": ROOT_X,
    "cx": scipy.linalg.block_diag(np.eye(2), LETTER["X"]),
    "cy": scipy.linalg.block_diag(np.eye(2), LETTER["Y"]),
    "cz": np.diag([1, 1, 1, -1]),
    "swap": np.eye(4)[[0, 2, 1, 3]],
    "iswap": np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]]),
    "ccx": np.eye(8)[[0, 1, 2, 3, 4, 5, 7, 6]],
    "ccz": np.diag([1, 1, 1, 1, 1, 1, 1, -1]),
    "cswap": np.eye(8)[[0, 1, 2, 3, 4, 6, 5, 7]],
}
TURNS = {"rx": "X", "ry": "Y", "rz": "Z", "xx": "XX", "yy": "YY", "zz": "ZZ"}
CONTROLLED = {"crx": "X", "cry": "Y", "crz": "Z"}
ANGLES = (
    "theta",
    "phi",
    "2 * theta",
    "-theta / 3",
    "pi * phi",
    "theta + 0.3",
    "theta * phi",
    "theta - 2 * phi",
    "theta[0]",
    "(n - 1) * theta[1] + theta",
    "phi * (i + 1)",
    0.7,
    "pi / 3",
)
WITH_INPUTS = ("pi * x[i]", "x[0] * theta", "x[i] * x[0]", "0.5 * x[i] - phi")


def pauli_turn(letters: str, angle: float) -> Any:
    """exp(-i angle/2 P)."""
    word = LETTER[letters[0]]
    for letter in letters[1:]:
        word = np.kron(word, LETTER[letter])
    return math.cos(angle / 2) * np.eye(len(word)) - 1j * math.sin(angle / 2) * word


def matrix(block: dict[str, Any], angle: float) -> Any:
    gate = block["gate"]
    if gate in FIXED:
        return FIXED[gate]
    if gate in CONTROLLED:
        return scipy.linalg.block_diag(np.eye(2), pauli_turn(CONTROLLED[gate], angle))
    if gate in ("p", "cp"):
        return np.diag([1] * (1 if gate == "p" else 3) + [np.exp(1j * angle)])
    return pauli_turn(block["pauli"] if gate == "pauli" else TURNS[gate], angle)


def wired(written: Any, size: int, wires: int, step: int) -> list[tuple[int, ...]]:
    if isinstance(written, list):
        return [tuple(item) if isinstance(item, list) else (item,) for item in written]
    if size == 1:
        chosen = {"all": slice(None), "even": slice(0, None, 2), "odd": slice(1, None, 2)}
        singles = chosen | {"first": slice(1), "last": slice(wires - 1, None)}
        return [(wire,) for wire in list(range(wires))[singles[written]]]
    line = [(wire, wire + 1) for wire in range(wires - 1)]
    if written == "ring":
        return line if wires < 3 else [(wire, (wire + step) % wires) for wire in range(wires)]
    patterns = {"line": line, "even": line[0::2], "odd": line[1::2], "full": list(combinations(range(wires), 2))}
    return patterns[written]


@dataclass(frozen=True)
class Declared:
    """Blocks with everything that gives them a meaning."""

    wires: int
    encoder: Any
    layers: int
    each_layer: bool
    start: list[dict[str, Any]]
    blocks: list[dict[str, Any]]
    end: list[dict[str, Any]]
    observables: tuple[PauliSum | Projector, ...]

    def program(self) -> Program:
        qubits = cirq.LineQubit.range(self.wires)
        features = self.wires if self.encoder else 0
        inputs = self.encoder.inputs(features, self.wires) if self.encoder else ()
        site = Site(qubits, lambda: self.encoder.operations(qubits, features) if self.encoder else (), inputs)
        built = Blocks(
            layers=self.layers,
            blocks=self.blocks,
            start=self.start,
            end=self.end,
            encoder="each_layer" if self.each_layer else "once",
        ).build(site)
        circuit = cirq.Circuit(cirq.I.on_each(*qubits), built.operations)
        return Program(circuit, self.wires, inputs, built.weights, self.observables)

    def point(self, program: Program, random: np.random.Generator, rows: int = 3) -> Any:
        """Rows of points; the products of an IQP encoding are true products."""
        features = random.uniform(-1.5, 1.5, (rows, self.wires))
        inputs = self.encoder.encode(features, self.wires) if self.encoder else features[:, :0]
        weights = random.uniform(-np.pi, np.pi, (rows, len(program.weights)))
        return np.concatenate([inputs, weights], axis=1)

    def unitary(self, values: dict[str, float]) -> Any:
        """The whole circuit as a matrix, for these values of the symbols."""
        total = np.eye(2**self.wires, dtype=complex)

        def put(gate: Any, place: tuple[int, ...]) -> None:
            nonlocal total
            circuit = cirq.Circuit(
                cirq.I.on_each(*cirq.LineQubit.range(self.wires)),
                cirq.MatrixGate(np.asarray(gate, dtype=complex)).on(*(cirq.LineQubit(wire) for wire in place)),
            )
            total = cirq.unitary(circuit) @ total

        def encode() -> None:
            if isinstance(self.encoder, Angle):
                for wire in range(self.wires):
                    if self.encoder.hadamard:
                        put(FIXED["h"], (wire,))
                    turn = pauli_turn(self.encoder.rotation[1].upper(), self.encoder.scale * values[f"x{wire}"])
                    put(turn, (wire,))
            if isinstance(self.encoder, Iqp):
                for _ in range(self.encoder.repeats):
                    for wire in range(self.wires):
                        put(FIXED["h"], (wire,))
                    for wire in range(self.wires):
                        put(pauli_turn("Z", values[f"x{wire}"]), (wire,))
                    for i, j in combinations(range(self.wires), 2):
                        put(pauli_turn("ZZ", values[f"x{i}"] * values[f"x{j}"]), (i, j))

        def read(block: dict[str, Any], layer: int | str) -> None:
            size = len(block["pauli"]) if block["gate"] == "pauli" else WIDTH[block["gate"]]
            step = int(arithmetic(block.get("step", 1), {"n": self.wires, "layer": layer, "layers": self.layers}))
            for number, place in enumerate(wired(block["wires"], size, self.wires, step)):
                angle = 0.0
                if "angle" in block:
                    angle = arithmetic(block["angle"], names(layer, number, place, block.get("share", "none")))
                put(matrix(block, angle), place)

        def names(layer: int | str, number: int, place: tuple[int, ...], share: str) -> dict[str, Any]:
            def weight(name: str) -> Weight:
                own = {"none": f"{name}_{layer}_{number}", "layer": f"{name}_{layer}", "all": name}[share]
                return Weight(values.get(own, math.nan), {i: values.get(f"{name}_{i}", math.nan) for i in range(3)})

            x = {index: values.get(f"x{index}", math.nan) for index in range(self.wires)}
            known = {"n": self.wires, "layers": self.layers, "i": place[0], "j": place[-1], "x": x}
            return known | {"layer": layer, "theta": weight("theta"), "phi": weight("phi")}

        if not self.each_layer:
            encode()
        for block in self.start:
            read(block, "start")
        for layer in range(self.layers):
            if self.each_layer:
                encode()
            for block in self.blocks:
                read(block, layer)
        for block in self.end:
            read(block, "end")
        return total


class Weight(float):
    """A number that may also be asked for its members: `theta` and `theta[1]`."""

    def __new__(cls, value: float, members: dict[int, float]) -> Weight:
        number = super().__new__(cls, value)
        number.members = members  # type: ignore[attr-defined]
        return number

    def __getitem__(self, index: int) -> float:
        return float(self.members[index])  # type: ignore[attr-defined]


def arithmetic(text: str | float, known: dict[str, Any]) -> float:
    if isinstance(text, str):
        return float(eval(text, {"__builtins__": {}, "pi": math.pi}, known))
    return float(text)


WIDTH = {name: int(math.log2(len(gate))) for name, gate in FIXED.items()}
WIDTH |= {name: len(letters) for name, letters in TURNS.items()} | dict.fromkeys(CONTROLLED, 2) | {"p": 1, "cp": 2}


def declare(seed: int) -> Declared:
    """A random declaration: all gates, wirings, shares and forms of angles occur among a few dozen."""
    random = np.random.default_rng(np.random.SeedSequence([2024, seed]))
    wires = int(random.integers(1, 5))
    encoder: Any = None
    if random.random() < 0.6:
        rotation = str(random.choice(["rx", "ry", "rz"]))
        angle = Angle(rotation, float(random.choice([1.0, 0.5, -2.0])), bool(random.integers(2)))  # type: ignore[arg-type]
        encoder = angle if random.random() < 0.6 else Iqp(repeats=int(random.integers(1, 3)))

    def block() -> dict[str, Any]:
        fits = [name for name, size in WIDTH.items() if size <= wires] + ["pauli"]
        turning = [name for name in fits if name not in FIXED]
        gate = str(random.choice(turning if random.random() < 0.7 else fits))
        made: dict[str, Any] = {"gate": gate}
        size = WIDTH.get(gate, 0)
        if gate == "pauli":
            size = int(random.integers(1, wires + 1))
            made["pauli"] = "".join(random.choice(list("XYZ"), size))
        if gate not in FIXED:
            forms = ANGLES + (WITH_INPUTS if encoder else ())
            made["angle"] = forms[int(random.integers(len(forms)))]
            made["share"] = str(random.choice(["none", "layer", "all"]))
        made["wires"] = wiring(size)
        if made["wires"] == "ring" and wires > 2:
            made["step"] = "1 + n % 2" if wires > 3 else 1
        return made

    def wiring(size: int) -> Any:
        if size <= 2 and random.random() < 0.7:
            return str(
                random.choice(
                    [["all", "even", "odd", "first", "last"], ["line", "ring", "even", "odd", "full"]][size - 1]
                )
            )
        return [[int(wire) for wire in random.permutation(wires)[:size]] for _ in range(int(random.integers(1, 3)))]

    def several(most: int) -> list[dict[str, Any]]:
        return [block() for _ in range(int(random.integers(0, most + 1)))]

    def observable() -> PauliSum | Projector:
        if random.random() < 0.15:
            return Projector(tuple((wire, int(random.integers(2))) for wire in range(wires)))
        terms = [
            (
                float(random.normal()),
                tuple((w, str(p)) for w, p in enumerate(random.choice(list("IXYZ"), wires)) if p != "I"),
            )
            for _ in range(int(random.integers(1, 4)))
        ]
        return PauliSum(tuple(terms))

    layers = int(random.integers(1, 3))
    each_layer = bool(encoder and random.integers(2))
    parts = several(2), [block(), *several(3)], several(1)
    seen = tuple(observable() for _ in range(int(random.integers(1, 4))))
    return Declared(wires, encoder, layers, each_layer, *parts, seen)
