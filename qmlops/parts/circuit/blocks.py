"""The block language: gates, where they stand, and which angles they share, repeated in layers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from qmlops.core.expression import evaluate
from qmlops.core.option import option, validate
from qmlops.errors import ConfigError, Mistake, RequestError
from qmlops.parts.circuit import Built, Site
from qmlops.parts.circuit.block import Block, read_block
from qmlops.parts.circuit.gate import GATES
from qmlops.parts.circuit.pauli_rotation import pauli_rotation
from qmlops.parts.circuit.wiring import Wires, places

if TYPE_CHECKING:
    import cirq

MOST_GATES = 20_000


@dataclass(frozen=True)
class Blocks:
    """Blocks of gates: `start` once, `blocks` in each layer, `end` once."""

    layers: int = option(1, "how often `blocks` is repeated", least=0, most=10_000)
    blocks: list[dict[str, Any]] = option([], "gates of each layer: gate, wires, angle, share, step, pauli")
    start: list[dict[str, Any]] = option([], "gates before the first layer")
    end: list[dict[str, Any]] = option([], "gates after the last layer")
    encoder: Literal["once", "each_layer"] = option("once", "encode before the layers, or again before each")

    def __post_init__(self) -> None:
        mistakes = []
        for key, block in self._written():
            try:
                read_block(block)
            except ConfigError as error:
                mistakes += [replace(item, path=f"{key}.{item.path}".rstrip(".")) for item in error.mistakes]
        validate(self, *mistakes)

    def build(self, site: Site) -> Built:
        writer = _Writer(site, self.layers)
        encoding = list(site.encode())
        again = self.encoder == "each_layer" and self.layers > 0
        if self._gates(writer) + len(encoding) * (self.layers if again else 1) > MOST_GATES:
            raise ConfigError([Mistake("layers", f"the circuit has more than {MOST_GATES} gates.", "use fewer layers")])
        if not again:
            writer.encode(encoding)
        self._write(writer, "start", "start")
        for layer in range(self.layers):
            if again:
                writer.encode(encoding)
            self._write(writer, "blocks", layer)
        self._write(writer, "end", "end")
        if writer.mistakes:
            raise ConfigError(list(writer.mistakes.values()))
        return Built(writer.operations, tuple(writer.weights), tuple(writer.keys))

    def _gates(self, writer: _Writer) -> int:
        """How many gates the blocks make, before any is made; wrong wires are told of later."""
        count = 0
        for key, times in (("start", 1), ("blocks", self.layers), ("end", 1)):
            for block in map(read_block, getattr(self, key)):
                with suppress(RequestError):
                    count += times * len(writer.places(block, 0)) * (4 * len(block.pauli) or 1)
        return count

    def _write(self, writer: _Writer, key: str, layer: int | str) -> None:
        for number, written in enumerate(getattr(self, key)):
            writer.write(f"{key}[{number}]", read_block(written), layer)

    def _written(self) -> list[tuple[str, dict[str, Any]]]:
        keys = ("start", "blocks", "end")
        return [(f"{key}[{number}]", block) for key in keys for number, block in enumerate(getattr(self, key))]


@dataclass
class _Writer:
    """Collects gates, weights in order of first use, and mistakes by key."""

    site: Site
    layers: int
    operations: list[cirq.Operation] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    weights: dict[str, None] = field(default_factory=dict)
    mistakes: dict[str, Mistake] = field(default_factory=dict)

    def encode(self, gates: list[cirq.Operation]) -> None:
        self.operations += gates
        self.keys += [""] * len(gates)

    def write(self, key: str, block: Block, layer: int | str) -> None:
        try:
            placed = self.places(block, layer)
        except RequestError as error:
            self.mistakes[f"{key}.wires"] = Mistake(f"{key}.wires", f"{error}.")
            return
        for number, (wires, weight) in enumerate(placed):
            try:
                angle = self._angle(block, layer, number, wires, weight)
            except RequestError as error:
                self.mistakes[f"{key}.angle"] = Mistake(f"{key}.angle", f"{error}.")
                return
            qubits = [self.site.qubits[wire] for wire in wires]
            if block.pauli:
                self.operations += pauli_rotation(block.pauli, qubits, angle)
            else:
                self.operations.append(GATES[block.gate].make(angle)(*qubits))
            self.keys += [key] * (len(self.operations) - len(self.keys))

    def places(self, block: Block, layer: int | str) -> list[tuple[Wires, float]]:
        if block.wires == "readout.edges":
            if not self.site.edges:
                raise RequestError("the readout has no graph; use readout=maxcut, or another pattern")
            return [((i, j), weight) for i, j, weight in self.site.edges]
        step = evaluate(block.step, lambda name, index: self._number(name, index, layer))
        if not float(step).is_integer():
            raise RequestError(f"step {block.step!r} gives {step:g}, which is no whole number")
        return [(wires, 1.0) for wires in places(block.wires, block.size, len(self.site.qubits), int(step))]

    def _number(self, name: str, index: int | None, layer: int | str) -> float:
        values = {"n": len(self.site.qubits), "layers": self.layers}
        if isinstance(layer, int):
            values["layer"] = layer
        if name not in values or index is not None:
            raise RequestError(f"{name!r} has no value here; known: {', '.join(values)}, pi")
        return float(values[name])

    def _angle(self, block: Block, layer: int | str, number: int, wires: Wires, weight: float) -> Any:
        import sympy

        if block.angle is None:
            return None
        local: dict[str, float] = {"i": wires[0], "j": wires[1] if len(wires) > 1 else wires[0], "weight": weight}

        def lookup(name: str, index: int | None) -> Any:
            if name == "x":
                return self._feature(index)
            if name in ("n", "layer", "layers"):
                return self._number(name, index, layer)
            if name in local and index is None:
                return float(local[name])
            if index is not None:
                symbol = f"{name}_{index}"
            else:
                symbol = {"none": f"{name}_{layer}_{number}", "layer": f"{name}_{layer}", "all": name}[block.share]
            if symbol in self.site.inputs:
                raise RequestError(f"{symbol!r} is the name of an input; give the weight another name")
            self.weights[symbol] = None
            return sympy.Symbol(symbol)

        return evaluate(block.angle, lookup)

    def _feature(self, index: int | None) -> Any:
        import sympy

        name = f"x{index}"
        if index is None or name not in self.site.inputs:
            known = [item for item in self.site.inputs if item[0] == "x" and item[1:].isdigit()]
            have = f"the encoder gives x[0] to x[{len(known) - 1}]" if known else "use encoder=angle or encoder=iqp"
            raise RequestError(f"x[{'' if index is None else index}] is no input; {have}")
        return sympy.Symbol(name)
