"""What stands at one moment, as a table for people and as JSON for scripts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from qmlops.core.event import plain
from qmlops.monitoring.figure import lasting
from qmlops.monitoring.project import Project
from qmlops.monitoring.spend import Spend
from qmlops.monitoring.sweep_view import SweepView
from qmlops.monitoring.track import Track
from qmlops.pipeline.folder import RUNS
from qmlops.pipeline.table import aligned

SCHEMA = 1
_HEAD = ["run", "experiment", "state", "step", "of", "score", "", "USD", "left", "took"]


def as_json(project: Project) -> dict[str, Any]:
    """Stable keys; times in seconds since 1970, what is not known is null, numbers that JSON lacks are strings."""
    told = {
        "schema": SCHEMA,
        "runs": [_run(track, project.spend(name)) for name, track in project.tracks.items()],
        "sweeps": [_sweep(view) for view in project.sweeps.values()],
    }
    return dict(plain(told))


def as_text(project: Project, now: float) -> str:
    """One row a run, oldest first, and a line for each sweep; what to do next where there is none."""
    if not project.tracks:
        return f"no runs below {project.folder / RUNS}\nStart one with: qmlops run +experiment=vqc"
    rows = [_row(track, project.spend(name), now) for name, track in project.tracks.items()]
    lines = [aligned(_HEAD, rows), *map(_line, project.sweeps.values())]
    problems = dict.fromkeys(spend.problem for name in project.tracks if (spend := project.spend(name)).problem)
    return "\n".join([*lines, *problems])


def _run(track: Track, spend: Spend) -> dict[str, Any]:
    score = track.score()
    return {
        "run": track.name,
        "folder": str(track.folder),
        "experiment": track.experiment,
        "seed": track.seed,
        "state": track.state,
        "reason": track.reason,
        "step": track.step,
        "steps": track.steps,
        "started": track.started,
        "changed": track.changed,
        "ended": track.ended,
        "steps_a_second": track.rate(),
        "seconds_left": track.left(),
        "score": None if score is None else {"name": score[0], "value": score[1]},
        "metrics": {name: series.last for name, series in track.series.items()} | dict(track.scores),
        "jobs_open": sum(job.open for job in track.jobs.values()),
        "alerts": [{"time": stamped.time} | asdict(stamped.event) for stamped in track.alerts],
        "spend": asdict(spend),
    }


def _sweep(view: SweepView) -> dict[str, Any]:
    importance = {
        name: None if found is None else dict(zip(("share", "low", "high"), found, strict=True))
        for name, found in view.importance().items()
    }
    return asdict(view) | {"best": view.best, "importance": importance}


def _row(track: Track, spend: Spend, now: float) -> list[str]:
    name, value = track.score() or ("", None)
    left = track.left()
    return [
        *(track.name, track.experiment, track.state, str(track.step), str(track.steps)),
        *("" if value is None else f"{value:.4f}", name.replace("_", " ")),
        f"{spend.usd:.2f}{' and unknown' if spend.unknown else ''}",
        "" if left is None else lasting(left),
        "" if track.started is None else lasting(max(0.0, (track.ended or now) - track.started)),
    ]


def _line(view: SweepView) -> str:
    best = (
        ""
        if view.best is None
        else f", best {view.best} with {view.score.replace('_', ' ')} {view.scores[view.best]:.4f}"
    )
    return f"sweep {view.name}: {view.size} runs, {len(view.failed)} failed{best}"
