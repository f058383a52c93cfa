"""What a pane of the dashboard is: a widget with a title that shows one run."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.events import Resize
from textual.geometry import Offset, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track

MUTED = "$text-muted"
FAINT = "$line"
"""Of what only guides the eye; never of words or figures."""
ACCENT = "$accent"
GOOD = "$success"
WARNING = "$warning"
BAD = "$error"


class Pane(Widget):
    """Shows one run. Whoever places it calls `show` whenever the run, or what else it shows, has changed."""

    TITLE: ClassVar[str] = ""

    @abstractmethod
    def show(self, track: Track, project: Project) -> None:
        """Show what is known by now; cheap, and the same again shows the same. Reads no file."""


class Sheet(ScrollView, Pane):
    """A pane of lines that lays itself out for its size, and scrolls where they need more room."""

    DEFAULT_CSS = """
    Sheet {
        overflow-x: hidden;
        scrollbar-gutter: stable;
        scrollbar-size: 1 1;
    }
    """

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.subject: tuple[Track, Project] | None = None
        """What is shown; None before the first call of `show`."""
        self.lines: list[Content] = []
        """What is on the sheet, scrolled out of sight or not."""
        self._drawn_from: tuple[object, Size] | None = None
        self.fixed = Offset(0, 0)
        """Columns at the left and rows at the top that do not scroll, as `drawn` has set it."""

    @abstractmethod
    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        """The lines for a space of `size` cells; more or longer ones scroll."""

    def sources(self, track: Track, project: Project) -> object:
        """All that the lines depend on, beside the size: while it is equal, nothing is drawn; None: always."""
        return None

    def show(self, track: Track, project: Project) -> None:
        self.subject = track, project
        self.redraw()

    def redraw(self) -> None:
        """Draw again, and repaint the lines that have become others."""
        size = self.scrollable_content_region.size
        if self.subject is None or not size.area:
            return
        sources = self.sources(*self.subject)
        if sources is not None and self._drawn_from == (sources, size):
            return
        self._drawn_from = sources, size
        try:
            drawn = list(self.drawn(*self.subject, size))
        except (TypeError, ValueError, LookupError, AttributeError):
            # Events may come from another version, whose fields hold other things than ours.
            drawn = empty("What the run tells cannot be shown.", "qmlops status shows the installed version", size)
        if self.styles.overflow_x == "hidden":
            drawn = [line.truncate(size.width, ellipsis=True) for line in drawn]
        before, self.lines = self.lines, drawn
        extent = Size(max((line.cell_length for line in self.lines), default=0), len(self.lines))
        if extent != self.virtual_size:
            self.virtual_size = extent
            self.refresh()
            return
        for row, (old, new) in enumerate(zip(before, self.lines, strict=True)):
            if not old.is_same(new):
                self.refresh_line(row + (self.scroll_offset.y if row < self.fixed.y else 0))

    def on_resize(self, event: Resize) -> None:
        self.redraw()

    def watch_show_horizontal_scrollbar(self) -> None:
        self.redraw()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        row = y if y < self.fixed.y else y + self.scroll_offset.y
        if row >= len(self.lines):
            return Strip.blank(width, self.rich_style)
        line = self.lines[row]
        # A line that fits stays where it is: it belongs to none of those that scroll sideways.
        left = self.scroll_offset.x if line.cell_length > width else 0
        strips = Visual.to_strips(self, line, max(line.cell_length, 1), 1, self.visual_style, apply_selection=False)
        fixed = self.fixed.x if left else 0
        moving = strips[0].crop_extend(left + fixed, left + width, self.rich_style)
        return Strip.join([strips[0].crop(0, fixed), moving]) if fixed else moving


def wrapped(text: str, style: str, width: int) -> list[Content]:
    """A text of any length in lines of at most `width`."""
    return [Content.styled(line, style) for line in wrap(text, max(width, 8), break_on_hyphens=False)]


def empty(told: str, instead: str, size: Size) -> list[Content]:
    """The lines of a pane that has nothing to show: what is missing, and in the accent what to do about it."""
    width = max(size.width - 2, 8)
    lines = wrapped(told, MUTED, width) + wrapped(instead, ACCENT, width)
    above = max((size.height - len(lines)) // 2, 0)
    return [Content("")] * above + [line.center(size.width).rstrip() for line in lines]
