"""What a finished run says of itself: a short table for the terminal, JSON, and HTML for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmlops.pipeline.table import aligned

if TYPE_CHECKING:
    from qmlops.pipeline.run import Run
    from qmlops.pipeline.sweep import Sweep

SCHEMA = 1


def as_json(runs: Sequence[Run]) -> dict[str, Any]:
    """Stable keys for scripts."""
    return {
        "schema": SCHEMA,
        "runs": [
            {
                "run": str(run.folder),
                "name": run.result["name"],
                "metrics": run.result["metrics"],
                "intervals": run.result["intervals"],
                "baselines": run.result["baselines"],
            }
            for run in runs
        ],
    }


def as_text(run: Run) -> str:
    """The table at the end of `qmlops run`."""
    result = run.result
    head, rows = score_rows(result)
    lines = [aligned(head, rows), "", verdict(result), "", _effort(result["metrics"])]
    places = [("report", run.report), ("folder", run.folder)]
    return "\n".join(
        [line for line in lines if line is not None] + [f"{name:<8} {_short(path)}" for name, path in places]
    )


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


def verdict(result: dict[str, Any]) -> str:
    """One honest sentence about the comparison."""
    metrics = result["metrics"]
    if "energy" in metrics:
        if "error" not in metrics:
            return "The exact value was not computed: the program is too wide."
        ratio = f", {metrics['ratio']:.4f} of it" if "ratio" in metrics else ""
        return f"The energy is {metrics['error']:.2g} from the exact one{ratio}."
    best = max(result["baselines"], key=lambda item: float(item["test_accuracy"]))
    own, other = metrics["test_accuracy"], best["test_accuracy"]
    if own > other:
        return "This model is ahead of both baselines on these test rows."
    if own == other:
        return f"{_capital(best['name'])} does as well on these test rows."
    return f"{_capital(best['name'])} does better on these test rows."


def sweep_table(sweep: Sweep) -> str:
    """One row a run, in the order of the sweep."""
    head, rows = comparison(sweep.runs)
    counted = f"{len(sweep.runs)} finished, {len(sweep.failed)} failed"
    return (aligned(head, rows) + "\n\n" if rows else "") + f"{counted}  {_short(sweep.folder)}"


def comparison(runs: Sequence[Run]) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a table of runs: what was asked, and what came out."""
    from qmlops.pipeline.folder import REQUEST, read_json

    columns = ["test_accuracy", "train_accuracy", "energy", "loss", "steps", "circuits", "train_seconds"]
    used = [name for name in columns if any(name in run.result["metrics"] for run in runs)]
    requests = [read_json(run.folder / REQUEST)["overrides"] for run in runs]
    common = set(requests[0]).intersection(*requests) if len(runs) > 1 else set()
    rows = []
    for run, request in zip(runs, requests, strict=True):
        asked = " ".join(word for word in request if word not in common)
        cells = [_figure(name, run.result["metrics"].get(name)) for name in used]
        rows.append([run.name, run.result["name"], *cells, asked])
    return ["run", "name", *(name.replace("_", " ") for name in used), "overrides"], rows


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


def _effort(metrics: dict[str, float]) -> str:
    steps, circuits = int(metrics["steps"]), int(metrics["circuits"])
    words = "step" if steps == 1 else "steps"
    return f"loss {metrics['loss']:.4f} after {steps} {words}; {circuits:,} circuits; {metrics['train_seconds']:.1f} s"


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return ""
    if name in ("steps", "circuits"):
        return f"{int(value):,}"
    return f"{value:.1f}" if name == "train_seconds" else f"{value:.4f}"


def _share(value: float) -> str:
    return f"{value:.3f}"


def _interval(bounds: Sequence[float] | None, digits: int) -> str:
    return f"{bounds[0]:.{digits}f} to {bounds[1]:.{digits}f}" if bounds else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else str(path)
