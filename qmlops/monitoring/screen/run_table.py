"""The list of runs as a widget: a row is painted again only where a cell of it has become another."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.events import Click
from textual.geometry import Offset, Size
from textual.message import Message

from qmlops.monitoring.figure import NONE, bar
from qmlops.monitoring.pane.base import ACCENT, BAD, MUTED, WARNING, Sheet
from qmlops.monitoring.screen.caption import caption
from qmlops.monitoring.screen.curves import colour, figure, letter
from qmlops.monitoring.screen.runs import GLYPHS, SCORES, Listing, Row

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track

_COLOURS = {"running": ACCENT, "paused": WARNING, "interrupted": WARNING, "failed": BAD, "dead": BAD, "refused": BAD}
_WIDTHS = {"state": 14, "progress": 0, "score": 13, "spend": 9, "age": 7}
"""Of progress the steps are as wide as they are, and its bar takes what is left."""
_BARS = (6, 30)
_NAMES = (18, 40)
_REVERSED = "bold reverse"


class RunTable(Sheet, inherit_bindings=False):
    """Runs and sweeps; the first line stays, the rest scrolls. Keeps its cursor by name, whatever the order."""

    TITLE = "runs"

    class Chosen(Message):
        """The cursor has come to another row."""

    class Sorted(Message):
        """Another column was chosen to sort by."""

    def __init__(self) -> None:
        super().__init__(id="runs")
        self.fixed = Offset(0, 1)
        self.listing = Listing()
        self.rows: list[Row] = []
        self.cursor = ""
        """The name of the selected run or sweep."""
        self.columns: dict[str, int] = {}
        self.overlaid: list[str] = []
        self._painted: dict[tuple[Row, tuple[int, ...], int, str, str], Content] = {}

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        self.rows = self.listing.rows(project, time.time())
        columns = self.columns = fitting(self.rows, size.width)
        steps = _steps(self.rows)
        style = _REVERSED if self.app.native_ansi_color else "on $cursor"
        before, self._painted = self._painted, {}
        lines = [self._head(columns)]
        for row in self.rows:
            key = (row, tuple(columns.values()), steps, style if row.name == self.cursor else "", self._mark(row))
            line = before.get(key) or _line(row, columns, *key[2:])
            self._painted[key] = line
            lines.append(line)
        if not self.rows:
            lines.append(Content.styled(f" No run has {self.listing.words!r}. esc shows all.", ACCENT))
        caption(self, "border_subtitle", f"filter: {self.listing.words}" if self.listing.words else "")
        return lines

    def watch_show_vertical_scrollbar(self) -> None:
        self.redraw()

    def move(self, rows: int) -> None:
        """Bring the cursor so many rows down, and to the last or first row at most."""
        if not self.rows:
            return
        names = [row.name for row in self.rows]
        place = names.index(self.cursor) if self.cursor in names else 0
        self.choose(names[min(max(place + rows, 0), len(names) - 1)])

    def choose(self, name: str) -> None:
        """Bring the cursor to a row, and the row into sight."""
        if name != self.cursor:
            self.cursor = name
            self.redraw()
            self.post_message(self.Chosen())
        names = [row.name for row in self.rows]
        if name in names:
            line, room = names.index(name) + 1, max(self.scrollable_content_region.height, 2)
            top = min(max(self.scroll_offset.y, line - room + 1), line - 1)
            self.scroll_to(y=top, animate=False, immediate=True)

    def on_click(self, event: Click) -> None:
        place = event.get_content_offset(self)
        if place is None:
            return
        if place.y == 0:
            self._sort_by(place.x)
            return
        row = place.y + self.scroll_offset.y - 1
        if row < len(self.rows):
            self.choose(self.rows[row].name)

    def _sort_by(self, x: int) -> None:
        edge = 0
        for name, width in self.columns.items():
            edge += width
            if x < edge:
                self.listing.order = name
                self.post_message(self.Sorted())
                return

    def _mark(self, row: Row) -> str:
        return letter(self.overlaid.index(row.name)) if row.name in self.overlaid else ""

    def _head(self, columns: Mapping[str, int]) -> Content:
        parts = []
        for name, width in columns.items():
            chosen = name == self.listing.order
            text = Content.styled(f"{name} ▾" if chosen else name, ACCENT if chosen else MUTED)
            parts.append(_left(text, width) if name in ("state", "run") else _right(text, width))
        return Content("").join(parts)


def fitting(rows: Sequence[Row], width: int) -> dict[str, int]:
    """The columns for a space, and their widths.

    Names get what they need, bars then what is left, and names the rest. Spending, age and progress
    are left out, in this order, where there is no room; spending also where nothing was paid.
    """
    widths = _WIDTHS | {"progress": _steps(rows) + _BARS[0]}
    longest = max((len(row.title) for row in rows if not row.members), default=0) + 1
    wanted = min(max(longest, _NAMES[0]), _NAMES[1])
    if width - sum(widths.values()) < wanted or all(row.spend == NONE for row in rows):
        del widths["spend"]
    if width - sum(widths.values()) < wanted:
        del widths["age"]
    if width - sum(widths.values()) < _NAMES[0]:
        del widths["progress"]
    rest = max(width - sum(widths.values()), 1)
    longer = min(max(rest - wanted, 0), _BARS[1] - _BARS[0]) if "progress" in widths else 0
    return {
        "state": widths["state"],
        "run": rest - longer,
        **{name: size + (longer if name == "progress" else 0) for name, size in widths.items() if name != "state"},
    }


def _steps(rows: Sequence[Row]) -> int:
    """The cells that the steps take, with a space on both sides."""
    return max((len(row.steps) for row in rows), default=0) + 2


def _line(row: Row, columns: Mapping[str, int], steps: int, style: str, mark: str) -> Content:
    """A row; in a style where it is selected, and reversed without its colours, which might not be told apart."""
    cells = (_cell(row, name, width, steps, bool(style), mark) for name, width in columns.items())
    line = Content("").join(cells)
    return Content.styled(line.plain, style) if style == _REVERSED else line.stylize_before(style) if style else line


def _cell(row: Row, name: str, width: int, steps: int, selected: bool, mark: str) -> Content:
    """One column of a row, exactly as wide as it: words to the left, figures to the right."""
    shade = _COLOURS.get(row.state, MUTED)
    if name == "state":
        return _left(Content.styled(f"{GLYPHS.get(row.state, '?')} {row.state}", shade), width)
    if name == "run":
        title = Content.styled(row.title, "bold" if selected or row.members else "")
        if not mark:
            return _left(title, width)
        return _left(title, width - 2) + Content.styled(f"{mark} ", f"bold {colour(mark)}")
    if name == "progress":
        wide = width - steps
        full, rest = bar(row.progress, wide) if row.progress is not None else ("", "")
        return _right(Content.assemble((full, shade), (rest, "$line"), f"{row.steps:>{steps - 1}}"), width)
    if name == "score":
        return _right(_score(row), width)
    text = row.spend if name == "spend" else row.age
    return _right(Content.styled(text, MUTED if name == "age" or text == NONE else ""), width)


def _score(row: Row) -> Content:
    if row.score is None:
        return Content.styled(NONE, MUTED)
    name, value = row.score
    return Content.assemble((f"{SCORES.get(name, name)} ", MUTED), figure(value))


def _left(text: Content, width: int) -> Content:
    return text.truncate(width - 1, ellipsis=True).pad_right(max(width - text.cell_length, 1))


def _right(text: Content, width: int) -> Content:
    return text.truncate(width - 1, ellipsis=True).pad_left(max(width - 1 - text.cell_length, 0)).pad_right(1)
