"""Columns of styled text: figures to the right, words to the left."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TypeAlias

from textual.content import Content

from qmlops.monitoring.pane.base import FAINT

Cell: TypeAlias = str | tuple[str, str] | Content
"""Text, text with a style, or content that is made up of several."""


def content(cell: Cell) -> Content:
    if isinstance(cell, Content):
        return cell
    return Content(cell) if isinstance(cell, str) else Content.styled(*cell)


def grid(rows: Sequence[Sequence[Cell]], align: str, gap: int = 2) -> list[Content]:
    """One line a row; `align` has `<` or `>` for each column. Columns that are empty in all rows take no room."""
    made = [[content(cell) for cell in row] for row in rows]
    widths = [max((row[column].cell_length for row in made), default=0) for column in range(len(align))]
    used = [column for column, width in enumerate(widths) if width]
    return [
        Content(" " * gap).join(_aligned(row[column], widths[column], align[column]) for column in used).rstrip()
        for row in made
    ]


def fitted(rows: Sequence[Sequence[Cell]], priority: Sequence[int], width: int, gap: int = 2) -> list[int]:
    """The columns, in their order, that fit beside each other; those late in `priority` are left out first.

    The last one in `priority` is kept as far as it goes.
    """
    widths = [max((content(row[column]).cell_length for row in rows), default=0) for column in range(len(priority))]
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


def _aligned(cell: Content, width: int, side: str) -> Content:
    room = max(width - cell.cell_length, 0)
    return cell.pad_right(room) if side == "<" else cell.pad_left(room)
