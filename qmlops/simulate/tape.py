"""The tape: a fused program as flat arrays that kernels walk through.

A state is rows of sixteen lanes, each row a vector of real and one of imaginary parts. Lanes are
sixteen points of a batch, or the last four wires of one point; the lowest wire of the rows is
the last one. Coefficients (sines, phase tables) are vectors, computed once a group of points.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qmlops.simulate.fuse import Fused
from qmlops.simulate.gate import Flip, Form, Phase, Turn
from qmlops.simulate.term import Term

Ints = NDArray[np.int64]
LANE_BITS = 4
LOW_BITS = 7
ROW_TURN, LANE_TURN, DIAGONAL, FLIP = range(4)


class Tape(NamedTuple):
    """Everything about a program that does not depend on a point."""

    shape: Ints
    """lane bits, row bits, low bits, coefficients, slots, where the product tables are"""
    operations: Ints
    """[operations × 5]: kind and what its kernel reads (see `Writer`)"""
    forms: Ints
    """[forms + 1]: where the terms of each form start"""
    constants: NDArray[np.float64]
    """[forms]"""
    angles: Ints
    factors: NDArray[np.float64]
    """[form terms]: angle and factor"""
    entries: Ints
    """[entries × 4]: is phase, form, coefficient, lane bit or lane mask"""
    phases: Ints
    """[phase terms × 4]: high mask, low mask, coefficient, slot or -1"""
    start: Ints
    """[start factors × 3]: is phase, coefficient, slot"""
    wires: Ints
    """[index bits + 1]: where the start factors of each bit begin"""
    diagonal: Ints
    """[first diagonal]: as an operation's row; it acts at the start"""
    slots: Ints
    """[slots × 3]: kind, lane bit or mask, form"""
    terms: Ints
    """[observable terms × 7]: kind, high mask, low mask, lane mask, value, flips, ys"""


