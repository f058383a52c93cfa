"""An OpenQASM file that is no experiment's circuit, looked at by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from qmlops.compile.program import MOST_QUBITS
from qmlops.errors import ConfigError, Mistake
from qmlops.testing.from_file import from_file
from qmlops.testing.lint.rule import undone
from qmlops.testing.lint.written import Gate

ALONE: dict[str, Callable[[Sequence[Gate]], Iterator[Mistake]]] = {"cancelling_pair": undone}
"""The rules that ask for neither data nor readout nor backend, by their names in RULES."""


def gates(file: Path) -> list[Gate]:
    """The gates of a file. Raises ConfigError with its name, and the line where the parser tells one."""
    import cirq

    try:
        circuit = from_file(str(file), cirq.LineQubit.range(MOST_QUBITS))
    except ConfigError as error:
        raise ConfigError([replace(item, path=str(file)) for item in error.mistakes]) from None
    return [Gate(operation, str(file)) for operation in circuit.all_operations()]
