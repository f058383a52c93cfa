"""What the dashboard says of itself: all keys, and what to do where there is no run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from qmlops.monitoring.pane.base import ACCENT, MUTED
from qmlops.monitoring.screen.keys import GROUPS, KEYS, PANES, number_of

_COLUMN = 54
"""Cells that a key with its sentence needs."""


class Guide(ModalScreen[None]):
    """The table of keys; any of its own keys, or a click, ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,question_mark,q,enter", "dismiss", "back")]

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="guide"):
            yield Static(id="keys")

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).border_title = "keys"
        self.query_one(VerticalScroll).border_subtitle = "esc"

    def on_resize(self) -> None:
        across = max(min((self.size.width - 8) // _COLUMN, 3), 1)
        self.query_one("#keys", Static).update(guide(across))

    def on_click(self) -> None:
        self.dismiss()


def guide(across: int) -> Content:
    """All keys by groups, in so many columns of about equal height."""
    blocks = [_block(group) for group in GROUPS]
    columns: list[list[Content]] = [[] for _ in range(across)]
    each = sum(map(len, blocks)) / across
    place = 0
    for block in blocks:
        if columns[place] and len(columns[place]) + len(block) / 2 > each and place < across - 1:
            place += 1
        columns[place] += block
    high = max(map(len, columns))
    rows = zip(*([*column, *[Content("")] * (high - len(column))] for column in columns), strict=True)
    return Content("\n").join(_beside(row) for row in rows)


def _block(group: str) -> list[Content]:
    keys = [key for key in KEYS if key.group == group]
    lines = [_line(key.label, key.told) for key in keys if not key.action.startswith("pane(")]
    if group == "Panes":
        lines += [
            _line(" ".join(map(number_of, names)), " ".join(names)) for names in (PANES[:4], PANES[4:8], PANES[8:])
        ]
    return [Content.styled(group, f"bold {MUTED}"), *lines, Content("")]


def _line(keys: str, told: str) -> Content:
    return Content.assemble((f"{keys:>7}", f"bold {ACCENT}"), "  ", told)


def _beside(parts: Sequence[Content]) -> Content:
    *first, last = parts
    return Content("").join([*(part.pad_right(max(_COLUMN - part.cell_length, 1)) for part in first), last])


def welcome(folder: str) -> Content:
    """Instead of the panes while there is no run."""
    return Content.assemble(
        ("No run has been started here yet.\n\n", "bold"),
        ("Start one in another terminal, and it appears here by itself:\n\n", MUTED),
        ("qmlops run +experiment=vqc\n", ACCENT),
        ("qmlops run -m +experiment=vqc seed=1,2,3\n\n", ACCENT),
        (f"Looking at {folder}", MUTED),
    )
