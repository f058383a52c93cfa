"""What a finished run says of itself: a short table for the terminal, JSON, and HTML for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from qmlops.core.event import plain
from qmlops.pipeline.interval import mean
from qmlops.pipeline.table import aligned
from qmlops.pipeline.verdict import verdict

if TYPE_CHECKING:
    from qmlops.pipeline.record import Run
    from qmlops.pipeline.sweep import Sweep

SCHEMA = 1
_COLUMNS = 79


def as_json(runs: Sequence[Run]) -> dict[str, Any]:
    """Stable keys for scripts; numbers that JSON lacks are strings."""
    told = [
        {
            "run": str(run.folder),
            "name": run.result["name"],
            "metrics": run.result["metrics"],
            "intervals": run.result["intervals"],
            "baselines": run.result["baselines"],
        }
        for run in runs
    ]
    return {"schema": SCHEMA, "runs": plain(told)}


def as_text(run: Run) -> str:
    """The table at the end of `qmlops run`."""
    result = run.result
    head, rows = score_rows(result)
    lines = [aligned(head, rows), "", fill(verdict(result), _COLUMNS), "", _effort(result["metrics"])]
    places = [("report", run.report), ("folder", run.folder)]
    return "\n".join([*lines, *(f"{name:<8} {_short(path)}" for name, path in places)])


def score_rows(result: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """This model and its baselines, one row each."""
    metrics, intervals = result["metrics"], result["intervals"]
    if "energy" in metrics:
        head = ["", "energy", "95 % interval"]
        own = ["this model", f"{metrics['energy']:.10f}", _interval(intervals.get("energy"), 6) or "exact"]
        return head, [own, *([item["name"], f"{item['energy']:.10f}", "exact"] for item in result["baselines"])]
    head = ["", "train", "test", "95 % interval"]
    own = ["this model", _share(metrics["train_accuracy"]), _share(metrics["test_accuracy"])]
    rows = [[*own, _interval(intervals["test_accuracy"], 3)]]
    for item in result["baselines"]:
        shares = [_share(item["train_accuracy"]), _share(item["test_accuracy"])]
        rows.append([item["name"], *shares, _interval(item["test_interval"], 3)])
    return head, rows


def sweep_table(sweep: Sweep) -> str:
    """One row a run, in the order of the sweep; the mean where only the seed differs."""
    head, rows = comparison(sweep.runs)
    counted = f"{len(sweep.runs)} finished, {len(sweep.failed)} failed  {_short(sweep.folder)}"
    return "\n\n".join(text for text in (aligned(head, rows) if rows else "", over_seeds(sweep.runs), counted) if text)


def over_seeds(runs: Sequence[Run]) -> str:
    """The mean score over seeds with its 95 % interval, a line for each set of other overrides."""
    groups: dict[str, list[Run]] = {}
    for run, (_, words) in zip(runs, _asked(runs), strict=True):
        groups.setdefault(" ".join(word for word in words if not word.startswith("seed=")), []).append(run)
    if not groups or min(map(len, groups.values())) < 2:
        return ""
    name = "energy" if "energy" in runs[0].result["metrics"] else "test_accuracy"
    lines = [
        _mean_line(words, name, [float(run.result["metrics"][name]) for run in same]) for words, same in groups.items()
    ]
    return "\n".join(lines)


def _mean_line(words: str, name: str, scores: list[float]) -> str:
    low, high = mean(scores)
    if name == "test_accuracy":
        low, high = max(low, 0.0), min(high, 1.0)
    told = f"mean {name.replace('_', ' ')} over {len(scores)} seeds {sum(scores) / len(scores):.4f}"
    return f"{told}, 95 % interval {low:.4f} to {high:.4f}" + (f"  {words}" if words else "")


def comparison(runs: Sequence[Run]) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a table of runs: what came out, and what was asked that is not common to all."""
    columns = ["test_accuracy", "train_accuracy", "energy", "loss"]
    used = [name for name in columns if any(name in run.result["metrics"] for run in runs)]
    rows = []
    for run, (common, words) in zip(runs, _asked(runs), strict=True):
        cells = [f"{run.result['metrics'][name]:.4f}" if name in run.result["metrics"] else "" for name in used]
        rows.append([_label(run, runs), *cells, " ".join(words) or " ".join(common)])
    return ["run", *(name.replace("_accuracy", "") for name in used), "overrides"], rows


def _asked(runs: Sequence[Run]) -> list[tuple[list[str], list[str]]]:
    """The overrides of each run: those of all runs, and its own."""
    requests = [_request(run) for run in runs]
    common = set(requests[0]).intersection(*requests) if len(runs) > 1 else set()
    return [([w for w in words if w in common], [w for w in words if w not in common]) for words in requests]


def _label(run: Run, runs: Sequence[Run]) -> str:
    """The folder's name; with its sweep's where the runs are of several."""
    alone = len({other.folder.parent for other in runs}) == 1
    return run.name if alone or not run.name.isdigit() else f"{run.folder.parent.name}/{run.name}"


def as_html(run: Run) -> str:
    """The same table for a notebook; tells the state of a run that has not finished."""
    if run.state != "finished":
        return f"<p><b>{escape(run.name)}</b>: {escape(run.state)}</p>"
    head, rows = score_rows(run.result)
    cells = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    caption = escape(f"{run.result['name']}: {verdict(run.result)}")
    table = f"<table><caption>{caption}</caption><tr>{cells}</tr>{body}</table>"
    return f"{table}<p><code>{escape(str(run.report))}</code></p>"


def _request(run: Run) -> list[str]:
    from qmlops.pipeline.folder import REQUEST, read_json

    return list(read_json(run.folder / REQUEST)["overrides"])


def _effort(metrics: dict[str, float]) -> str:
    steps, circuits = int(metrics["steps"]), int(metrics["circuits"])
    words = "step" if steps == 1 else "steps"
    effort = f"{steps} {words}; {circuits:,} circuits in training; {metrics['train_seconds']:.1f} s"
    return f"loss {metrics['loss']:.6f} after {effort}"


def _share(value: float) -> str:
    return f"{value:.3f}"


def _interval(bounds: Sequence[float] | None, digits: int) -> str:
    return f"{bounds[0]:.{digits}f} to {bounds[1]:.{digits}f}" if bounds else ""


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else str(path)
