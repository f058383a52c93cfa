"""The tape: a fused program as flat arrays that kernels walk through.

A state is rows of sixteen lanes, each row a vector of real and one of imaginary parts. Lanes are
sixteen points of a batch, or the last four wires of one point; the lowest wire of the rows is
the last one. Coefficients (sines, phase tables) are vectors, computed once a group of points.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qmlops.core.angles import AngleMap
from qmlops.simulate.fuse import Fused
from qmlops.simulate.gate import Flip, Form, Phase, Turn
from qmlops.simulate.stage import DIAGONAL, FLIP, LANE_TURN, ROW_TURN, START, Stage, stages
from qmlops.simulate.term import Term

Ints = NDArray[np.int64]
COLUMNS = 7
LANE_BITS = 4
LOW_BITS = 7
SMALL_BITS = 4
"""Of small states all bits are low: one row of a phase table. Blocks need (rows + 1) // 2 at most."""


class Tape(NamedTuple):
    """Everything about a program that does not depend on a point."""

    table: Ints
    """[rows × 7], all parts below each other; row 0 is the shape, row 1 where each part begins, row 2 ends."""
    reals: NDArray[np.float64]
    """Of each row of the table: a form's constant, or the factor of a form's term."""
    stages: list[Stage]


# Columns of row 0.
LANE, ROW, LOW, COEFFICIENTS, SLOTS, PRODUCT, _ = range(COLUMNS)
# Columns of rows 1 and 2.
OPERATIONS, ENTRIES, PHASES, STARTS, SLOT_ROWS, TERMS, FORMS = range(COLUMNS)


Polynomial = tuple[float, list[tuple[tuple[int, int], float]]]


def polynomial(form: Form, angles: AngleMap) -> Polynomial:
    """A form in the symbols: its constant, and terms (two symbols, or one and -1) with factors."""
    constant = form.constant
    terms: dict[tuple[int, int], float] = {}
    for angle, factor in form.terms:
        constant += factor * float(angles.bias[angle])
        shares = [((int(s), -1), float(angles.linear[s, angle])) for s in np.flatnonzero(angles.linear[:, angle])]
        for p in np.flatnonzero(angles.products[:, 2] == angle):
            i, j = (int(symbol) for symbol in angles.products[p, :2])
            shares.append(((i, j), float(angles.factors[p])))
        for symbols, share in shares:
            terms[symbols] = terms.get(symbols, 0.0) + factor * share
    return constant, list(terms.items())


