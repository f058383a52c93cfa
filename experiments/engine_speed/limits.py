"""Which limit of the hardware holds each target, and which share of it is reached.

Work is counted by count.py, rates are measured by hardware.py behind every case of the same run.
The least time that a limit allows is work over rate; the largest of these holds the case, and its
share of the measured time is what is reached of it. Limits:

    arithmetic  every addition, multiplication or fused pair of them, at the rate of fused ones
    L1          every vector that is loaded or stored, at the rate of a loop over half of L1
    L2          of a large state, what moves within blocks, at the rate of a loop over half of L2
    states      what moves between states and L1, or between a large state and its blocks, at the
                rate of a loop over as many bytes as the two states that a thread works on
    call        a step that has next to nothing to compute
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from typing import Any

import hardware
import save
from case import Case
from race import HERE, Item, Worker

VECTOR_BYTES = 64
"""Of sixteen floats."""
SECONDS = 0.1
LIMITS = ("arithmetic", "L1", "L2", "states", "call")


def probe(team: list[Worker], item: Item) -> Item:
    """What a case computes and moves, and the rates of the hardware now; the call in milliseconds."""
    _, width, batch, _ = item["case"]
    threads = item["threads"]["qmlops"]
    (worker,) = (w for w in team if (w.peer, w.threads) == ("qmlops", threads))
    call = worker.ask(Case("single", 1, batch), SECONDS)
    work = _count(width, batch, threads)
    work["bytes"] = 2 * work["state"] // (work["threads"] if work["staged"] else 1)
    return {
        "work": work,
        "hardware": hardware.measure(),
        "loop": hardware.update(work["bytes"], work["threads"]),
        "call": statistics.median(call["times"]),
    }


def write(found: dict[str, Any]) -> None:
    """Write limits.json and limits.md from the probes of a run."""
    rates = _rates(found["cases"])
    rows = [_limits(item, rates) for item in found["cases"]]
    report = {"caches": hardware.caches(), "rates": rates, "cases": rows}
    save.write(HERE / "limits.json", report)
    (HERE / "limits.md").write_text(markdown(report))


def _limits(item: Item, all_rates: dict[str, Any]) -> dict[str, Any]:
    """Of a case: what is computed and moved, and the least milliseconds by limit."""
    work = item["work"]
    counts, rates = work["counts"], all_rates[str(work["threads"])]
    states = VECTOR_BYTES * (counts["load state"] + counts["store state"])
    blocks = states + VECTOR_BYTES * (counts.get("load block", 0) + counts.get("store block", 0))
    moved = blocks + VECTOR_BYTES * (counts["load table"] + counts["store table"])
    least = {
        "arithmetic": 16 * (counts["fused"] + counts["single"]) / rates["fma"],
        "L1": moved / rates["update"]["L1"],
    }
    if work["staged"]:
        # A stage reads and writes a state once; forward begins at nothing and ends at a reading, backward begins
        # at reading one and writing the other.
        states = (6 * work["stages"] + 2) * work["state"]
        least["L2"] = blocks / rates["update"]["L2"]
    home = hardware.level_of(work["bytes"], work["threads"])
    if home != "L1":
        least["states"] = states / item["loop"]
    return {
        "case": item["case"],
        "threads": work["threads"],
        "operations": 16 * (2 * counts["fused"] + counts["single"]),
        "moved": moved,
        "states": states,
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
    lines += [
        "",
        "Milliseconds that each limit allows at least, and what was measured. The limit that holds a case is the "
        "largest; the share is that over the measured time. The sum is what they take one after the other.",
        "",
        "| wires, batch | threads | million operations | MB moved | MB of states | states in | "
        + " | ".join(LIMITS)
        + " | sum | measured | GFLOP/s | held by | share |",
        "| --- " * (11 + len(LIMITS)) + "|",
    ]
    return "\n".join([*lines, *map(_row, report["cases"])]) + "\n"


def _row(row: dict[str, Any]) -> str:
    least = row["least"]
    holder = max(least, key=lambda limit: least[limit])
    cells = [
        f"{row['case'][1]}, {row['case'][2]}",
        str(row["threads"]),
        f"{row['operations'] / 1e6:.3g}",
        f"{row['moved'] / 1e6:.3g}",
        f"{row['states'] / 1e6:.3g}",
        row["home"],
        *(f"{least[limit]:.3g}" if limit in least else "" for limit in LIMITS),
        f"{sum(least.values()):.3g}",
        f"{row['ms']:.3g}",
        f"{row['operations'] / row['ms'] / 1e6:.0f}",
        holder,
        f"{least[holder] / row['ms']:.0%}",
    ]
    return "| " + " | ".join(cells) + " |"
