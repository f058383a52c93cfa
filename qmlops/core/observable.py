"""Observables: sums of Pauli strings and projectors on bit patterns. Qubit 0 is the leftmost bit."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from qmlops.errors import RequestError, shown

Pauli = tuple[tuple[int, str], ...]
"""A Pauli string as (wire, letter) pairs, sorted by wire; the empty one is the identity."""

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_DIGITS = 9
"""Of a wire's number."""
_TERM = re.compile(rf"\s*([+-])?\s*({_NUMBER})?\s*\*?\s*((?:[IXYZ]\d*\s*\*?\s*)*)")


@dataclass(frozen=True)
class PauliSum:
    """A real combination of Pauli strings."""

    terms: tuple[tuple[float, Pauli], ...]

    @staticmethod
    def parse(text: str) -> PauliSum:
        """Read `0.5 Z0 Z1 - X2 + 0.25`, or a string of letters such as `ZZI` (wires 0, 1, 2).

        Raises RequestError for anything else, for a factor that is not finite, and for a wire of
        more than nine digits.
        """
        if re.fullmatch(r"\s*[IXYZ]{2,}\s*", text):
            letters = enumerate(text.strip())
            return PauliSum(((1.0, tuple((w, p) for w, p in letters if p != "I")),))
        terms: list[tuple[float, Pauli]] = []
        position = 0
        while position < len(text.rstrip()):
            match = _TERM.match(text, position)
            if match is None or match.end() == position or (terms and match[1] is None):
                raise _unreadable(text)
            if match[2] is None and not match[3].strip():
                raise _unreadable(text)
            size = float(match[2]) if match[2] else 1.0
            if not math.isfinite(size):
                raise RequestError(f"{shown(text)}: the factor {shown(match[2])} is too large for a 64-bit number.")
            terms.append((-size if match[1] == "-" else size, _factors(match[3], text)))
            position = match.end()
        if not terms:
            raise _unreadable(text)
        return PauliSum(tuple(terms))

    @property
    def wires(self) -> tuple[int, ...]:
        return tuple(sorted({wire for _, pauli in self.terms for wire, _ in pauli}))

    def __str__(self) -> str:
        parts = []
        for size, pauli in self.terms:
            letters = " ".join(f"{letter}{wire}" for wire, letter in pauli)
            number = "" if abs(size) == 1 and letters else f"{abs(size):.6g}"
            sign = "-" if size < 0 else "+"
            parts.append(f"{sign} " + " ".join(word for word in (number, letters) if word))
        text = " ".join(parts)
        return text[2:] if text.startswith("+ ") else text


@dataclass(frozen=True)
class Projector:
    """The projector on the computational basis states whose bits agree with `bits`."""

    bits: tuple[tuple[int, int], ...]

    @property
    def wires(self) -> tuple[int, ...]:
        return tuple(wire for wire, _ in self.bits)

    def __str__(self) -> str:
        return "P(" + " ".join(f"{wire}:{bit}" for wire, bit in self.bits) + ")"


Observable = PauliSum | Projector


def _factors(text: str, whole: str) -> Pauli:
    pairs: dict[int, str] = {}
    for letter, wire in re.findall(r"([IXYZ])(\d*)", text):
        if letter == "I":
            continue
        if not wire:
            raise RequestError(f"{shown(whole)}: the Pauli {letter} needs a wire, as in {letter}0.")
        if len(wire) > _DIGITS:
            raise RequestError(f"{shown(whole)}: there is no wire {shown(wire)}.")
        if int(wire) in pairs:
            raise RequestError(f"{shown(whole)}: wire {wire} occurs twice in one term.")
        pairs[int(wire)] = letter
    return tuple(sorted(pairs.items()))


def _unreadable(text: str) -> RequestError:
    return RequestError(f"{shown(text)} is no sum of Pauli strings. Write it as in 'Z0', 'ZZI' or '0.5 Z0 Z1 - X2'.")
