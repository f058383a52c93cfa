"""Gates as three elements: real turns, phases and flips.

Every circuit is a product of these, because any rotation axis becomes Y between fixed phases
and any two-qubit unitary has a canonical form (Zhang, Vala, Sastry and Whaley 2003,
arXiv:quant-ph/0209120). An engine then needs one real kernel, one diagonal kernel and one
permutation, and each gradient is one number a turn or phase.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmlops.core.angles import Parametrised
from qmlops.simulate.canonical import canonical
from qmlops.simulate.plain import spectrum

Complex = NDArray[Any]
CLOSE = 1e-12
_PAULIS = {
    "I": np.eye(2, dtype=complex),
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]], dtype=complex),
    "Z": np.diag([1, -1]).astype(complex),
}


class NoElements(Exception):
    """A gate that cannot be written as turns, phases and flips: which of the circuit's operations it is in."""

    def __init__(self, operation: int) -> None:
        super().__init__(operation)
        self.operation = operation


@dataclass(frozen=True)
class Form:
    """constant + sum of factor * angle over `terms` (angle, factor), in half-turns."""

    constant: float = 0.0
    terms: tuple[tuple[int, float], ...] = ()

    def __add__(self, other: Form) -> Form:
        sums = dict(self.terms)
        for angle, factor in other.terms:
            sums[angle] = sums.get(angle, 0.0) + factor
        return Form(self.constant + other.constant, tuple(sorted(sums.items())))

    def __mul__(self, factor: float) -> Form:
        return Form(self.constant * factor, tuple((angle, f * factor) for angle, f in self.terms))


@dataclass(frozen=True)
class Turn:
    """exp(-i pi form Y / 2) on a wire."""

    wire: int
    form: Form


@dataclass(frozen=True)
class Phase:
    """exp(i pi form) where all the wires are one; on no wires, a global phase."""

    wires: frozenset[int]
    form: Form


@dataclass(frozen=True)
class Flip:
    """X on the target where all the controls are one."""

    controls: frozenset[int]
    target: int


Element = Turn | Phase | Flip


def elements(parametrised: Parametrised, width: int) -> tuple[list[Element], list[int]]:
    """The circuit as elements in order, and the wire that each of its qubits ends on.

    Swaps cost nothing: they rename wires. Raises NoElements.
    """
    import cirq

    column = {name: index for index, name in enumerate(parametrised.names)}
    place = list(range(width))
    found: list[Element] = []
    for number, operation in enumerate(parametrised.circuit.all_operations()):
        for piece in _pieces(operation, number):
            wires = [int(qubit.x) for qubit in piece.qubits]
            if piece.gate == cirq.SWAP:
                place[wires[0]], place[wires[1]] = place[wires[1]], place[wires[0]]
                continue
            names = cirq.parameter_names(piece)
            here = [place[wire] for wire in wires]
            if names:
                found += _free(piece.gate, here, Form(0.0, ((column[next(iter(names))], 1.0),)))
            else:
                found += _fixed(cirq.unitary(piece), here)
    return found, place


def _pieces(operation: Any, number: int) -> Iterator[Any]:
    """An operation, or what it decomposes into; `number` is its place in the circuit, for NoElements."""
    import cirq

    matrix = _sample(operation.gate) if operation.gate is not None else cirq.unitary(operation)
    if len(operation.qubits) <= 2 or _is_diagonal(matrix) or _is_controlled(matrix):
        yield operation
        return
    smaller = cirq.decompose_once(operation, None)
    if smaller is None or cirq.is_parameterized(operation):
        raise NoElements(number)
    for piece in smaller:
        yield from _pieces(piece, number)


def _sample(gate: Any) -> Complex:
    import cirq

    names = cirq.parameter_names(gate)
    return np.asarray(cirq.unitary(cirq.resolve_parameters(gate, dict.fromkeys(names, 2.0**-4))))


