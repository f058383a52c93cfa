"""Which gates can change what is read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Set as Wires
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import cirq


def light_cone(gates: Sequence[Wires[cirq.Qid]], read: Collection[cirq.Qid]) -> tuple[list[bool], set[cirq.Qid]]:
    """Of gates in their order, by their wires: whether each lies in the past light cone of the wires that
    are read, and the wires inside of it at the beginning."""
    cone, inside = set(read), []
    for wires in reversed(gates):
        inside.append(bool(cone & wires))
        if inside[-1]:
            cone |= wires
    return inside[::-1], cone
