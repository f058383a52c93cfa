"""Runs of gates on one wire: gathered, written as few powers of X, Y and Z, and these as a set's gates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qmlops.lower.affine import Affine, Exponent, shown
from qmlops.lower.gate_set import GateSet
from qmlops.lower.turn import (
    HADAMARD,
    LETTERS,
    SMALL,
    Turn,
    after,
    eulers,
    inverse,
    is_identity,
    power,
    wrapped,
)

if TYPE_CHECKING:
    import cirq

Power = tuple[str, Exponent]
"""A letter and an exponent; the letter H stands for the Hadamard gate."""


class Run:
    """What waits on one wire, in time order: fixed turns, and powers with symbols between them."""

    def __init__(self) -> None:
        self.items: list[Turn | Power] = []

    def turn(self, turn: Turn) -> None:
        if self.items and len(self.items[-1]) == 4:
            turn = after(turn, self.items.pop())  # type: ignore[arg-type]
        if not is_identity(turn):
            self.items.append(turn)

    def rotate(self, letter: str, exponent: Exponent) -> None:
        if self.items and self.items[-1][0] == letter:
            exponent = self.items.pop()[1] + exponent
        elif isinstance(exponent, Affine) and len(self.items) > 1 and self._through(letter, exponent):
            return
        if isinstance(exponent, Affine):
            self.items.append((letter, exponent))
        else:
            self.turn(power(letter, exponent))

    def _through(self, letter: str, exponent: Affine) -> bool:
        """Add a power to an earlier one, where the fixed turn between them carries letter to letter."""
        earlier, turn = self.items[-2:]
        if len(earlier) != 2 or len(turn) != 4:
            return False
        seen = after(after(inverse(turn), power(letter, 1)), turn)
        sign = seen[1 + LETTERS.index(earlier[0])]
        if abs(abs(sign) - 1) > SMALL:
            return False
        self.items[-2:] = []
        self.rotate(earlier[0], earlier[1] + exponent * sign)
        self.turn(turn)
        return True


class Writer:
    """Writes runs in a gate set."""

    def __init__(self, gates: GateSet) -> None:
        self.gates = gates
        self._ways: dict[tuple[Turn, str, str], tuple[Power, ...]] = {}

    def settle(self, run: Run, passing: str, qubit: cirq.Qid) -> Iterator[cirq.Operation]:
        """The gates of a run, which is then empty but for a power of the letter `passing`.

        That power commutes with what comes next; an empty letter leaves nothing.
        """
        powers = self._powers(run, passing)
        run.items = []
        left = powers.pop() if powers and powers[-1][0] == passing else None
        if self.gates.turns == "rotations":
            yield from (self._rotation(letter, exponent, qubit) for letter, exponent in powers)
        else:
            phase = yield from self._pulses(powers, passing, qubit)
            run.rotate("Z", phase)
        if left is not None:
            run.rotate(*left)

    def _powers(self, run: Run, passing: str) -> list[Power]:
        """A run as powers of letters, in time order; neighbours have different letters."""
        found: list[Power] = []
        for position, item in enumerate(run.items):
            if len(item) == 2:
                _join(found, item)
                continue
            before = found[-1][0] if found and found[-1][0] in LETTERS else ""
            later = run.items[position + 1][0] if position + 1 < len(run.items) else passing
            for entry in self._way(item, before, str(later)):
                _join(found, entry)
        return found

    def _way(self, turn: Turn, before: str, later: str) -> tuple[Power, ...]:
        """The cheapest powers for a turn between neighbours that take up powers of their letters."""
        rounded = tuple(round(entry, 14) for entry in turn)
        key = (rounded, before, later)
        if key not in self._ways:
            ways = list(eulers(turn, before or LETTERS, later or LETTERS))
            if self.gates.hadamard:
                rest = after(turn, inverse(HADAMARD))
                ways += [(("H", 1.0), *way) for way in eulers(rest, later or "X", later or "X") if len(way) < 2]
            self._ways[key] = min(ways, key=lambda way: self._cost(way, before, later))  # type: ignore[index]
        return self._ways[key]  # type: ignore[index]

    def _cost(self, way: tuple[Power, ...], before: str, later: str) -> float:
        cost = 0.0
        for position, (letter, exponent) in enumerate(way):
            taken = (position == 0 and letter == before) or (position == len(way) - 1 and letter == later)
            # What a neighbour takes up costs nothing there, unless it is what makes a gate of it.
            cost += 0.001 if taken else self._price(letter, exponent)
        return cost

    def _price(self, letter: str, exponent: Exponent) -> float:
        """Of a power, in gates; changes of phase are cheaper than pulses."""
        if self.gates.turns == "rotations":
            return 1.0
        if letter == "Z":
            return 0.01
        allowed = self.gates.exponents
        return 1.0 if allowed is None or exponent in allowed or -exponent in allowed else 2.0

    def _rotation(self, letter: str, exponent: Exponent, qubit: cirq.Qid) -> cirq.Operation:
        if letter == "H":
            return self._classes["H"]().on(qubit)
        return self._classes[letter](exponent=shown(exponent)).on(qubit)

    def _pulses(self, powers: list[Power], passing: str, qubit: cirq.Qid) -> Any:
        """Powers of X in phases, and the power of Z that is left at the end, where it may be left."""
        phase: Exponent = 0.0
        for letter, exponent in powers:
            if letter == "Z":
                phase = phase + exponent
                continue
            for axis, part in self._parts(0.0 if letter == "X" else 0.5, exponent):
                if axis is None:
                    phase = phase + part
                    continue
                phase = yield from self._pulse(axis, part, phase, qubit)
        if passing == "Z":
            return phase
        yield from self._z(phase, qubit)
        return 0.0

    def _parts(self, axis: float, exponent: Exponent) -> list[tuple[float | None, Any]]:
        """A power about an axis of the XY plane in powers that the set has; no axis: a power of Z."""
        allowed = self.gates.exponents
        if allowed is None:
            return [(axis, exponent)]
        if isinstance(exponent, float):
            exponent = wrapped(exponent)
            if exponent in allowed:
                return [(axis, exponent)]
            if -exponent in allowed:
                return [(axis + 1, -exponent)]
        # X**t = Z**(-1/2) X**(1/2) Z**(1-t) X**(1/2) Z**(-1/2), and the same about a turned axis.
        return [
            (None, -axis - 0.5),
            (0.0, 0.5),
            (None, 1 - exponent),
            (0.0, 0.5),
            (None, axis - 0.5),
        ]

    def _pulse(self, axis: float, exponent: Exponent, phase: Exponent, qubit: cirq.Qid) -> Any:
        """One pulse after a Z**phase that has not been written; gives what is still to be written."""
        import cirq

        if self.gates.turns == "phased":
            yield _phased(axis - phase, exponent).on(qubit)
            return phase
        yield from self._z(phase - axis, qubit)
        yield cirq.XPowGate(exponent=shown(exponent)).on(qubit)
        return axis

    def _z(self, exponent: Exponent, qubit: cirq.Qid) -> Iterator[cirq.Operation]:
        import cirq

        exponent = _exponent(exponent)
        if exponent == 0:
            return
        if self.gates.z:
            yield cirq.ZPowGate(exponent=shown(exponent)).on(qubit)
            return
        # Two half turns, about axes that are apart by half of the angle, turn about Z.
        yield _phased(0.0, 1.0).on(qubit)
        yield _phased(exponent / 2, 1.0).on(qubit)

    @cached_property
    def _classes(self) -> dict[str, Any]:
        import cirq

        return {"X": cirq.XPowGate, "Y": cirq.YPowGate, "Z": cirq.ZPowGate, "H": cirq.HPowGate}


def _join(powers: list[Power], entry: Power) -> None:
    """Append a power, or add it to one of the same letter before it."""
    letter, exponent = entry
    if powers and powers[-1][0] == letter and letter in LETTERS:
        exponent = _exponent(powers.pop()[1] + exponent)
    if exponent != 0:
        powers.append((letter, exponent))


def _phased(axis: Exponent, exponent: Exponent) -> cirq.Gate:
    """A power of X about a turned axis. Cirq's PhasedXPowGate would simplify each symbolic phase, for 0.1 s."""
    import cirq

    axis = _exponent(axis)
    return cirq.PhasedXZGate(x_exponent=shown(exponent), z_exponent=0, axis_phase_exponent=shown(axis))


def _exponent(exponent: Exponent) -> Exponent:
    """Wrapped where it is a number."""
    return wrapped(exponent) if isinstance(exponent, float) else exponent