def layout(width: int, amplitudes: bool) -> tuple[int, int, int]:
    """Lane bits, row bits and the row bits that a phase table calls low."""
    lanes = LANE_BITS if amplitudes else 0
    rows = width - lanes
    return lanes, rows, min((rows + 1) // 2, LOW_BITS)


def write(fused: Fused, terms: list[Term], amplitudes: bool) -> Tape:
    """The tape of a fused program in one of the two layouts."""
    return Writer(fused, amplitudes).write(terms)


class Writer:
    """Collects the arrays of a tape."""

    def __init__(self, fused: Fused, amplitudes: bool) -> None:
        self.fused = fused
        self.lanes, self.rows, self.low = layout(fused.width, amplitudes)
        self.forms: list[Form] = []
        self.entries: list[tuple[int, int, int, int]] = []
        self.phases: list[tuple[int, int, int, int]] = []
        self.slots: list[tuple[int, int, int]] = []
        self.coefficients = 0

    def write(self, terms: list[Term]) -> Tape:
        start, wires = self._start()
        tables = 2 * (2 << (self.rows - self.low)) + 2 * (2 << self.low)
        self.product = self.coefficients
        self.coefficients += tables
        first = self._diagonal(self.fused.diagonals.get(1, {}))
        operations = [row for level in self.fused.levels if level > 1 for row in self._level(level)]
        pointers = np.cumsum([0] + [len(form.terms) for form in self.forms])
        pairs = [pair for form in self.forms for pair in form.terms]
        return Tape(
            shape=_ints([self.lanes, self.rows, self.low, self.coefficients, len(self.slots), self.product], 6).reshape(-1),
            operations=_ints(operations, 5),
            forms=pointers.astype(np.int64),
            constants=np.array([form.constant for form in self.forms], dtype=np.float64),
            angles=np.array([angle for angle, _ in pairs], dtype=np.int64),
            factors=np.array([factor for _, factor in pairs], dtype=np.float64),
            entries=_ints(self.entries, 4),
            phases=_ints(self.phases, 4),
            start=_ints(start, 3),
            wires=np.array(wires, dtype=np.int64),
            diagonal=_ints([first], 5).reshape(-1),
            slots=_ints(self.slots, 3),
            terms=_ints([self._term(term) for term in terms], 7),
        )

    def _level(self, level: int) -> list[tuple[int, ...]]:
        if level % 2:
            return [self._diagonal(self.fused.diagonals[level])]
        found: list[tuple[int, ...]] = []
        waiting: dict[int, Turn] = {}
        for element in self.fused.locals[level]:
            bit = self._bit(element.wire if isinstance(element, Turn) else element.target)
            if isinstance(element, Turn) and bit < self.lanes:
                waiting[bit] = element
            elif isinstance(element, Turn):
                found.append((ROW_TURN, bit - self.lanes, self._coefficient(0, element.form, -1), self._slot(0, -1, element.form), 0))
            else:
                found += self._lane_turns(waiting)
                found.append(self._flip(element, bit))
        return found + self._lane_turns(waiting)

    def _lane_turns(self, waiting: dict[int, Turn]) -> list[tuple[int, ...]]:
        if not waiting:
            return []
        still = Form()
        coefficients = [self._coefficient(0, waiting[b].form if b in waiting else still, b) for b in range(LANE_BITS)]
        slots = [self._slot(0, b, waiting[b].form if b in waiting else still) for b in range(LANE_BITS)]
        waiting.clear()
        return [(LANE_TURN, 0, coefficients[0], slots[0], 0)]

    def _diagonal(self, terms: dict[frozenset[int], Form]) -> tuple[int, ...]:
        """Where its tables and its phase terms are: kind, tables, first term, cross terms, end."""
        tables = self.coefficients
        self.coefficients += (2 << (self.rows - self.low)) + (2 << self.low)
        first = len(self.phases)
        rows = []
        for wires, form in terms.items():
            mask = sum(1 << self._bit(wire) for wire in wires)
            lane, low, high = self._split(mask)
            coefficient = self._coefficient(1, form, lane)
            slot = self._slot(1, lane, form) if form.terms else -1
            rows.append((bool(low and high), low, high, coefficient, slot))
        rows.sort()
        self.phases += [(high, low, coefficient, slot) for _, low, high, coefficient, slot in rows]
        cross = first + sum(not row[0] for row in rows)
        return DIAGONAL, tables, first, cross, len(self.phases)

    def _flip(self, flip: Flip, target: int) -> tuple[int, ...]:
        """kind, target bit, row controls, lane controls, unused."""
        lane, low, high = self._split(sum(1 << self._bit(wire) for wire in flip.controls))
        return FLIP, target, low | high << self.low, lane, 0

    def _start(self) -> tuple[list[tuple[int, ...]], list[int]]:
        found: list[tuple[int, ...]] = []
        begins = [0]
        for line in reversed(self.fused.start):
            for element in line:
                phase = int(isinstance(element, Phase))
                slot = self._slot(2 + phase, 0, element.form)
                at = self._coefficient(phase, element.form, 0 if phase else -1)
                found.append((phase, at, slot))
            begins.append(len(found))
        return found, begins

    def _term(self, term: Term) -> tuple[int, ...]:
        lane, low, high = self._split(term.mask)
        return term.kind, high, low, lane, term.value, term.flips, term.ys

    def _split(self, mask: int) -> tuple[int, int, int]:
        rows = mask >> self.lanes
        return mask & ((1 << self.lanes) - 1), rows & ((1 << self.low) - 1), rows >> self.low

    def _coefficient(self, phase: int, form: Form, lane: int) -> int:
        """Room for the cosine and the sine of a turn or a phase."""
        self.entries.append((phase, self._form(form), self.coefficients, lane))
        self.coefficients += 2
        return self.coefficients - 2

    def _form(self, form: Form) -> int:
        self.forms.append(form)
        return len(self.forms) - 1

    def _slot(self, kind: int, lane: int, form: Form) -> int:
        self.slots.append((kind, lane, self._form(form)))
        return len(self.slots) - 1

    def _bit(self, wire: int) -> int:
        return self.fused.width - 1 - wire


def _ints(rows: list[tuple[int, ...]] | list[int], columns: int) -> Ints:
    return np.ascontiguousarray(np.array(rows, dtype=np.int64).reshape(-1, columns))
