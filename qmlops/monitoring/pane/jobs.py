"""What the run has sent to providers, a row a job; the one that is picked is the one to cancel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from time import time
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Blur, Click, Focus
from textual.geometry import Offset, Size

from qmlops.monitoring.figure import lasting
from qmlops.monitoring.pane.base import ACCENT, BAD, GOOD, MUTED, WARNING, Sheet, empty
from qmlops.monitoring.pane.grid import Cell, fitted, grid
from qmlops.pipeline.plan.quantity import money

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Job, Track

_SIGNS = {
    "intent": ("○", MUTED),
    "sending": ("○", MUTED),
    "queued": ("○", ACCENT),
    "running": ("●", ACCENT),
    "adopted": ("●", ACCENT),
    "done": ("✓", GOOD),
    "replayed": ("✓", GOOD),
    "repeated": ("↻", WARNING),
    "failed": ("✗", BAD),
    "unknown": ("?", WARNING),
    "unreadable": ("?", WARNING),
}
_COLUMNS = {
    "": "<",
    "state": "<",
    "place": ">",
    "waited": ">",
    "cost": ">",
    "shots": ">",
    "circuits": ">",
    "backend": "<",
    "job": "<",
    "reason": "<",
}
"""Heads, and on which side of them words and figures stand."""
_MISSED = ("", "state", "waited", "cost", "place", "backend", "shots", "job", "circuits", "reason")
"""The columns by how much they are missed; the last ones go first where there is no room."""
_MOST = 300
"""Rows, so that a frame stays quick."""
_CURSOR = "on $cursor"
_TOP = 2
"""Lines that do not scroll."""


class Jobs(Sheet):
    TITLE = "Jobs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "pick(-1)", "Job above", show=False),
        Binding("down", "pick(1)", "Job below", show=False),
        Binding("pageup", "pick(-10)", "Ten jobs up", show=False),
        Binding("pagedown", "pick(10)", "Ten jobs down", show=False),
        Binding("home", "pick(-10000)", "First job", show=False),
        Binding("end", "pick(10000)", "Last job", show=False),
    ]
    _tokens: tuple[str, ...] = ()
    """Of the rows, from top to bottom."""
    _picked: str | None = None
    """The token that a person has picked, perhaps of another run's job."""

    @property
    def _marked(self) -> str | None:
        """The token of the row that is marked: the topmost one until a person picks another."""
        return self._picked if self._picked in self._tokens else next(iter(self._tokens), None)

    def selected(self) -> str | None:
        """The token of the marked job; None where there is none, or it has ended and cannot be cancelled."""
        job = self.subject[0].jobs.get(self._marked or "") if self.subject is not None else None
        return job.moved.token if job is not None and job.open else None

    def sources(self, track: Track, project: Project) -> object:
        jobs = tuple(track.jobs.values())
        second = int(time()) if any(job.open for job in jobs) else 0
        return jobs, project.entries(track.name), self._picked, self.has_focus, second

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        self.fixed = Offset(0, _TOP)
        known = sorted(track.jobs.values(), key=lambda job: (not job.open, -job.sent))
        jobs, earlier = known[:_MOST], len(known) - _MOST
        self._tokens = tuple(job.moved.token for job in jobs)
        if not jobs:
            told = "This run has sent nothing to a provider." if track.started else "No jobs yet."
            return empty(told, "qmlops run +experiment=vqc backend=ionq", size)
        billed = {entry.token for entry in project.entries(track.name) if entry.billed}
        head, *lines = self._table(jobs, billed, size.width)
        if self.has_focus:
            place = self._tokens.index(self._marked or "")
            lines[place] = lines[place].pad_right(max(size.width - lines[place].cell_length, 0)).stylize_before(_CURSOR)
        more = [Content.styled(f"   and {earlier:,} earlier ones", MUTED)] if earlier > 0 else []
        return [_counted(known, self.selected() is not None), head, *lines, *more]

    def _table(self, jobs: Sequence[Job], billed: Set[str], width: int) -> list[Content]:
        """The head, and a line for each job, with as many columns as fit."""
        now, marked = time(), self._marked
        body = [_row(job, job.moved.token in billed, job.moved.token == marked, now) for job in jobs]
        # A column that is empty for all of them has no head either, and so no room.
        used = [any(cells) for cells in zip(*body, strict=True)]
        heads = list(_COLUMNS)
        head: list[Cell] = [(word if shown else "", MUTED) for word, shown in zip(heads, used, strict=True)]
        columns = fitted([head, *body], [heads.index(word) for word in _MISSED], width)
        cut = [[row[column] for column in columns] for row in [head, *body]]
        return grid(cut, "".join(_COLUMNS[heads[column]] for column in columns))

    def action_pick(self, steps: int) -> None:
        """Mark the job so many rows below."""
        if self._marked is not None:
            place = self._tokens.index(self._marked) + steps
            self._pick(min(max(place, 0), len(self._tokens) - 1))

    def _pick(self, place: int) -> None:
        self._picked = self._tokens[place]
        self.redraw()
        room = self.scrollable_content_region.height - _TOP
        top = min(max(self.scroll_offset.y, place - room + 1), place)
        self.scroll_to(y=top, animate=False)

    def on_click(self, event: Click) -> None:
        place = event.y - self.gutter.top - _TOP + self.scroll_offset.y
        if event.y - self.gutter.top >= _TOP and place < len(self._tokens):
            self._pick(place)

    def on_focus(self, event: Focus) -> None:
        self.redraw()

    def on_blur(self, event: Blur) -> None:
        self.redraw()


def _row(job: Job, billed: bool, marked: bool, now: float) -> list[Cell]:
    moved = job.moved
    sign, style = _SIGNS.get(moved.state, ("–", MUTED))
    cost = money(moved.cost, moved.unit)
    return [
        ("▸" if marked else " ", ACCENT),
        [(sign, style), (f" {moved.state}", "")],
        "" if moved.place is None or not job.open else str(moved.place),
        lasting(job.waiting(now)),
        cost if billed or not moved.cost else f"~{cost}",
        f"{moved.shots:,}",
        f"{moved.circuits:,}",
        moved.backend,
        (moved.job or moved.token[:10], MUTED),
        (moved.reason, MUTED) if moved.reason else "",
    ]


def _counted(jobs: Sequence[Job], open_one: bool) -> Content:
    """How many there are in each state, those under way first."""
    counts = Counter(job.moved.state for job in jobs)
    open_first = dict.fromkeys([state for state in _SIGNS if state in counts] + sorted(counts))
    told = " · ".join(f"{counts[state]:,} {state}" for state in open_first)
    return Content.styled(told + (" · k cancels ▸" if open_one else ""), MUTED)
