"""The list of runs as a widget: a row is painted again only where a cell of it has become another."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from qmlops.monitoring.figure import NONE, bar
from qmlops.monitoring.pane.base import ACCENT, BAD, MUTED, WARNING, Sheet
from qmlops.monitoring.screen.curves import colour, figure, letter
from qmlops.monitoring.screen.runs import GLYPHS, SCORES, Listing, Row

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track

_COLOURS = {"running": ACCENT, "paused": WARNING, "interrupted": WARNING, "failed": BAD, "dead": BAD, "refused": BAD}
_WIDTHS = {"state": 15, "progress": 13, "score": 13, "spend": 9, "age": 7}
"""Of progress the steps alone; its bar takes what is left."""
_BARS = (6, 30)
_FIRST_TO_GO = ("spend", "age", "progress")
"""Columns that are left out where there is no room for names."""
_NAMES = (18, 40)


class RunTable(Sheet, inherit_bindings=False):
    """Runs and sweeps; the first line stays, the rest scrolls. Keeps its cursor by name, whatever the order."""

    TITLE = "runs"

    class Chosen(Message):
        """The cursor has come to another row."""

    class Sorted(Message):
        """Another column was chosen to sort by."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__(id="runs")
        self.clock = clock
        self.listing = Listing()
        self.rows: list[Row] = []
        self.cursor = ""
        """The name of the selected run or sweep."""
        self.columns: dict[str, int] = {}
        self.overlaid: list[str] = []
        self._painted: dict[tuple[Row, tuple[int, ...], bool, str], Content] = {}

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        self.rows = self.listing.rows(project, self.clock())
        columns = self.columns = fitting(
            size.width,
            max((len(row.title) for row in self.rows), default=0),
            paid=any(row.spend != NONE for row in self.rows),
        )
        before, self._painted = self._painted, {}
        lines = [self._head(columns)]
        for row in self.rows:
            key = (row, tuple(columns.values()), row.name == self.cursor, self._mark(row))
            line = before.get(key) or _line(row, columns, *key[2:])
            self._painted[key] = line
            lines.append(line)
        if not self.rows:
            lines.append(Content.styled(f" No run has {self.listing.words!r}. esc shows all.", ACCENT))
        self.border_subtitle = f"filter: {self.listing.words}" if self.listing.words else ""
        return lines

    def render_line(self, y: int) -> Strip:
        if y or not self.scroll_offset.y:
            return super().render_line(y)
        strip = Strip(self.lines[0].render_segments(self.visual_style)) if self.lines else Strip.blank(self.size.width)
        return strip.crop_extend(0, self.scrollable_content_region.width, self.rich_style)

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
            text = text.pad_left(1) if name == "state" else text
            parts.append(_left(text, width) if name in ("state", "run") else _right(text, width))
        return Content("").join(parts)


def fitting(width: int, longest: int, paid: bool) -> dict[str, int]:
    """The columns for a space, and their widths.

    Names get what they need, bars then what is left, and names the rest; spending only where something was `paid`.
    """
    widths, least = dict(_WIDTHS), min(max(longest + 1, _NAMES[0]), _NAMES[1])
    widths["progress"] += _BARS[0]
    for name in _FIRST_TO_GO:
        if width - sum(widths.values()) < least or (name == "spend" and not paid):
            del widths[name]
    rest = max(width - sum(widths.values()), 1)
    if "progress" in widths:
        longer = min(max(rest - least, 0), _BARS[1] - _BARS[0])
        widths["progress"] += longer
        rest -= longer
    return {"state": widths.pop("state"), "run": rest} | widths


def _line(row: Row, columns: Mapping[str, int], selected: bool, mark: str) -> Content:
    line = Content("").join(_cell(row, name, width, selected, mark) for name, width in columns.items())
    return line.stylize_before("on $cursor") if selected else line


def _cell(row: Row, name: str, width: int, selected: bool, mark: str) -> Content:
    """One column of a row, exactly as wide as it: words to the left, figures to the right."""
    shade = _COLOURS.get(row.state, MUTED)
    if name == "state":
        return _left(Content.styled(f" {GLYPHS.get(row.state, '?')} {row.state}", shade), width)
    if name == "run":
        title = Content.styled(row.title, "bold" if selected or row.members else "")
        if not mark:
            return _left(title, width)
        return _left(title, width - 2) + Content.styled(f"{mark} ", f"bold {colour(ord(mark) - ord('a'))}")
    if name == "progress":
        wide = width - _WIDTHS["progress"]
        full, rest = bar(row.progress, wide) if row.progress is not None else ("", "")
        return _right(Content.assemble((full, shade), (rest, "$line"), f"{row.steps:>{width - wide - 1}}"), width)
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