def _free(gate: Any, wires: list[int], angle: Form) -> list[Element]:
    """A gate exp(i pi t G) as elements, t being the angle."""
    matrix = _sample(gate)
    if _is_diagonal(matrix):
        return _diagonal(np.angle(np.diag(matrix)) * 2**4 / np.pi, wires, angle)
    frequencies, vectors = spectrum(gate)
    generator = (vectors * frequencies) @ vectors.conj().T
    if len(wires) == 1 or _is_controlled(matrix):
        return _about_axis(generator[-2:, -2:], frozenset(wires[:-1]), wires[-1], angle)
    strengths = {a + b: float(np.trace(np.kron(p, q) @ generator).real) / 4 for (a, p), (b, q) in _pairs()}
    present = {name for name, strength in strengths.items() if abs(strength) > CLOSE}
    if present <= {"II", "XX", "YY", "ZZ"}:
        return [Phase(frozenset(), angle * strengths["II"]), *_canonical(strengths, present - {"II"}, wires, angle)]
    back, forth = _fixed(vectors.conj().T, wires), _fixed(vectors, wires)
    return back + _diagonal(frequencies, wires, angle) + forth


def _fixed(matrix: Complex, wires: list[int]) -> list[Element]:
    one = Form(1.0)
    if _is_diagonal(matrix):
        return _diagonal(np.angle(np.diag(matrix)) / np.pi, wires, one)
    if len(wires) == 1:
        return _euler(matrix, wires[0])
    if _is_controlled(matrix):
        if np.allclose(matrix[-2:, -2:], _PAULIS["X"], atol=CLOSE):
            return [Flip(frozenset(wires[:-1]), wires[-1])]
        import scipy.linalg

        triangle, vectors = scipy.linalg.schur(matrix[-2:, -2:], output="complex")
        generator = (vectors * np.angle(np.diag(triangle))) @ vectors.conj().T / np.pi
        return _about_axis(generator, frozenset(wires[:-1]), wires[-1], one)
    before, between, after = canonical(matrix)
    strengths = {p + p: float(np.trace(np.kron(_PAULIS[p], _PAULIS[p]) @ between).real) / 4 for p in "XYZ"}
    first = [e for wire, u in zip(wires, before, strict=True) for e in _fixed(u, [wire])]
    last = [e for wire, u in zip(wires, after, strict=True) for e in _fixed(u, [wire])]
    rebuilt = np.kron(*after) @ _exponential(between) @ np.kron(*before)
    phase = float(np.angle(np.trace(rebuilt.conj().T @ matrix))) / np.pi + float(np.trace(between).real) / 4
    present = {name for name, strength in strengths.items() if abs(strength) > CLOSE}
    return [Phase(frozenset(), Form(phase)), *first, *_canonical(strengths, present, wires, one), *last]


def _exponential(hermitian: Complex) -> Complex:
    sizes, vectors = np.linalg.eigh(hermitian)
    return np.asarray((vectors * np.exp(1j * np.pi * sizes)) @ vectors.conj().T)


def _diagonal(phases: NDArray[np.float64], wires: list[int], angle: Form) -> list[Element]:
    """One phase for each set of wires, by Moebius inversion over the subsets."""
    found: list[Element] = []
    for size in range(len(wires) + 1):
        for chosen in combinations(range(len(wires)), size):
            total = 0.0
            for inner in range(size + 1):
                for ones in combinations(chosen, inner):
                    index = sum(1 << (len(wires) - 1 - position) for position in ones)
                    total += (-1) ** (size - inner) * float(phases[index])
            if abs(total) > CLOSE:
                found.append(Phase(frozenset(wires[position] for position in chosen), angle * total))
    return found


