"""Circuits from OpenQASM files, read by Cirq's own parser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qmlops.core.option import option, validate
from qmlops.errors import ConfigError, Mistake
from qmlops.parts.circuit import Built, Site

if TYPE_CHECKING:
    import cirq

_DIGITS = 5
"""Of a register's size; a program has 10,000 qubits at most."""


@dataclass(frozen=True)
class Qasm:
    """A fixed circuit from an OpenQASM 2 or 3 file, after the encoder; it has no weights.

    Registers are laid on wires 0, 1, … in the order of their declarations, qubits without gates
    included; measurements at the end are dropped, because the readout says what is measured.
    """

    file: str = option("", "path of the .qasm file")

    def __post_init__(self) -> None:
        validate(self, None if self.file else Mistake("file", "no file is named.", "write circuit.file=FILE.qasm"))

    def build(self, site: Site) -> Built:
        import cirq

        text = self._text()
        names = self._declared(text)
        if len(names) > len(site.qubits):
            why = f"{self.file!r} has {len(names)} qubits, and the program has {len(site.qubits)}."
            raise ConfigError([Mistake("file", why, f"write qubits={len(names)}")])
        circuit = self._circuit(text)
        why_not = _not_unitary(circuit)
        if why_not:
            instead = "a circuit here is gates, with measurements at its end only"
            raise ConfigError([Mistake("file", f"{self.file!r} {why_not}.", instead)])
        strange = next((gate for gate in circuit.all_operations() if _is_no_number(gate)), None)
        if strange is not None:
            wires = ", ".join(str(qubit) for qubit in strange.qubits)
            why = f"{self.file!r} has a gate on {wires} with an angle that is no finite number."
            raise ConfigError([Mistake("file", why, "write every angle as a finite number of radians")])
        onto = dict(zip(names, site.qubits, strict=False))
        gates = cirq.drop_terminal_measurements(circuit).transform_qubits(lambda qubit: onto[str(qubit)])
        encoding, own = list(site.encode()), list(gates.all_operations())
        return Built([*encoding, *own], (), ("",) * len(encoding) + ("file",) * len(own))

    def _text(self) -> str:
        try:
            return Path(self.file).read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigError([Mistake("file", f"{self.file!r} cannot be read: {error.strerror}.")]) from None
        except ValueError:
            raise ConfigError([Mistake("file", f"{self.file!r} names no UTF-8 text.")]) from None

    def _circuit(self, text: str) -> cirq.Circuit:
        from cirq.contrib.qasm_import import circuit_from_qasm
        from cirq.contrib.qasm_import.exception import QasmException

        try:
            with np.errstate(all="ignore"):  # a logarithm of zero is told by name, once the gates are there
                return circuit_from_qasm(text)
        except (QasmException, ValueError, SyntaxError, ArithmeticError) as error:
            raise ConfigError([Mistake("file", f"{self.file!r} is no circuit that can be read: {error}.")]) from None

    def _declared(self, text: str) -> list[str]:
        """Cirq's names of all qubits that an OpenQASM text declares, in order.

        Sizes are looked at before any name is made, and before Cirq makes its own.
        """
        code = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
        for digits in re.findall(r"\[\s*(\d+)\s*\]", code):
            if len(digits) > _DIGITS:
                why = f"{self.file!r} has a register or an index of more than {_DIGITS} digits."
                raise ConfigError([Mistake("file", why, "declare as many qubits and bits as are used")])
        form = r"\bqreg\s+(\w+)\s*\[\s*(\d+)\s*\]|\bqubit\s*(?:\[\s*(\d+)\s*\])?\s*(\w+)"
        return [
            f"{found[1] or found[4]}_{number}"
            for found in re.finditer(form, code)
            for number in range(int(found[2] or found[3] or 1))
        ]


def _not_unitary(circuit: cirq.Circuit) -> str:
    """What a circuit does beside gates and measurements at its end, in words; empty for nothing."""
    import cirq

    for operation in circuit.all_operations():
        if isinstance(operation.untagged, cirq.ClassicallyControlledOperation):
            return "has a gate under a classical condition"
        if isinstance(operation.gate, cirq.ResetChannel):
            return f"resets {operation.qubits[0]}"
    return "" if circuit.are_all_measurements_terminal() else "measures in the middle"


def _is_no_number(operation: cirq.Operation) -> bool:
    """Whether a gate has an infinite or undefined angle, so that its matrix is none."""
    import cirq

    try:
        with np.errstate(all="ignore"):
            matrix = cirq.unitary(operation, None)
    except ArithmeticError:
        return True
    return matrix is not None and not np.all(np.isfinite(matrix))
