"""Tables as text: aligned for people, Markdown for pull requests."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

Rows = Sequence[Sequence[str]]


def aligned(head: Sequence[str], rows: Rows) -> str:
    """Columns two spaces apart; figures to the right, words to the left; a terminal cuts long lines."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    right = [all(_is_figure(row[column]) for row in rows) for column in range(len(head))]
    lines = [_line(row, widths, right) for row in [head, *rows]]
    if not sys.stdout.isatty():
        return "\n".join(lines)
    columns = shutil.get_terminal_size().columns
    return "\n".join(line if len(line) <= columns else line[: columns - 1] + "…" for line in lines)


def markdown(head: Sequence[str], rows: Rows) -> str:
    """A GitHub table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _line(row: Sequence[str], widths: list[int], right: list[bool]) -> str:
    cells = zip(row, widths, right, strict=True)
    return "  ".join(cell.rjust(width) if to_right else cell.ljust(width) for cell, width, to_right in cells).rstrip()


def _is_figure(cell: str) -> bool:
    """Whether a cell is empty, a dash, or begins with a number, which a name that begins with a date does not."""
    first = cell.split(" ")[0].replace(",", "")
    if first in ("", "–"):
        return True
    try:
        float(first)
    except ValueError:
        return False
    return True
