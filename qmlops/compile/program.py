"""The one place where encoder, circuit and readout become a Program, and must fit together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qmlops.config.spec import RunSpec
from qmlops.core.angles import separate
from qmlops.core.dataset import Split
from qmlops.core.observable import Observable
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.errors import ConfigError, Mistake, RequestError
from qmlops.parts.circuit import Built, Site
from qmlops.parts.encoder.none import NoEncoder
from qmlops.parts.objective import FitsGram

MOST_QUBITS = 10_000


def compile_program(spec: RunSpec, split: Split | None) -> Program:
    """The program of a run. Raises ConfigError with every mistake that can be seen at once."""
    features, classes = (split.width, len(split.classes)) if split else (0, 0)
    width = _width(spec, features, classes)
    observables = spec.readout.observables(classes, width)
    mistakes = _wire_mistakes(observables, width) + spec.objective.mistakes(observables, classes)
    mistakes += _data_mistakes(spec, split)
    if mistakes:
        raise ConfigError(mistakes)
    built = _built(spec, width, features)
    import cirq

    circuit = cirq.Circuit(built.operations)
    program = Program(circuit, width, spec.encoder.inputs(features, width), built.weights, observables)
    try:
        separate(program)
    except RequestError as error:
        raise ConfigError([Mistake("circuit", str(error).replace("\n", " "))]) from None
    return program


def _width(spec: RunSpec, features: int, classes: int) -> int:
    """The number of qubits, refused before anything of that size is made."""
    needs = {"encoder": spec.encoder.wires(features), "readout": spec.readout.wires(classes)}
    least = max(1, *needs.values())
    width = spec.qubits or least
    if width < least:
        reasons = " and ".join(f"{name} needs {need}" for name, need in needs.items() if need > width)
        raise ConfigError([Mistake("qubits", f"{width} are too few: {reasons}.", f"write qubits={least}, or null")])
    empty = Work(_placeholder(width), np.zeros((1, 0)), spec.shots, spec.seed, spec.noise)
    mistakes = spec.backend.validate([empty])
    if width > MOST_QUBITS and not mistakes:
        mistakes = [Mistake("qubits", f"{width} qubits are too many.", f"allowed: up to {MOST_QUBITS}")]
    if mistakes:
        raise ConfigError(mistakes)
    return width


def _placeholder(width: int) -> Program:
    import cirq

    return Program(cirq.Circuit(), width, (), (), ())


def _built(spec: RunSpec, width: int, features: int) -> Built:
    import cirq

    qubits = cirq.LineQubit.range(width)
    site = Site(
        qubits=qubits,
        encode=lambda: spec.encoder.operations(qubits, features),
        inputs=spec.encoder.inputs(features, width),
        edges=spec.readout.edges(),
    )
    try:
        return spec.circuit.build(site)
    except ConfigError as error:
        raise ConfigError([replace(item, path=f"circuit.{item.path}") for item in error.mistakes]) from None


def _wire_mistakes(observables: tuple[Observable, ...], width: int) -> list[Mistake]:
    absent = [(number, wire) for number, item in enumerate(observables) for wire in item.wires if not 0 <= wire < width]
    return [
        Mistake("readout", f"observable {number} is on wire {wire}, and there are {width} wires.", f"qubits={wire + 1}")
        for number, wire in absent
    ]


def _data_mistakes(spec: RunSpec, split: Split | None) -> list[Mistake]:
    if split is None and not isinstance(spec.encoder, NoEncoder):
        return [Mistake("encoder", "there is no data to encode.", "use encoder=none, or choose data")]
    batch = spec.data.batch
    if batch is not None and isinstance(spec.objective, FitsGram):
        why = f"{batch} rows a step are asked for, and the objective is fitted to all rows at once."
        return [Mistake("data.batch", why, "write data.batch=null, or choose objective=classify")]
    if split is None or batch is None or batch <= len(split.train):
        return []
    return [Mistake("data.batch", f"{batch} is more than the {len(split.train)} rows for training.", "null means all")]
