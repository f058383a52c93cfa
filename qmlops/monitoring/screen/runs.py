"""The list of runs and sweeps: which rows there are, in what order, and what stands in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from qmlops.monitoring.figure import NONE, lasting

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.sweep_view import SweepView
    from qmlops.monitoring.track import Track

GLYPHS = {
    "running": "●",
    "paused": "‖",
    "finished": "✓",
    "failed": "✗",
    "waiting": "○",
    "dead": "†",
    "interrupted": "■",
    "refused": "⊘",
}
ALIVE = ("running", "paused")
SCORES = {"test_accuracy": "acc", "validation_accuracy": "val", "energy": "E", "loss": "loss"}
"""What a run is judged by, in few letters."""
_MANY = 8
"""Members from which a sweep is folded until someone unfolds it."""


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    name: str
    state: str
    progress: float | None
    """Share of the steps that are done; None: not known."""
    steps: str
    score: tuple[str, float] | None
    usd: float
    unknown: bool
    """Whether more than `usd` may have been spent."""
    spend: str
    started: float
    """In seconds since 1970; infinite where it was not."""
    age: str = NONE
    depth: int = 0
    """1 for the members of a sweep."""
    varied: str = ""
    """Of a member: what it has other than its fellows, such as `layers=2 seed=1`."""
    members: int = 0
    """Of a sweep."""
    lost: int = 0
    """Of those, the ones that failed."""
    folded: bool = False

    @property
    def title(self) -> str:
        if self.members:
            lost = f"  {self.lost} failed" if self.lost else ""
            return f"{'▸' if self.folded else '▾'} {self.name}{lost}"
        return f"  {self.name.rpartition('/')[2]}  {self.varied}".rstrip() if self.depth else self.name

    @property
    def worth(self) -> float:
        """Its score where more is better; the worst where it has none."""
        if self.score is None or not math.isfinite(self.score[1]):
            return -math.inf
        return self.score[1] if self.score[0].endswith("accuracy") else -self.score[1]


ORDERS: dict[str, Callable[[Row], Any]] = {
    "age": lambda row: -row.started,
    "run": lambda row: row.name,
    "state": lambda row: list(GLYPHS).index(row.state) if row.state in GLYPHS else len(GLYPHS),
    "progress": lambda row: -(row.progress or 0.0),
    "score": lambda row: -row.worth,
    "spend": lambda row: -row.usd,
}
"""By column: the newest, the best, the dearest and the most advanced first."""


@dataclass
class Listing:
    """What a person has chosen about the list."""

    order: str = "age"
    words: str = ""
    turned: frozenset[str] = frozenset()
    """Sweeps that were folded or unfolded against what is usual for their size."""
    _known: dict[str, Row] = field(default_factory=dict)

    def forget(self, names: Collection[str]) -> None:
        """The rows of these runs are made anew, as they have changed; those of others only grow older."""
        for name in names:
            self._known.pop(name, None)

    def next_order(self) -> None:
        names = list(ORDERS)
        self.order = names[(names.index(self.order) + 1) % len(names)]

    def fold(self, sweep: str) -> None:
        """Fold a sweep, or unfold it."""
        self.turned = self.turned ^ {sweep}

    def folded(self, sweep: SweepView) -> bool:
        return (len(sweep.members) > _MANY) != (sweep.name in self.turned)

    def rows(self, project: Project, now: float) -> list[Row]:
        """All rows that the words leave, members below their sweep."""
        tracks, key = project.tracks, ORDERS[self.order]
        self._known = {name: row for name, row in self._known.items() if name in tracks}
        inside = {member for sweep in project.sweeps.values() for member in sweep.members}
        alone = [self._row(project, track, now) for name, track in tracks.items() if name not in inside]
        blocks = [[row] for row in alone if self._wanted(row)]
        for sweep in project.sweeps.values():
            members = [
                replace(self._row(project, tracks[name], now), depth=1, varied=_varied(sweep, place))
                for place, name in enumerate(sweep.members)
                if name in tracks
            ]
            head = _sweep_row(sweep, members, self.folded(sweep))
            left = members if self._wanted(head) else [row for row in members if self._wanted(row)]
            if left or self._wanted(head):
                if self.order != "age":
                    left.sort(key=key)
                blocks.append([head, *([] if head.folded else left)])
        blocks.sort(key=lambda block: key(block[0]))
        return [row for block in blocks for row in block]

    def spent(self) -> tuple[float, bool]:
        """USD of all runs together, and whether it may be more."""
        known = self._known.values()
        return sum(row.usd for row in known), any(row.unknown for row in known)

    def _row(self, project: Project, track: Track, now: float) -> Row:
        known = self._known.get(track.name)
        if known is None or known.state != track.state:
            known = run_row(project, track)
        self._known[track.name] = known = replace(known, age=age(now - known.started))
        return known

    def _wanted(self, row: Row) -> bool:
        line = f"{row.name} {row.state}".lower()
        return all(word in line for word in self.words.lower().split())


def run_row(project: Project, track: Track) -> Row:
    """The row of one run, of no age yet."""
    spend = project.spend(track.name)
    return Row(
        track.name,
        track.state,
        min(track.step / track.steps, 1.0) if track.steps > 0 else None,
        f"{track.step:,}/{track.steps:,}" if track.steps > 0 else "",
        track.score(),
        spend.usd,
        spend.unknown,
        f"{'≥ ' if spend.unknown else ''}{spend.usd:,.2f}" if spend.circuits else NONE,
        math.inf if track.started is None else track.started,
    )


def _sweep_row(sweep: SweepView, members: Sequence[Row], folded: bool) -> Row:
    """A sweep as a whole: how many of its runs have ended, the best score, and the sum of what was spent."""
    ended = [row for row in members if row.state not in (*ALIVE, "waiting")]
    lost = sweep.begun - len(sweep.members)
    state = _of_all({row.state for row in members} | ({"failed"} if lost else set()))
    if sweep.size > sweep.begun and state in ("refused", "finished", "failed"):
        state = "waiting"
    usd = sum(row.usd for row in members)
    return Row(
        sweep.name,
        state,
        (len(ended) + lost) / sweep.size if sweep.size else None,
        f"{len(ended) + lost}/{sweep.size} runs",
        (sweep.score, sweep.scores[sweep.best]) if sweep.best is not None else None,
        usd,
        any(row.unknown for row in members),
        f"{usd:,.2f}" if any(row.spend != NONE for row in members) else NONE,
        *min(((row.started, row.age) for row in members), default=(math.inf, NONE)),
        members=max(len(members), 1),
        lost=len(sweep.failed),
        folded=folded,
    )


def _varied(sweep: SweepView, place: int) -> str:
    """The parameters of one member, by the last part of their names."""
    given = ((name.rpartition(".")[2], values[place]) for name, values in sweep.parameters.items())
    return " ".join(f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}" for name, value in given)


def _of_all(states: Collection[str]) -> str:
    """The state of a sweep: what goes on before what could, and that before what has ended."""
    first = ("running", "paused", "waiting", "dead", "interrupted", "refused", "finished", "failed")
    return next((state for state in first if state in states), "waiting")


def age(seconds: float) -> str:
    """In the largest unit alone, so that the column is narrow: `3 h`."""
    return NONE if not math.isfinite(seconds) else " ".join(lasting(float(max(int(seconds), 1))).split()[:2])
