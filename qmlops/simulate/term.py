"""Observables as signed index patterns.

An observable is a sum of strengths times terms; equal terms of several observables are measured once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmlops.core.observable import Observable, PauliSum

PARITY, PATTERN = range(2)


@dataclass(frozen=True)
class Term:
    """Diagonal where `flips` is 0, else the Pauli string i^ys X^flips Z^mask, on index bits.

    PARITY is (-1)^popcount(index & mask), PATTERN is one where index & mask = value.
    """

    kind: int
    mask: int
    value: int = 0
    flips: int = 0
    ys: int = 0


def terms_of(observables: Sequence[Observable], place: list[int]) -> tuple[list[Term], NDArray[np.float64]]:
    """The distinct terms, and strengths [terms × observables]."""
    found: dict[Term, int] = {}
    entries: list[tuple[int, int, float]] = []
    for column, observable in enumerate(observables):
        for strength, term in _terms(observable, place):
            entries.append((found.setdefault(term, len(found)), column, strength))
    strengths = np.zeros((len(found), len(observables)))
    for row, column, strength in entries:
        strengths[row, column] += strength
    return list(found), strengths


def _terms(observable: Observable, place: list[int]) -> list[tuple[float, Term]]:
    top = len(place) - 1
    if not isinstance(observable, PauliSum):
        places = [(1 << (top - place[wire]), bit) for wire, bit in observable.bits]
        return [(1.0, Term(PATTERN, sum(b for b, _ in places), sum(b for b, one in places if one)))]
    found = []
    for strength, pauli in observable.terms:
        bits = [(1 << (top - place[wire]), letter) for wire, letter in pauli]
        mask = sum(bit for bit, letter in bits if letter in "YZ")
        flips = sum(bit for bit, letter in bits if letter in "XY")
        found.append((strength, Term(PARITY, mask, 0, flips, sum(letter == "Y" for _, letter in bits))))
    return found
