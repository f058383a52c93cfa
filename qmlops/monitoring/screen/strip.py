"""The two lines of words at the edges, and the tabs: rendered whole, and never scrolled."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.events import Click
from textual.style import Style
from textual.widget import Widget

from qmlops.monitoring.pane.base import ACCENT, MUTED
from qmlops.monitoring.screen.keys import KEYS, number_of

_DOES = "does"
"""In the style of a text: the action of the screen that a click on it stands for."""


def _does(action: str) -> Style:
    return Style.from_meta({_DOES: action})


class Clickable(Widget):
    """A line of texts that a click makes do something."""

    async def on_click(self, event: Click) -> None:
        if (action := event.style.meta.get(_DOES)) is not None:
            await self.screen.run_action(action)


class Head(Widget):
    """What is followed, how much of it is alive, and what was spent."""

    def __init__(self) -> None:
        super().__init__(id="head")
        self.left, self.right = Content(""), Content("")

    def tell(self, folder: str, alive: int, runs: int, usd: float, unknown: bool, clock: str) -> None:
        """Say it, where it differs from what is said already."""
        left = Content.assemble((" qmlops ", f"bold $background on {ACCENT}"), " ", (folder, "bold"))
        shade = ACCENT if alive else MUTED
        counted = f"{alive} of {runs} running" if runs else "no runs yet"
        money = f"{'≥ ' if unknown else ''}{usd:,.2f} USD"
        dot = Content.styled("  ·  ", MUTED)
        parts = [
            Content.styled(counted, shade),
            Content(money),
            Content.styled(f"{clock} ", MUTED),
        ]
        right = dot.join(parts)
        if not (left.is_same(self.left) and right.is_same(self.right)):
            self.left, self.right = left, right
            self.refresh()

    def render(self) -> Content:
        room = max(self.size.width - self.right.cell_length, 0)
        left = self.left.truncate(room, ellipsis=True)
        return left.pad_right(max(room - left.cell_length, 0)) + self.right


class Hints(Clickable):
    """The keys that one needs most, as many as fit; a click does the same as the key."""

    def __init__(self) -> None:
        super().__init__(id="hints")

    def render(self) -> Content:
        shown = [key for key in KEYS if key.footer]
        last, first = shown[-2:], shown[:-2]
        parts = [_hint(key.label, key.word, key.action) for key in last]
        room = self.size.width - 1 - sum(part.cell_length for part in parts)
        chosen = []
        for key in first:
            part = _hint(key.label, key.word, key.action)
            if part.cell_length > room:
                break
            room -= part.cell_length
            chosen.append(part)
        return Content("").join([*chosen, *parts])


class Tabs(Clickable):
    """The panes that share a place; drawn on the upper border of the one in front."""

    def __init__(self) -> None:
        super().__init__(id="tabs")
        self.names: tuple[str, ...] = ()
        self.front = ""

    def tell(self, names: Sequence[str], front: str) -> None:
        """Which panes there are, and which is in front."""
        if (tuple(names), front) != (self.names, self.front):
            self.names, self.front = tuple(names), front
            self.refresh()

    def render(self) -> Content:
        style = self.styles.color.hex
        parts = fitted(self.names, self.front, self.size.width)
        line = Content("").join(_tab(*part, front=part[0] == self.front) for part in parts)
        return line + Content.styled("─" * max(self.size.width - line.cell_length, 0), style)


def fitted(names: Sequence[str], front: str, width: int) -> list[tuple[str, str]]:
    """Names with their labels: with numbers where all fit so, names alone, or those around the one in front."""
    numbered = [(name, f"{number_of(name)} {name}") for name in names]
    bare = [(name, name) for name in names]
    for parts in (numbered, bare):
        if _length(parts) <= width:
            return parts
    low = high = list(names).index(front) if front in names else 0
    while _length(bare[max(low - 1, 0) : high + 2]) <= width and (low > 0 or high < len(bare) - 1):
        low, high = max(low - 1, 0), min(high + 1, len(bare) - 1)
    return bare[low : high + 1]


def _length(parts: Sequence[tuple[str, str]]) -> int:
    return sum(len(label) + 2 for _, label in parts)


def _tab(name: str, label: str, front: bool) -> Content:
    text = Content(f" {label} ").stylize(f"bold {ACCENT}" if front else MUTED)
    return text.stylize(_does(f"pane('{name}')"))


def _hint(label: str, word: str, action: str) -> Content:
    part = Content.assemble(" ", (label, f"bold {ACCENT}"), (f" {word} ", MUTED))
    return part.stylize(_does(action))
