"""Which limit of the hardware holds each target, and which share of it is reached.

Work is counted by count.py, rates are measured by hardware.py behind every case of the same run.
The least time that a limit allows is work over rate; the largest of these holds the case, and its
share of the measured time is what is reached of it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from typing import Any

import hardware
from case import Case
from race import HERE, Item, Worker

VECTOR_BYTES = 64
"""Of sixteen floats."""
SECONDS = 0.1


def probe(team: list[Worker], item: Item) -> Item:
    """Rates of the hardware now, and milliseconds of a step of next to nothing at the case's batch and threads."""
    threads = item["threads"]["qmlops"]
    (worker,) = (w for w in team if (w.peer, w.threads) == ("qmlops", threads))
    call = worker.ask(Case("single", 1, item["case"][2]), SECONDS)
    return {"hardware": hardware.measure(), "call": statistics.median(call["times"])}


def write(found: dict[str, Any]) -> None:
    """Count the work of every case of a run and write limits.json and limits.md."""
    rates = _rates(found["cases"])
    rows = [_limits(item, rates) for item in found["cases"]]
    report = {"caches": hardware.caches(), "rates": rates, "cases": rows}
    (HERE / "limits.json").write_text(json.dumps(report, indent=1) + "\n")
    (HERE / "limits.md").write_text(markdown(report))


def _limits(item: Item, all_rates: dict[str, Any]) -> dict[str, Any]:
    """Of a case: what is computed and moved, and the least milliseconds by limit."""
    _, width, batch, _ = item["case"]
    work = _count(width, batch, item["threads"]["qmlops"])
    counts, rates = work["counts"], all_rates[str(work["threads"])]
    states = counts["load state"] + counts["store state"]
    blocks = counts.get("load block", 0) + counts.get("store block", 0)
    moved = VECTOR_BYTES * (states + blocks + counts["load table"] + counts["store table"])
    home = hardware.level_of(2 * work["state"] // (work["threads"] if work["staged"] else 1), work["threads"])
    least = {
        "arithmetic": 16 * (counts["fused"] + counts["single"]) / rates["fma"],
        "L1": moved / rates["update"]["L1"],
    }
    through = {home: VECTOR_BYTES * states}
    if work["staged"]:
        through = {"L2": VECTOR_BYTES * (states + blocks), home: (6 * work["stages"] + 2) * work["state"]}
    least |= {level: size / rates["update"][level] for level, size in through.items() if level != "L1"}
    return {
        "case": item["case"],
        **work,
        "operations": 16 * (2 * counts["fused"] + counts["single"]),
        "moved": moved,
        "through": through,
        "home": home,
        "least": {limit: 1000 * seconds for limit, seconds in least.items()} | {"call": item["call"]},
        "ms": statistics.median(item["rounds"]["qmlops"]),
    }


def _count(width: int, batch: int, threads: int) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "count.py"), str(width), str(batch), str(threads)]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    return dict(json.loads(subprocess.run(command, capture_output=True, check=True, env=environment).stdout))


def _rates(items: list[Item]) -> dict[str, Any]:
    """The median of each rate over the run, by threads."""

    def middle(found: list[Any]) -> Any:
        if isinstance(found[0], dict):
            return {key: middle([each[key] for each in found]) for key in found[0]}
        return statistics.median(found)

    return dict(middle([item["hardware"] for item in items]))


def markdown(report: dict[str, Any]) -> str:
    """The rates of the hardware, then one row a case with the least time that each limit allows."""
    levels = [*report["caches"], "memory"]
    sizes = ", ".join(f"{level} {size >> 10} KiB" for level, size in report["caches"].items())
    lines = [
        f"Medians over the run of what the hardware does, by number of threads ({sizes}).",
        "",
        "| threads | fused multiply-adds, GFLOP/s | loop | " + " | ".join(f"{level}, GB/s" for level in levels) + " |",
        "| --- " * (3 + len(levels)) + "|",
    ]
    for threads, rates in report["rates"].items():
        for loop in ("triad", "update"):
            cells = [f"{rates[loop][level] / 1e9:.0f}" for level in levels]
            lines.append(f"| {threads} | {2 * rates['fma'] / 1e9:.0f} | {loop} | " + " | ".join(cells) + " |")
    limits = ["arithmetic", *levels, "call"]
    lines += [
        "",
        "Milliseconds that each limit allows at least, and what was measured. The limit that holds a case is the "
        "largest; the share is that over the measured time.",
        "",
        "| wires, batch | threads | million operations | MB through L1 | of states | home | "
        + " | ".join(limits)
        + " | measured | GFLOP/s | held by | share |",
        "| --- " * (10 + len(limits)) + "|",
    ]
    return "\n".join([*lines, *(_row(row, limits) for row in report["cases"])]) + "\n"


def _row(row: dict[str, Any], limits: list[str]) -> str:
    least = row["least"]
    holder = max(least, key=lambda limit: least[limit])
    cells = [
        f"{row['case'][1]}, {row['case'][2]}",
        str(row["threads"]),
        f"{row['operations'] / 1e6:.3g}",
        f"{row['moved'] / 1e6:.3g}",
        f"{VECTOR_BYTES * (row['counts']['load state'] + row['counts']['store state']) / 1e6:.3g}",
        row["home"],
        *(f"{least[limit]:.3g}" if limit in least else "" for limit in limits),
        f"{row['ms']:.3g}",
        f"{row['operations'] / row['ms'] / 1e6:.0f}",
        holder,
        f"{least[holder] / row['ms']:.0%}",
    ]
    return "| " + " | ".join(cells) + " |"
