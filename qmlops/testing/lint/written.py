"""A compiled request as it was written: its gates in their order, each with the key that wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from qmlops.config.spec import RunSpec
from qmlops.core.program import Program
from qmlops.parts.circuit import Site
from qmlops.train.task import Task

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True, eq=False)
class Gate:
    """One gate and where it comes from."""

    operation: cirq.Operation
    key: str
    """Such as `circuit.blocks[1]`, or `encoder`."""

    @property
    def qubits(self) -> tuple[cirq.LineQubit, ...]:
        return cast("tuple[cirq.LineQubit, ...]", self.operation.qubits)

    @property
    def wires(self) -> frozenset[cirq.Qid]:
        return frozenset(self.operation.qubits)


@dataclass(frozen=True, eq=False)
class Written:
    """What the rules look at."""

    task: Task
    gates: Sequence[Gate]

    @property
    def spec(self) -> RunSpec:
        return self.task.spec

    @property
    def program(self) -> Program:
        return self.task.program


def written(task: Task) -> Written:
    """The gates of a task's program in the order in which its encoder and circuit name them."""
    spec, program = task.spec, task.program
    features = task.split.width if task.split else 0
    site = Site(
        qubits=program.qubits,
        encode=lambda: spec.encoder.operations(program.qubits, features),
        inputs=program.inputs,
        edges=spec.readout.edges(),
    )
    built = spec.circuit.build(site)
    keys = built.keys or ("?",) * len(built.operations)
    named = {"": "encoder", "?": "circuit"}
    return Written(
        task,
        [
            Gate(operation, named.get(key, f"circuit.{key}"))
            for operation, key in zip(built.operations, keys, strict=True)
        ],
    )
