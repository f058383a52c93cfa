"""Circuits from OpenQASM files, read by Cirq's own parser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from qmlops.core.option import option, validate
from qmlops.errors import ConfigError, Mistake
from qmlops.parts.circuit import Built, Site


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
        from cirq.contrib.qasm_import import circuit_from_qasm
        from cirq.contrib.qasm_import.exception import QasmException

        try:
            text = Path(self.file).read_text(encoding="utf-8")
            circuit = circuit_from_qasm(text)
        except OSError as error:
            raise ConfigError([Mistake("file", f"{self.file!r} cannot be read: {error.strerror}.")]) from None
        except (QasmException, UnicodeDecodeError, ValueError, SyntaxError) as error:
            raise ConfigError([Mistake("file", f"{self.file!r} is no circuit that can be read: {error}.")]) from None
        gates = cirq.drop_terminal_measurements(circuit)
        names = _declared(text)
        if len(names) > len(site.qubits):
            why = f"{self.file!r} has {len(names)} qubits, and the program has {len(site.qubits)}."
            raise ConfigError([Mistake("file", why, f"write qubits={len(names)}")])
        onto = dict(zip(names, site.qubits, strict=False))
        moved = gates.transform_qubits(lambda qubit: onto[str(qubit)])
        if moved.has_measurements():
            raise ConfigError([Mistake("file", f"{self.file!r} measures in the middle.", "measure at the end only")])
        return Built([*site.encode(), *moved.all_operations()], ())


def _declared(text: str) -> list[str]:
    """Cirq's names of all qubits that an OpenQASM text declares, in order."""
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    form = r"\bqreg\s+(\w+)\s*\[\s*(\d+)\s*\]|\bqubit\s*(?:\[\s*(\d+)\s*\])?\s*(\w+)"
    return [
        f"{found[1] or found[4]}_{number}"
        for found in re.finditer(form, code)
        for number in range(int(found[2] or found[3] or 1))
    ]
