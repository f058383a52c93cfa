"""The pane of curves: what a run measures at each step, with other runs laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size

from qmlops.monitoring.figure import MINUS, NONE
from qmlops.monitoring.pane.base import MUTED, Sheet, empty
from qmlops.monitoring.screen.caption import caption
from qmlops.monitoring.screen.chart import LEAST, Curve, chart
from qmlops.monitoring.screen.view import View

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.series import Series
    from qmlops.monitoring.track import Track

FIRST = {
    "loss": "loss",
    "validation_accuracy": "validation accuracy",
    "gradient_norm": "gradient norm",
    "gradient_snr": "gradient SNR",
}
"""What is drawn before anything else, by the names that a person reads."""
_COUNTS = ("circuits", "shots")
"""What a step used, which the pane of spending sums."""
_COLOURS = 6
_FAINT = "$line"


def letter(place: int) -> str:
    """The mark of an overlaid run: a, b, … z, and then again."""
    return chr(ord("a") + place % 26)


def colour(mark: str) -> str:
    """The colour of the overlaid run with a letter; the accent is the selected run's."""
    return f"$curve-{2 + (ord(mark) - ord('a')) % (_COLOURS - 1)}"


class Curves(Sheet, inherit_bindings=False):
    """Charts side by side, as many as fit."""

    TITLE = "curves"

    def __init__(self) -> None:
        super().__init__(id="curves")
        self.view = View()
        self.overlaid: list[str] = []
        """Names of runs, in the order of their letters."""

    def look(self, view: View) -> None:
        """Draw another part of the curves, or in another way."""
        self.view = view
        self.redraw()

    def newest(self) -> int:
        """The last step of any run that is drawn."""
        if self.subject is None:
            return 0
        return max((track.step for track, _, _ in self._drawn(*self.subject)), default=0)

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        runs = self._drawn(track, project)
        names = measured([run for run, _, _ in runs])
        if not names:
            return empty("No step has been taken yet.", "The first one is drawn here.", size)
        legend = self._legend(runs, size.width) if len(runs) > 1 else []
        names = self._page(names, size.width, size.height - len(legend))
        across, down = fitting(len(names), size.width, size.height - len(legend))
        newest = self.newest()
        caption(self, "border_subtitle", self.view.told(newest))
        lines: list[Content] = []
        for row in range(down):
            high = _share(size.height - len(legend), down, row)
            beside = [
                self._chart(name, runs, _share(size.width, across, column) - (column < across - 1), high, newest)
                for column, name in enumerate(names[row * across : (row + 1) * across])
            ]
            lines += [Content(" ").join(parts) for parts in zip(*beside, strict=True)]
        return lines + legend

    def _page(self, names: Sequence[str], width: int, height: int) -> list[str]:
        """Those of the values that are drawn together; no page has both usual ones and others."""
        room = max(width // LEAST[0], 1) * max(height // LEAST[1], 1)
        kinds = [name for name in names if name in FIRST], [name for name in names if name not in FIRST]
        pages = [kind[start : start + room] for kind in kinds for start in range(0, len(kind), room)]
        return pages[self.view.page % len(pages)]

    def _drawn(self, track: Track, project: Project) -> list[tuple[Track, str, str]]:
        """Runs with their letters and colours; the selected one last, and so on top."""
        marks = {name: letter(place) for place, name in enumerate(self.overlaid)}
        others = [(project.tracks[name], mark) for name, mark in marks.items() if name in project.tracks]
        below = [(other, mark, colour(mark)) for other, mark in others if other is not track]
        return [*below, (track, marks.get(track.name, ""), "$curve-1")]

    def _chart(
        self, name: str, runs: Sequence[tuple[Track, str, str]], columns: int, rows: int, newest: int
    ) -> list[Content]:
        selected = runs[-1][0].series.get(name)
        window, curves = self.view.window(newest), []
        for track, mark, style in runs:
            if (series := track.series.get(name)) is not None:
                curves += self._curves(series, mark, style, columns, window, alone=len(runs) == 1)
        title = headline(FIRST.get(name, name.replace("_", " ")), selected, columns)
        lines = chart(title, curves, columns, rows, window, self.view.log)
        return [line.extend_right(max(columns - line.cell_length, 0)) for line in lines]

    def _curves(
        self, series: Series, mark: str, style: str, columns: int, window: tuple[int, int], alone: bool
    ) -> list[Curve]:
        """One curve; where it is smoothed and nothing else is drawn, the values themselves behind it."""
        if not self.view.weight:
            return [Curve(*series.thinned(2 * columns, *window), style, mark)]
        smooth = Curve(*series.smoothed(self.view.weight).thinned(2 * columns, *window), style, mark)
        behind = Curve(*series.thinned(2 * columns, *window), _FAINT, background=True)
        return [behind, smooth] if alone else [smooth]

    def _legend(self, runs: Sequence[tuple[Track, str, str]], width: int) -> list[Content]:
        """Marks and names: of members of one sweep the numbers, of names that are too long together the ends."""
        room = max(width // len(runs) - 6, 4)
        related = len({track.name.rpartition("/")[0] for track, _, _ in runs}) == 1
        parts = []
        for track, mark, style in reversed(runs):
            name = track.name.rpartition("/")[2] if related else track.name
            name = name if len(name) <= room else f"…{name[1 - room :]}"
            parts.append(Content.assemble((f"━ {mark}", style), f" {name}"))
        return [Content("  ").join(parts).truncate(width, ellipsis=True)]


def measured(tracks: Sequence[Track]) -> list[str]:
    """The names of all values that some run has, the usual ones first."""
    found = dict.fromkeys(name for track in tracks for name, series in track.series.items() if len(series))
    usual = [name for name in FIRST if name in found]
    return usual + [name for name in found if name not in FIRST and name not in _COUNTS]


def fitting(count: int, width: int, height: int) -> tuple[int, int]:
    """Charts beside and below each other for a space: as many as there are values and room, each as large as can be."""
    most_across, most_down = max(width // LEAST[0], 1), max(height // LEAST[1], 1)
    count = min(count, most_across * most_down)
    shapes = [
        (across, -(-count // across))
        for across in range(1, min(count, most_across) + 1)
        if -(-count // across) <= most_down
    ]
    return min(shapes, key=lambda shape: (shape[0] * shape[1] - count, abs(width / shape[0] - 4 * height / shape[1])))


def headline(name: str, series: Series | None, columns: int) -> Content:
    """The name of a value, and what it is now; where there is room also its extremes."""
    if series is None or series.last is None or series.least is None or series.most is None:
        return Content.assemble((name, "bold"), (f" {NONE}", MUTED))
    now = figure(series.last)
    span = f"{figure(series.least)} … {figure(series.most)}"
    room = columns - len(name) - len(now) - 4
    around = f"{span:>{room}}" if len(span) < room else ""
    return Content.assemble((name, "bold"), "  ", (now, "$accent"), (around, MUTED))


def figure(value: float) -> str:
    """A value of a metric: four decimals where they say enough, three digits elsewhere."""
    text = f"{value:.4f}" if 0.001 <= abs(value) < 1000 or value == 0 else f"{value:.2e}"
    return text.replace("-", MINUS)


def _share(whole: int, parts: int, place: int) -> int:
    """The size of one of equal parts, which together are the whole."""
    return whole * (place + 1) // parts - whole * place // parts
