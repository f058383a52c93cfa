"""Fusion: elements become a product state and levels of turns, phases and flips.

Levels alternate: in an odd one stands a diagonal, in an even one turns and flips in order.
Turns in a row add their angles, phases on equal wires add up, leading one-qubit gates prepare a
product state, and what the observables cannot see is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from qmlops.core.observable import Observable, PauliSum
from qmlops.simulate.gate import CLOSE, Element, Flip, Form, Phase, Turn


@dataclass
class Fused:
    """What a tape is written from. `place` is the wire that each qubit ends on."""

    width: int
    place: list[int]
    phase: Form = field(default_factory=Form)
    """Of the whole state; no value depends on it."""
    start: list[list[Turn | Phase]] = field(default_factory=list)
    """For each wire, what acts on its zero state before anything else does."""
    diagonals: dict[int, dict[frozenset[int], Form]] = field(default_factory=dict)
    locals: dict[int, list[Turn | Flip]] = field(default_factory=dict)

    @property
    def levels(self) -> list[int]:
        """The numbers of the levels that hold something, in order."""
        return sorted({*self.diagonals, *self.locals})


def fuse(elements: list[Element], place: list[int]) -> Fused:
    """Put each element into the earliest level that the wires allow."""
    width = len(place)
    fused = Fused(width, place, start=[[] for _ in range(width)])
    level = [0] * width
    for element in elements:
        if isinstance(element, Phase):
            _put_phase(fused, level, element)
        elif isinstance(element, Turn):
            _put_turn(fused, level, element)
        else:
            wires = [*element.controls, element.target]
            here = max(max(level[wire] + level[wire] % 2, 2) for wire in wires)
            fused.locals.setdefault(here, []).append(element)
            for wire in wires:
                level[wire] = here
    _clean(fused)
    return fused


def _put_phase(fused: Fused, level: list[int], element: Phase) -> None:
    if not element.wires:
        fused.phase = fused.phase + element.form
        return
    if _is_nothing(element.form, 2):
        return
    first = next(iter(element.wires))
    if len(element.wires) == 1 and level[first] == 0:
        line = fused.start[first]
        if line and isinstance(line[-1], Phase):
            line[-1] = Phase(element.wires, line[-1].form + element.form)
        elif line:
            line.append(element)
        return
    here = max(level[wire] | 1 for wire in element.wires)
    terms = fused.diagonals.setdefault(here, {})
    terms[element.wires] = terms.get(element.wires, Form()) + element.form
    for wire in element.wires:
        level[wire] = here


def _put_turn(fused: Fused, level: list[int], element: Turn) -> None:
    if _is_nothing(element.form, 4):
        return
    wire = element.wire
    here = level[wire] + level[wire] % 2
    line: list[Turn | Phase] | list[Turn | Flip] = fused.start[wire] if here == 0 else fused.locals.setdefault(here, [])
    level[wire] = here
    for index in reversed(range(len(line))):
        other = line[index]
        if isinstance(other, Turn) and other.wire == wire:
            line[index] = Turn(wire, other.form + element.form)
            return
        if isinstance(other, Phase) or (isinstance(other, Flip) and wire in other.controls | {other.target}):
            break
    line.append(element)


def _clean(fused: Fused) -> None:
    """Drop what has cancelled."""
    for number, terms in fused.diagonals.items():
        fused.diagonals[number] = {wires: form for wires, form in terms.items() if not _is_nothing(form, 2)}
    for number, line in fused.locals.items():
        fused.locals[number] = [e for e in line if not (isinstance(e, Turn) and _is_nothing(e.form, 4))]
    fused.diagonals = {number: terms for number, terms in fused.diagonals.items() if terms}
    fused.locals = {number: line for number, line in fused.locals.items() if line}


def _is_nothing(form: Form, period: int) -> bool:
    away = form.constant - period * round(form.constant / period)
    return abs(away) < CLOSE and all(abs(factor) < CLOSE for _, factor in form.terms)


FREE, DIAGONAL, BUSY = range(3)


def visible(elements: list[Element], place: list[int], observables: tuple[Observable, ...]) -> list[Element]:
    """The elements that can change an expectation value.

    Walking back, a wire is FREE while the observables act on it as the identity, DIAGONAL while
    they are block-diagonal in its bit, BUSY after that.
    """
    seen = [FREE] * len(place)
    for observable in observables:
        pairs = [p for _, pauli in observable.terms for p in pauli] if isinstance(observable, PauliSum) else []
        for wire in observable.wires:
            seen[place[wire]] = max(seen[place[wire]], DIAGONAL)
        for wire, letter in pairs:
            if letter != "Z":
                seen[place[wire]] = BUSY
    kept: list[Element] = []
    for element in reversed(elements):
        if isinstance(element, Turn):
            if seen[element.wire] == FREE:
                continue
            seen[element.wire] = BUSY
        elif isinstance(element, Phase):
            if all(seen[wire] < BUSY for wire in element.wires):
                continue
            for wire in element.wires:
                seen[wire] = max(seen[wire], DIAGONAL)
        else:
            if seen[element.target] == FREE and all(seen[wire] < BUSY for wire in element.controls):
                continue
            below = all(seen[wire] < BUSY for wire in element.controls)
            seen[element.target] = DIAGONAL if below and seen[element.target] < BUSY else BUSY
            for wire in element.controls:
                seen[wire] = max(seen[wire], DIAGONAL)
        kept.append(element)
    return kept[::-1]
