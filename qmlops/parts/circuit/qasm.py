"""Circuits from OpenQASM files, read by Cirq's own parser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qmlops.core.option import option, validate
from qmlops.errors import ConfigError, Mistake
from qmlops.parts.circuit import Built, Site


@dataclass(frozen=True)
class Qasm:
    """A fixed circuit from an OpenQASM 2 or 3 file, after the encoder; it has no weights.

    Registers are laid on wires 0, 1, … in order of their sorted names; measurements at the end
    are dropped, because the readout says what is measured.
    """

    file: str = option("", "path of the .qasm file")

    def __post_init__(self) -> None:
        validate(self, None if self.file else Mistake("file", "no file is named.", "write circuit.file=FILE.qasm"))

    def build(self, site: Site) -> Built:
        import cirq
        from cirq.contrib.qasm_import import circuit_from_qasm
        from cirq.contrib.qasm_import.exception import QasmException

        try:
            circuit = circuit_from_qasm(Path(self.file).read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError([Mistake("file", f"{self.file!r} cannot be read: {error.strerror}.")]) from None
        except (QasmException, UnicodeDecodeError, ValueError, SyntaxError) as error:
            raise ConfigError([Mistake("file", f"{self.file!r} is no circuit that can be read: {error}.")]) from None
        gates = cirq.drop_terminal_measurements(circuit)
        found = sorted(gates.all_qubits())
        if len(found) > len(site.qubits):
            why = f"{self.file!r} has {len(found)} qubits, and the program has {len(site.qubits)}."
            raise ConfigError([Mistake("file", why, f"write qubits={len(found)}")])
        onto = dict(zip(found, site.qubits, strict=False))
        moved = gates.transform_qubits(lambda qubit: onto[qubit])
        if moved.has_measurements():
            raise ConfigError([Mistake("file", f"{self.file!r} measures in the middle.", "measure at the end only")])
        return Built([*site.encode(), *moved.all_operations()], ())
