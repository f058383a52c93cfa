"""The gate sets that devices take, declared: which Cirq gates a lowered program may hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class GateSet:
    """What `native` may write.

    Letters name Pauli strings: a coupling ZZ is a power of ZZ, a controlled ZX is CNOT.
    """

    name: str
    turns: Literal["rotations", "phased", "fixed"]
    """How one wire is turned: by powers of X, Y and Z; by powers of X in any phase
    (PhasedXZGate with z_exponent 0), where Z is a change of phase; or by powers of X alone between powers of Z."""
    z: bool = True
    """Whether powers of Z are gates. Where they are not, a Z that must be written is two phased X."""
    exponents: tuple[float, ...] | None = None
    """The powers of X that `phased` and `fixed` turns have; None: all."""
    hadamard: bool = False
    couplings: tuple[str, ...] = ()
    """Pauli strings whose every power is a gate."""
    controlled: tuple[str, ...] = ()
    """Controlled letters whose first power is a gate: ZX is CNOT, ZZ is CZ."""
    controlled_powers: tuple[str, ...] = ()
    """Controlled letters whose every power is a gate."""
    swap: bool = False
    exchange: Literal["none", "iswap", "powers"] = "none"
    """Whether ISWAP is a gate, or every power of it."""
    echoed: bool = False
    """Whether the echoed cross-resonance gate, X on the first wire after ZX**(1/2), is one."""


IONQ = GateSet("ionq", "rotations", hadamard=True, couplings=("XX", "YY", "ZZ"), controlled=("ZX",), swap=True)
"""IonQ's gate set `qis`: h, x, y, z, s, t, v and their inverses, rx, ry, rz, cnot, swap, xx, yy, zz."""

IONQ_NATIVE = GateSet("ionq_native", "phased", z=False, exponents=(0.5, 1.0), couplings=("ZZ",))
"""Forte's gpi, gpi2 and zz: PhasedXZGate with exponents 1 and 1/2, ZZPowGate."""

IONQ_MS = GateSet("ionq_ms", "phased", z=False, exponents=(0.5, 1.0), couplings=("XX",))
"""Aria's gpi, gpi2 and ms: PhasedXZGate with exponents 1 and 1/2, XXPowGate."""

BRAKET = GateSet(
    "braket",
    "rotations",
    hadamard=True,
    couplings=("XX", "YY", "ZZ"),
    controlled=("ZX",),
    controlled_powers=("ZZ",),
    swap=True,
    exchange="powers",
)
"""Braket's plain gates: IonQ's, and cz, cphaseshift, iswap and xy."""

IQM = GateSet("iqm", "phased", z=False, controlled=("ZZ",))
"""prx and cz: PhasedXZGate, CZ."""

RIGETTI = GateSet("rigetti", "fixed", exponents=(0.5, -0.5), exchange="iswap")
"""rx(±pi/2), rz and iswap: X**(±1/2), ZPowGate, ISWAP."""

RIGETTI_CZ = GateSet("rigetti_cz", "fixed", exponents=(0.5, -0.5), controlled=("ZZ",))
"""rx(±pi/2), rz and cz: X**(±1/2), ZPowGate, CZ."""

AQT = GateSet("aqt", "phased", couplings=("XX",))
"""prx, rz and xx: PhasedXZGate, ZPowGate, XXPowGate."""

IBM = GateSet("ibm", "fixed", exponents=(0.5, 1.0), controlled=("ZZ",))
"""sx, x, rz and cz: X**(1/2), X, ZPowGate, CZ."""

IBM_CX = replace(IBM, name="ibm_cx", controlled=("ZX",))
"""sx, x, rz and cx, of IBM's machines before 2022: X**(1/2), X, ZPowGate, CNOT."""

IBM_ECR = GateSet("ibm_ecr", "fixed", exponents=(0.5, 1.0), echoed=True)
"""sx, x, rz and ecr: X**(1/2), X, ZPowGate, and a MatrixGate that is named ecr."""

GATE_SETS = {
    gates.name: gates
    for gates in (IONQ, IONQ_NATIVE, IONQ_MS, BRAKET, IQM, RIGETTI, RIGETTI_CZ, AQT, IBM, IBM_CX, IBM_ECR)
}

_NATIVE = {
    frozenset({"gpi", "gpi2", "zz"}): IONQ_NATIVE,
    frozenset({"gpi", "gpi2", "ms"}): IONQ_MS,
    frozenset({"prx", "cz"}): IQM,
    frozenset({"prx", "rz", "xx"}): AQT,
    frozenset({"rx", "rz", "cz"}): RIGETTI_CZ,
    frozenset({"rx", "rz", "iswap"}): RIGETTI,
    frozenset({"sx", "x", "rz", "cz"}): IBM,
    frozenset({"sx", "x", "rz", "ecr"}): IBM_ECR,
    frozenset({"sx", "x", "rz", "cx"}): IBM_CX,
}


def native_set(names: Iterable[str]) -> GateSet | None:
    """The gate set of a device by the names of its native gates, in any case; None: no set is known for them."""
    held = {name.lower() for name in names}
    return next((gates for needs, gates in _NATIVE.items() if needs <= held), None)
