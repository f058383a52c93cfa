"""Echoes: run a circuit, undo another, and read zeros everywhere exactly where the two make one state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from qmlops.core.observable import Projector
from qmlops.core.work import Array
from qmlops.testing.meter import Meter, meter
from qmlops.testing.subject import Subject

if TYPE_CHECKING:
    import cirq

_OTHER = "_other"


def echo(
    subject: Subject, first: Array, other: Array, undone: cirq.Circuit | None, between: Sequence[cirq.Operation] = ()
) -> Meter:
    """The fidelity of the program at `first` with `undone` (None: the program) at `other`, both [1 × symbols].

    `between` are gates on the first state. A sample is 1 where all wires read 0.
    """
    import cirq

    program = subject.program
    names = {name: name + _OTHER for name in program.symbols}
    back = cirq.resolve_parameters(cirq.inverse(program.circuit if undone is None else undone), names)
    circuit = cirq.Circuit(program.circuit, between, back)
    whole = replace(program, circuit=circuit, inputs=(*program.symbols, *names.values()), weights=())
    zeros = Projector(tuple((wire, 0) for wire in range(program.width)))
    return meter(subject, whole, zeros, np.concatenate([first, other], axis=1))