def layout(width: int, amplitudes: bool) -> tuple[int, int, int]:
    """Lane bits, row bits and the row bits that a phase table calls low."""
    lanes = LANE_BITS if amplitudes else 0
    rows = width - lanes
    least = 1 if amplitudes else min(rows, SMALL_BITS)
    return lanes, rows, min(max((rows + 1) // 2, least), LOW_BITS)


def write(fused: Fused, terms: list[Term], angles: AngleMap, amplitudes: bool, staged: bool = False) -> Tape:
    """The tape of a fused program in one of the two layouts, in one stage or in stages of blocks."""
    return Writer(fused, angles, amplitudes).write(terms, staged)


class Writer:
    """Collects the arrays of a tape."""

    def __init__(self, fused: Fused, angles: AngleMap, amplitudes: bool) -> None:
        self.fused = fused
        self.angles = angles
        self.lanes, self.rows, self.low = layout(fused.width, amplitudes)
        self.forms: list[Form] = []
        self.entries: list[tuple[int, ...]] = []
        self.phases: list[tuple[int, ...]] = []
        self.slots: list[tuple[int, ...]] = []
        self.coefficients = 0

    def write(self, terms: list[Term], staged: bool) -> Tape:
        start = self._start()
        self.product = self.coefficients
        self.coefficients += 2 * self._tables()
        operations = [self._diagonal(self.fused.diagonals.get(1, {}), START)]
        operations += [row for level in self.fused.levels if level > 1 for row in self._level(level)]
        spans = [Stage(0, len(operations), self.rows, 0)]
        if staged:
            operations, spans = stages(operations, self.rows, self.lanes)
        parts: list[list[tuple[int, ...]]] = [
            operations,
            self.entries,
            self.phases,
            start,
            self.slots,
            [self._term(term) for term in terms],
        ]
        begins = np.cumsum([3] + [len(part) for part in parts])
        polynomials = [polynomial(form, self.angles) for form in self.forms]
        parts.append(_forms(polynomials, int(begins[-1]) + len(self.forms)))
        shape = (self.lanes, self.rows, self.low, self.coefficients, len(self.slots), self.product, 0)
        ends = tuple(int(begin) + len(part) for begin, part in zip(begins, parts, strict=True))
        whole = [shape, tuple(begins), ends, *(row for part in parts for row in part)]
        table = np.array([(*row, 0, 0, 0, 0, 0, 0, 0)[:7] for row in whole], dtype=np.int64)
        reals = np.zeros(len(whole))
        first = int(begins[-1])
        reals[first : first + len(self.forms)] = [polynomial[0] for polynomial in polynomials]
        reals[first + len(self.forms) :] = [factor for _, terms in polynomials for _, factor in terms]
        _link(table)
        return Tape(table, reals, spans)

    def _tables(self) -> int:
        """Vectors of two tables, one over high indices and one over low ones."""
        return (2 << (self.rows - self.low)) + (2 << self.low)

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
                at, slot = self._coefficient(0, element.form, -1), self._slot(0, -1, element.form)
                found.append((ROW_TURN, bit - self.lanes, at, slot, 0))
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

    def _diagonal(self, terms: dict[frozenset[int], Form], kind: int = DIAGONAL) -> tuple[int, ...]:
        """Where its tables and its phase terms are: kind, tables, first term, cross terms, end."""
        tables = self.coefficients
        self.coefficients += self._tables()
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
        return kind, tables, first, cross, len(self.phases)

    def _flip(self, flip: Flip, target: int) -> tuple[int, ...]:
        """kind, target bit, row controls, lane controls, unused."""
        lane, low, high = self._split(sum(1 << self._bit(wire) for wire in flip.controls))
        return FLIP, target, low | high << self.low, lane, 0

    def _start(self) -> list[tuple[int, ...]]:
        """Of each index bit where its factors begin and end, then the factors: is phase, coefficient, slot."""
        found: list[tuple[int, ...]] = []
        spans: list[tuple[int, ...]] = []
        for line in reversed(self.fused.start):
            begin = len(found)
            for element in line:
                phase = int(isinstance(element, Phase))
                at = self._coefficient(phase, element.form, 0 if phase else -1)
                found.append((phase, at, self._slot(2 + phase, 0, element.form)))
            spans.append((begin + self.fused.width, len(found) + self.fused.width))
        return spans + found

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


def _forms(polynomials: list[Polynomial], first: int) -> list[tuple[int, ...]]:
    """Of each form where its terms begin and end; behind them the two symbols of each term, or one and -1."""
    ends = first + np.cumsum([0] + [len(terms) for _, terms in polynomials])
    found: list[tuple[int, ...]] = [(int(a), int(b)) for a, b in pairwise(ends)]
    return found + [symbols for _, terms in polynomials for symbols, _ in terms]


def _link(table: Ints) -> None:
    """Make all references into rows of the table absolute."""
    operations, entries, phases, start, slots, _, forms = (slice(a, b) for a, b in zip(*table[1:3], strict=True))
    diagonal = np.isin(table[operations, 0], (DIAGONAL, START))
    table[operations, 2:5] += phases.start * diagonal[:, None]
    table[entries, 1] += forms.start
    table[slots, 2] += forms.start
    width = int(table[0, LANE] + table[0, ROW])
    table[start.start : start.start + width, :2] += start.start
