"""Angles as they are written in a circuit: θ with subscripts, small multiples, products of inputs."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from qmlops.core.angles import AngleMap

_LETTERS = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi
omega"""
_GREEK = dict(zip(_LETTERS.split(), "αβγδεζηθικλμνξπρστφχψω", strict=True))
_MINUS = "\u2212"
_LONGEST = 16


@dataclass(frozen=True)
class Label:
    """Pieces of text with their subscripts, and the whole in plain letters."""

    pieces: tuple[tuple[str, str], ...]
    plain: str
    symbols: tuple[str, ...] = ()

    @property
    def width(self) -> float:
        """Roughly, in pixels at a size of 11."""
        return sum(6.4 * len(base) + 4.4 * len(below) for base, below in self.pieces)


def symbol_pieces(name: str) -> tuple[tuple[str, str], ...]:
    """`theta_0_1` is θ with 0,1 below it; `x0_x1` is a product."""
    parts = name.split("_")
    if all(re.fullmatch(r"[A-Za-z]\d+", part) for part in parts):
        return tuple((part[0], part[1:]) for part in parts)
    first = re.fullmatch(r"(.*?)(\d*)", parts[0])
    assert first is not None
    base = _GREEK.get(first[1], first[1]) or name
    return ((base if len(base) <= 6 else base[:5] + "…", ",".join(part for part in (first[2], *parts[1:]) if part)),)


def radians(value: float) -> str:
    """A number of rad, as a multiple of π where it is a simple one."""
    ratio = value / math.pi
    for below in (1, 2, 3, 4, 6, 8):
        above = round(ratio * below)
        if above and abs(ratio * below - above) < 1e-9:
            size = "" if abs(above) == 1 else str(abs(above))
            return (_MINUS if above < 0 else "") + f"{size}π" + (f"/{below}" if below > 1 else "")
    return f"{value:.3g}".replace("-", _MINUS)


def labels(angles: AngleMap, symbols: tuple[str, ...]) -> list[Label]:
    """The label of each angle of the map."""
    products: dict[int, list[tuple[float, tuple[str, ...]]]] = {}
    for (i, j, gate), factor in zip(angles.products.tolist(), angles.factors.tolist(), strict=True):
        products.setdefault(gate, []).append((factor, (symbols[i], symbols[j])))
    found = []
    for gate, bias in enumerate(angles.bias.tolist()):
        column = angles.linear[:, gate]
        terms = [(float(column[index]), (symbols[index],)) for index in column.nonzero()[0]] + products.get(gate, [])
        found.append(_sum(bias * math.pi, [(factor * math.pi, names) for factor, names in terms]))
    return found


def _sum(bias: float, terms: list[tuple[float, tuple[str, ...]]]) -> Label:
    pieces: list[tuple[str, str]] = []
    plain: list[str] = []
    names: dict[str, None] = {}
    for factor, symbols in terms:
        size = "" if abs(abs(factor) - 1) < 1e-9 else radians(abs(factor))
        sign = _MINUS if factor < 0 else "+" if pieces else ""
        pieces += [(sign + size, "")] if sign + size else []
        pieces += [piece for symbol in symbols for piece in symbol_pieces(symbol)]
        plain.append(f"{'-' if factor < 0 else '+'} " + "*".join(([size] if size else []) + list(symbols)))
        names |= dict.fromkeys(symbols)
    if bias or not terms:
        pieces.append((("+" if pieces and bias > 0 else "") + radians(bias), ""))
        plain.append(f"{'-' if bias < 0 else '+'} {radians(abs(bias))}")
    if sum(len(base) + len(below) for base, below in pieces) > _LONGEST:
        pieces = [*pieces[:2], ("…", "")]
    return Label(tuple(pieces), " ".join(plain).removeprefix("+ "), tuple(names))
