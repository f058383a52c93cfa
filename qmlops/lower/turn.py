"""Turns of one qubit: the unitaries of determinant one, as unit quaternions, and their Euler angles.

A turn (w, x, y, z) is the matrix w - i (x X + y Y + z Z); global phases are dropped. The power t of a
Pauli letter is exp(-i pi t/2 P), which is Cirq's P**t up to a phase: exponents are in half-turns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

Turn = tuple[float, float, float, float]
LETTERS = "XYZ"
SMALL = 1e-10
"""Exponents below it are nothing, and nearer than it to a multiple of 1/4 are that multiple."""

IDENTITY: Turn = (1.0, 0.0, 0.0, 0.0)
HADAMARD: Turn = (0.0, math.sqrt(0.5), 0.0, math.sqrt(0.5))


def power(letter: str, exponent: float) -> Turn:
    """exp(-i pi t/2 P) for a letter P."""
    angle = math.pi * exponent / 2
    entries = [math.cos(angle), 0.0, 0.0, 0.0]
    entries[1 + LETTERS.index(letter)] = math.sin(angle)
    return entries[0], entries[1], entries[2], entries[3]


def of_power(turn: Turn, letter: str) -> float:
    """The exponent of a turn that is a power of this letter."""
    return wrapped(2 * math.atan2(turn[1 + LETTERS.index(letter)], turn[0]) / math.pi)


def after(second: Turn, first: Turn) -> Turn:
    """The product of two turns, the right one applied first."""
    a, b, c, d = second
    w, x, y, z = first
    return (
        a * w - b * x - c * y - d * z,
        a * x + b * w + c * z - d * y,
        a * y - b * z + c * w + d * x,
        a * z + b * y - c * x + d * w,
    )


def inverse(turn: Turn) -> Turn:
    return turn[0], -turn[1], -turn[2], -turn[3]


def is_identity(turn: Turn) -> bool:
    """Whether nothing is left of a turn but a phase."""
    return max(abs(entry) for entry in turn[1:]) < SMALL


def of_matrix(matrix: NDArray[np.complexfloating]) -> Turn:
    """The turn of a unitary 2×2 matrix."""
    (a, b), (c, d) = matrix.tolist()
    root = (a * d - b * c) ** 0.5
    a, b, c, d = a / root, b / root, c / root, d / root
    entries = ((a + d).real / 2, -(b + c).imag / 2, (c - b).real / 2, (d - a).imag / 2)
    size = math.hypot(*entries)
    return entries[0] / size, entries[1] / size, entries[2] / size, entries[3] / size


def wrapped(exponent: float) -> float:
    """An equal exponent in (-1, 1], exactly so where it is a multiple of 1/4."""
    turned = exponent - 2 * math.ceil((exponent - 1) / 2)
    snapped = round(4 * turned) / 4
    if abs(turned - snapped) < SMALL:
        turned = snapped
    return 1.0 if turned == -1 else turned + 0.0


@lru_cache(maxsize=100_000)
def eulers(turn: Turn, first: str, last: str) -> tuple[tuple[tuple[str, float], ...], ...]:
    """Ways to write a turn as at most three powers of letters, in time order.

    `first` and `last` are the letters that may stand at the ends. Powers of nothing are left out.
    """
    return tuple(_written(turn, start, middle, end) for start, middle, end in _orders(first, last))


def _orders(first: str, last: str) -> Iterator[tuple[str, str, str]]:
    for start in first:
        for end in last:
            yield from ((start, middle, end) for middle in LETTERS if middle not in (start, end))


def _written(turn: Turn, start: str, middle: str, end: str) -> tuple[tuple[str, float], ...]:
    """The exponents of three letters, the middle one between two others, equal or not."""
    if start == end:
        inner, outer, begin = _symmetric(turn, end, middle)
    else:
        # end(a) middle(b) start(c) = [end(a) middle(b + 1/2) end(±c)] middle(-1/2)
        inner, outer, begin = _symmetric(after(turn, power(middle, 0.5)), end, middle)
        inner, begin = inner - 0.5, begin * _sign(middle, end)
    found = ((start, wrapped(begin)), (middle, wrapped(inner)), (end, wrapped(outer)))
    return tuple((letter, exponent) for letter, exponent in found if exponent != 0)


def _symmetric(turn: Turn, axis: str, middle: str) -> tuple[float, float, float]:
    """b, a, c of axis(a) middle(b) axis(c)."""
    third = next(letter for letter in LETTERS if letter not in (axis, middle))
    along, across, beyond = (turn[1 + LETTERS.index(letter)] for letter in (axis, middle, third))
    beyond *= _sign(axis, middle)
    half = math.atan2(math.hypot(across, beyond), math.hypot(turn[0], along))
    total, difference = math.atan2(along, turn[0]), math.atan2(beyond, across)
    if math.sin(half) < SMALL:
        difference = total
    if math.cos(half) < SMALL:
        total = difference
    return 2 * half / math.pi, (total + difference) / math.pi, (total - difference) / math.pi


def _sign(first: str, second: str) -> int:
    """Of the product of two different letters in the order X, Y, Z, X."""
    return 1 if (LETTERS.index(second) - LETTERS.index(first)) % 3 == 1 else -1


@cache
def carrying(letters: str, onto: str) -> Turn:
    """A turn C for which C P C^-1 is the other letter, for each letter P and its image.

    One or two different letters; the simplest such turn of the 24 that carry letters to letters.
    """
    quarters = [IDENTITY, *(power(letter, exponent) for exponent in (1, 0.5, -0.5) for letter in LETTERS)]
    products = [after(second, first) for first in quarters for second in quarters]
    pairs = [(power(old, 1), power(new, 1)) for old, new in zip(letters, onto, strict=True)]
    return next(
        turn
        for turn in quarters + products
        if all(math.dist(after(after(turn, old), inverse(turn)), new) < SMALL for old, new in pairs)
    )
