"""Columns of styled text: figures to the right, words to the left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, zip_longest
from typing import TypeAlias

from textual.content import Content

from qmlops.monitoring.pane.base import FAINT

Piece: TypeAlias = tuple[str, str]
"""Text with its style."""
Cell: TypeAlias = str | Piece | list[Piece]
"""Plain text, one piece, or several beside each other."""


def grid(rows: Sequence[Sequence[Cell]], align: str, gap: int = 2) -> list[Content]:
    """One line a row; `align` has `<` or `>` for each column. Columns that are empty in all rows take no room.

    Costs some 20 µs a row.
    """
    made = [[_pieces(cell) for cell in row] for row in rows]
    sizes = [[_width(pieces) for pieces in row] for row in made]
    widths = [max(column) for column in zip(*sizes, strict=True)]
    used = [column for column, width in enumerate(widths) if width]
    lines = []
    for row, size in zip(made, sizes, strict=True):
        told: list[Piece] = []
        for column in used:
            room = widths[column] - size[column]
            before, after = (room, 0) if align[column] == ">" else (0, room)
            told += [(" " * before, ""), *row[column], (" " * (after + gap), "")]
        lines.append(Content.assemble(*told[: _end(told)]))
    return lines


def line(pieces: Iterable[Piece]) -> Content:
    """The pieces beside each other, neighbours of one style as one."""
    runs = groupby(pieces, key=lambda piece: piece[1])
    return Content.assemble(*(("".join(text for text, _ in run), style) for style, run in runs))


def fitted(rows: Sequence[Sequence[Cell]], priority: Sequence[int], width: int, gap: int = 2) -> list[int]:
    """The columns, in their order, that fit beside each other; those late in `priority` are left out first.

    The last one in `priority` is kept as far as it goes.
    """
    widths = [max(map(_width, map(_pieces, column))) for column in zip(*rows, strict=True)]
    kept: list[int] = []
    room = width + gap
    for column in priority:
        if widths[column] and (widths[column] + gap <= room or (column == priority[-1] and room > 3 * gap)):
            kept.append(column)
            room -= widths[column] + gap
    return sorted(kept)


def beside(left: Sequence[Content], right: Sequence[Content], width: int) -> list[Content]:
    """Two blocks next to each other, the right one after `width` columns.

    The space between has a style of its own: an exported picture places each run of one style anew.
    """
    both = zip_longest(left, right, fillvalue=Content(""))
    cut = ((one.truncate(width), other) for one, other in both)
    return [Content.assemble(one, (" " * (width - one.cell_length), FAINT), other) for one, other in cut]


def _pieces(cell: Cell) -> list[Piece]:
    if isinstance(cell, list):
        return cell
    return [(cell, "") if isinstance(cell, str) else cell]


def _width(pieces: Sequence[Piece]) -> int:
    """In cells of the terminal, where some characters take two."""
    if all(text.isascii() for text, _ in pieces):
        return sum(len(text) for text, _ in pieces)
    from rich.cells import cell_len

    return sum(cell_len(text) for text, _ in pieces)


def _end(pieces: Sequence[Piece]) -> int:
    """How many there are before nothing but spaces."""
    return next((place for place in range(len(pieces), 0, -1) if pieces[place - 1][0].strip()), 0)
