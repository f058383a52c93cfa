"""Which runs are meant, and their curves as a line of text."""

from __future__ import annotations

from collections.abc import Sequence

from qmlops.core.event import history, read
from qmlops.errors import RunFolderError
from qmlops.pipeline.folder import all_runs, find, find_sweep
from qmlops.pipeline.record import Run
from qmlops.pipeline.sweep import Sweep

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 60


def chosen(names: Sequence[str], every: bool) -> list[Run]:
    """The finished runs that are named; the newest where none is. Raises RunFolderError."""
    if every:
        found = [run for run in map(Run, all_runs()) if run.state == "finished"]
        if not found:
            raise RunFolderError("There is no finished run below ./runs.\nStart one with: qmlops run +experiment=vqc")
        return found
    if not names and not all_runs():
        raise RunFolderError("There are no runs below ./runs.\nStart one with: qmlops run +experiment=vqc")
    found = [run for name in names or ["latest"] for run in _named(name)]
    for run in found:
        if run.state != "finished":
            raise RunFolderError(f"{run.folder} is {run.state}.\nGo on with: qmlops resume {run.folder}")
    return found


def _named(name: str) -> list[Run]:
    sweep = find_sweep(name)
    return [Run(find(name))] if sweep is None else Sweep(sweep).runs


def lines(run: Run) -> str:
    """Each metric over the steps as one line of bars, with its first and last value."""
    steps = history(read(run.folder))
    names = [name for name in ("loss", "validation_accuracy", "gradient_norm") if any(name in s.metrics for s in steps)]
    drawn = []
    for name in names:
        values = [step.metrics[name] for step in steps if name in step.metrics]
        if len(values) > 1:
            drawn.append(f"{name:<20} {values[0]:8.4f} {_bars(values)} {values[-1]:.4f}")
    return "\n".join(drawn)


def _bars(values: list[float]) -> str:
    size = max(1, -(-len(values) // _WIDTH))
    means = [sum(part) / len(part) for part in (values[at : at + size] for at in range(0, len(values), size))]
    low, span = min(means), max(means) - min(means)
    top = len(_BARS) - 1
    return "".join(_BARS[round((mean - low) / span * top) if span > 0 else 0] for mean in means)
