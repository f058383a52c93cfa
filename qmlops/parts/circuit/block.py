"""One block as it is written in a YAML, checked without knowing the qubits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qmlops.core.expression import evaluate
from qmlops.errors import ConfigError, Mistake, RequestError, nearest, shown
from qmlops.parts.circuit.gate import GATES

KEYS = ("gate", "wires", "angle", "share", "step", "pauli")
SHARES = ("none", "layer", "all")


@dataclass(frozen=True)
class Block:
    """Gates of one kind on some wires."""

    gate: str
    wires: Any
    angle: str | float | None = None
    share: str = "none"
    step: str | float = 1
    pauli: str = ""

    @property
    def size(self) -> int:
        """How many wires each gate takes."""
        return len(self.pauli) or GATES[self.gate].wires


def read_block(written: Mapping[str, Any]) -> Block:
    """The block of a YAML mapping. Raises ConfigError with all its mistakes, keys relative."""
    if not isinstance(written, Mapping):
        raise ConfigError([Mistake("", f"{written!r} is no block.", "write {gate: ry, wires: all, angle: theta}")])
    mistakes = [
        Mistake(str(key), "a block has no such key.", nearest(str(key), KEYS)) for key in written if key not in KEYS
    ]
    given = {key: written[key] for key in KEYS if key in written}
    mistakes += _gate_mistakes(given) + _other_mistakes(given)
    if mistakes:
        raise ConfigError(mistakes)
    return Block(**given)


def _gate_mistakes(given: dict[str, Any]) -> list[Mistake]:
    gate, angle, pauli = given.get("gate"), given.get("angle"), given.get("pauli")
    if gate == "pauli":
        if not isinstance(pauli, str) or not re.fullmatch(r"[XYZ]+", pauli):
            return [Mistake("pauli", f"{pauli!r} is no Pauli string.", "write letters, as in pauli: XYZ")]
        return [] if angle is not None else [Mistake("angle", "a Pauli rotation needs an angle.", "angle: theta")]
    if not isinstance(gate, str) or gate not in GATES:
        return [Mistake("gate", f"{gate!r} is no gate.", nearest(str(gate), [*GATES, "pauli"]))]
    if pauli is not None:
        return [Mistake("pauli", f"{gate} takes no Pauli string.", "write gate: pauli")]
    if GATES[gate].angle and angle is None:
        return [Mistake("angle", f"{gate} needs an angle.", "write a number or a name, as in angle: theta")]
    if not GATES[gate].angle and angle is not None:
        return [Mistake("angle", f"{gate} takes no angle.", "remove it, or use a rotation")]
    return []


def _other_mistakes(given: dict[str, Any]) -> list[Mistake]:
    mistakes = []
    if "wires" not in given:
        mistakes.append(
            Mistake("wires", "the block names no wires.", "write wires: all, wires: ring, or wires: [[0, 1]]")
        )
    if given.get("share", "none") not in SHARES:
        share = given["share"]
        mistakes.append(Mistake("share", f"{share!r} is not known.", nearest(str(share), SHARES)))
    if "step" in given and "wires" in given and given["wires"] != "ring":
        wires = given["wires"]
        mistakes.append(Mistake("step", f"only a ring has a step, and wires is {shown(wires)}.", "remove it"))
    for key in ("angle", "step"):
        value = given.get(key)
        if value is None and not (key == "step" and key in given):
            continue
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            mistakes.append(Mistake(key, f"{value!r} is no expression.", "write a number, or as in 'pi * x[i]'"))
            continue
        try:
            evaluate(value, lambda name, index: 1.0)
        except RequestError as error:
            if "divides by zero" not in str(error):
                mistakes.append(Mistake(key, f"{error}."))
    return mistakes
