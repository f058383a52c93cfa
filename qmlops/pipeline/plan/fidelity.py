"""How far a shot can be trusted: predicted from the compiled circuit and the device's errors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qmlops.config.spec import RunSpec
from qmlops.core.program import Program
from qmlops.core.target import Target
from qmlops.core.work import Work
from qmlops.lower.figure import success


@dataclass(frozen=True)
class Fidelity:
    """The chance that no gate and no reading of one shot fails; None: not known."""

    value: float | None
    basis: str
    bound: bool = False
    """Whether it is at most so much, because not all errors are known."""


def fidelity_of(spec: RunSpec, lowered: Program, target: Target) -> Fidelity:
    """Of a shot of the run's circuit, basis changes left out."""
    facts = target.calibration
    if facts is None:
        return _uncalibrated(spec, lowered, target)
    of = f"calibration {facts.id} of {facts.time[:10]}"
    value = success(lowered, target)
    if value is not None:
        return Fidelity(value, f"a guess: the product of 1 - error over gates and readings, {of}")
    perfect = replace(target, calibration=replace(facts, readout=((0.0, 0.0),)))
    value = success(lowered, perfect)
    if value is not None:
        return Fidelity(value, f"a guess: gates alone, the errors of reading are not known, {of}", bound=True)
    return Fidelity(None, f"the errors of its gates are not all known, {of}")


def _uncalibrated(spec: RunSpec, lowered: Program, target: Target) -> Fidelity:
    work = Work(lowered, np.zeros((1, len(lowered.symbols))), None, 0, spec.noise)
    if not target.hardware and spec.noise.silent() and not spec.backend.validate([work]):
        return Fidelity(1.0, "a simulator without noise")
    return Fidelity(None, f"there is no calibration of {target.name}" if target.hardware else "it is noisy")