def _about_axis(generator: Complex, controls: frozenset[int], target: int, angle: Form) -> list[Element]:
    """exp(i pi t G) for a 2 × 2 matrix G, where the controls are one."""
    middle = float(np.trace(generator).real) / 2
    x, y, z = (float(np.trace(_PAULIS[letter] @ generator).real) / 2 for letter in "XYZ")
    strength = float(np.linalg.norm([x, y, z]))
    found: list[Element] = [Phase(controls, angle * middle)]
    if strength < CLOSE:
        return found
    if not controls and np.hypot(x, z) < CLOSE * strength:
        return [*found, Turn(target, angle * (-2 * y))]
    phi, theta = float(np.arctan2(y, x)) / np.pi, float(np.arccos(np.clip(z / strength, -1, 1))) / np.pi
    both = controls | {target}
    if not controls and abs(z) < CLOSE * strength:
        inner: list[Element] = [Turn(target, angle * (-2 * strength))]
        phi -= 0.5
    else:
        inner = [
            Turn(target, Form(-theta)),
            Phase(controls, angle * strength),
            Phase(both, angle * (-2 * strength)),
            Turn(target, Form(theta)),
        ]
    return [*found, Phase(frozenset({target}), Form(-phi)), *inner, Phase(frozenset({target}), Form(phi))]


def _canonical(strengths: dict[str, float], present: set[str], wires: list[int], angle: Form) -> list[Element]:
    """exp(i pi t (x XX + y YY + z ZZ))."""
    a, b = wires
    if present <= {"XX"} or present <= {"YY"} or present <= {"ZZ"}:
        for name in present:
            zz = _diagonal(np.array([1, -1, -1, 1]) * strengths[name], wires, angle)
            if name == "ZZ":
                return zz
            turned = [Turn(a, Form(-0.5)), Turn(b, Form(-0.5)), *zz, Turn(a, Form(0.5)), Turn(b, Form(0.5))]
            if name == "XX":
                return turned
            there, back = ([Phase(frozenset({w}), Form(sign)) for w in wires] for sign in (-0.5, 0.5))
            return [*there, *turned, *back]
        return []
    x, y, z = strengths["XX"], strengths["YY"], strengths["ZZ"]
    phases = np.array([x - y + z, x + y - z, -x + y + z, -x - y - z])
    basis = Flip(frozenset({a}), b)
    return [basis, Turn(a, Form(-0.5)), *_diagonal(phases, wires, angle), Turn(a, Form(0.5)), basis]


def _euler(matrix: Complex, wire: int) -> list[Element]:
    """A fixed one-qubit unitary as phase, turn, phase."""
    u = matrix / np.sqrt(np.linalg.det(matrix) + 0j)
    beta = 2 * np.arctan2(abs(u[1, 0]), abs(u[0, 0]))
    total = 2 * np.angle(u[1, 1]) if abs(u[1, 1]) > CLOSE else None
    apart = 2 * np.angle(u[1, 0]) if abs(u[1, 0]) > CLOSE else None
    if total is None or apart is None:
        last, first = (total if total is not None else apart), 0.0
    else:
        last, first = (total + apart) / 2, (total - apart) / 2
    assert last is not None
    product = np.diag([1, np.exp(1j * last)]) @ _rotation(beta) @ np.diag([1, np.exp(1j * first)])
    rest = float(np.angle(np.trace(product.conj().T @ matrix))) / np.pi
    one = frozenset({wire})
    return [
        Phase(one, Form(first / np.pi)),
        Turn(wire, Form(beta / np.pi)),
        Phase(one, Form(last / np.pi)),
        Phase(frozenset(), Form(rest)),
    ]


def _rotation(angle: float) -> Complex:
    c, s = np.cos(angle / 2), np.sin(angle / 2)
    return np.array([[c, -s], [s, c]], dtype=complex)


def _pairs() -> Iterator[tuple[tuple[str, Complex], tuple[str, Complex]]]:
    return ((p, q) for p in _PAULIS.items() for q in _PAULIS.items())


def _is_diagonal(matrix: Complex) -> bool:
    return bool(np.allclose(matrix, np.diag(np.diag(matrix)), atol=CLOSE))


def _is_controlled(matrix: Complex) -> bool:
    whole = np.eye(len(matrix), dtype=complex)
    whole[-2:, -2:] = matrix[-2:, -2:]
    return len(matrix) > 2 and bool(np.allclose(matrix, whole, atol=CLOSE))
