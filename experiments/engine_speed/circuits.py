"""The measured circuits as plain lists of gates, so that every peer builds the same one.

A gate is (name, wires, angle): the angle is None, or (symbol, factor) and means factor * symbol
radians. Imports nothing but the standard library, because every peer has an environment of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Circuit:
    """Gates on `width` wires; `inputs` change from point to point, `weights` do not. Z on every wire."""

    width: int
    inputs: list[str] = field(default_factory=list)
    weights: list[str] = field(default_factory=list)
    gates: list[tuple[str, tuple[int, ...], tuple[str, float] | None]] = field(default_factory=list)

    def encode(self, name: str = "rx") -> None:
        for wire in range(self.width):
            if f"x{wire}" not in self.inputs:
                self.inputs.append(f"x{wire}")
            self.gates.append((name, (wire,), (f"x{wire}", 1.0)))

    def turn(self, name: str, wire: int) -> None:
        self.weights.append(f"w{len(self.weights)}")
        self.gates.append((name, (wire,), (self.weights[-1], 1.0)))


def ring(width: int, layers: int = 3) -> Circuit:
    """Angle encoding, then layers of RY, RZ and a ring of CZ."""
    circuit = Circuit(width)
    circuit.encode()
    for _ in range(layers):
        for wire in range(width):
            circuit.turn("ry", wire)
            circuit.turn("rz", wire)
        circuit.gates += [("cz", (wire, (wire + 1) % width), None) for wire in range(width)]
    return circuit


def entangling(width: int, layers: int = 3) -> Circuit:
    """Angle encoding, then layers of RZ, RY, RZ and CX over a distance that grows with the layer."""
    circuit = Circuit(width)
    circuit.encode()
    for layer in range(layers):
        for wire in range(width):
            for name in ("rz", "ry", "rz"):
                circuit.turn(name, wire)
        step = 1 + layer % (width - 1)
        circuit.gates += [("cx", (wire, (wire + step) % width), None) for wire in range(width)]
    return circuit


def uploading(width: int, layers: int = 3) -> Circuit:
    """Data re-uploading: the encoding stands before every layer of RY, RZ and CZ."""
    circuit = Circuit(width)
    for _ in range(layers):
        circuit.encode()
        for wire in range(width):
            circuit.turn("ry", wire)
            circuit.turn("rz", wire)
        circuit.gates += [("cz", (wire, (wire + 1) % width), None) for wire in range(width)]
    return circuit


def qaoa(width: int, depth: int = 3) -> Circuit:
    """QAOA on a circular ladder, which is a cubic graph: shared angles, ZZ and RX.

    It begins at RY of an input on every wire and not at H, a warm start (Egger, Mareček and Woerner
    2021, arXiv:2009.10095), so that the points of a batch differ: equal ones need no simulation each.
    """
    circuit = Circuit(width)
    half = width // 2
    edges = [(k, (k + 1) % half) for k in range(half) if half > 2 or k == 0]
    edges += [(half + a, half + b) for a, b in edges] + [(k, half + k) for k in range(half)]
    circuit.encode("ry")
    for layer in range(depth):
        circuit.weights += [f"gamma{layer}", f"beta{layer}"]
        circuit.gates += [("zz", edge, (f"gamma{layer}", 1.0)) for edge in edges]
        circuit.gates += [("rx", (wire,), (f"beta{layer}", 2.0)) for wire in range(width)]
    return circuit


def single(width: int) -> Circuit:
    """One RY: what a step costs that has next to nothing to compute."""
    circuit = Circuit(width)
    circuit.turn("ry", 0)
    return circuit


CIRCUITS = {"ring": ring, "entangling": entangling, "uploading": uploading, "qaoa": qaoa, "single": single}
