"""Where gates stand: columns from left to right, broken into rows of a page's width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qmlops.core.shape import Shape

GAP = 10


@dataclass(frozen=True)
class Column:
    """Shapes side by side on different wires."""

    shapes: tuple[Shape, ...]
    width: float


def columns(shapes: Sequence[Shape], width: int) -> list[Column]:
    """Each shape as far left as the gates before it on its wires allow, without crossing another."""
    frontier = [0] * width
    taken: list[set[int]] = []
    held: list[list[Shape]] = []
    for shape in shapes:
        column = max(frontier[wire] for wire, _, _ in shape.marks)
        while column < len(taken) and taken[column] & set(shape.span):
            column += 1
        while column >= len(taken):
            taken.append(set())
            held.append([])
        taken[column] |= set(shape.span)
        held[column].append(shape)
        for wire, _, _ in shape.marks:
            frontier[wire] = column + 1
    return [Column(tuple(items), max(item.width for item in items) + GAP) for items in held]


def rows(found: Sequence[Column], page: float) -> list[list[Column]]:
    """Columns in rows of about equal width, none wider than the page unless one column is."""
    total, widest = sum(item.width for item in found), max((item.width for item in found), default=0.0)
    limit = min(page, total / max(1, -(-total // page)) + widest)
    broken: list[list[Column]] = [[]]
    room = limit
    for item in found:
        if broken[-1] and item.width > room:
            broken.append([])
            room = limit
        broken[-1].append(item)
        room -= item.width
    return broken
