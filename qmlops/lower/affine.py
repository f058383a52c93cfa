"""Exponents with symbols: a number and multiples of products of symbols, quick to add and to compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sympy

SMALL = 1e-12
"""Factors below it come from rounding."""


@dataclass(frozen=True)
class Affine:
    """constant + sum of factor * term; a term is whatever SymPy finds beside a numeric factor."""

    constant: float
    terms: tuple[tuple[sympy.Expr, float], ...]

    def __add__(self, other: Exponent) -> Exponent:
        if not isinstance(other, Affine):
            return Affine(self.constant + other, self.terms)
        factors = dict(self.terms)
        for term, factor in other.terms:
            factors[term] = factors.get(term, 0.0) + factor
        return _affine(self.constant + other.constant, factors)

    __radd__ = __add__

    def __sub__(self, other: Exponent) -> Exponent:
        return self + -other

    def __rsub__(self, other: float) -> Exponent:
        return -self + other

    def __neg__(self) -> Affine:
        return self * -1.0

    def __mul__(self, factor: float) -> Affine:
        return Affine(self.constant * factor, tuple((term, size * factor) for term, size in self.terms))

    def __truediv__(self, divisor: float) -> Affine:
        return self * (1 / divisor)


Exponent = float | Affine


def _affine(constant: float, factors: Mapping[sympy.Expr, float]) -> Exponent:
    terms = tuple((term, factor) for term, factor in factors.items() if abs(factor) > SMALL)
    return Affine(constant, terms) if terms else constant


@lru_cache(maxsize=100_000)
def read(expression: Any) -> Exponent:
    """A number or a SymPy expression as an exponent."""
    if not getattr(expression, "free_symbols", None):
        return float(expression)
    constant, factors = 0.0, {}
    for term, factor in expression.expand().as_coefficients_dict().items():
        if term.free_symbols:
            factors[term] = float(factor)
        else:
            constant += float(factor * term)
    return _affine(constant, factors)


@lru_cache(maxsize=100_000)
def shown(exponent: Exponent) -> Any:
    """An exponent as Cirq takes it; whole factors stay whole."""
    import sympy

    if not isinstance(exponent, Affine):
        return exponent
    parts = [_factor(factor) * term for term, factor in exponent.terms]
    return sympy.Add(*parts, *([exponent.constant] if exponent.constant else []))


@lru_cache(maxsize=100_000)
def _factor(factor: float) -> Any:
    import sympy

    quarters = 4 * factor
    return sympy.Rational(int(quarters), 4) if quarters.is_integer() else sympy.Float(factor)
