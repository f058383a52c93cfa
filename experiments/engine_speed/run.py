"""Measures this engine and its peers side by side and writes the table of ratios.

    python experiments/engine_speed/run.py --python jax=… --python lightning=… [--cases targets]

Each peer runs in an environment of its own, once with one thread and once with all, and its
better number counts. In every round all take their turn, in an order that changes from round to
round. The gradients of all are compared in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from case import Case
from table import markdown

HERE = Path(__file__).resolve().parent

TARGETS = [Case("ring", n, b) for n, b in ((4, 32), (4, 256), (8, 32), (12, 32), (16, 8), (20, 1), (22, 1))]
CIRCUITS = [Case(circuit, n, 32) for circuit in ("entangling", "uploading", "qaoa") for n in (4, 8, 12)]
LARGE = [Case(circuit, n, 1) for circuit in ("entangling", "uploading", "qaoa") for n in (16, 20)]
BATCHES = [Case("ring", n, b) for n in (4, 8, 12, 16) for b in (1, 32, 256) if n < 12 or b < 256]
DOUBLE = [Case("ring", n, b, 64) for n, b in ((4, 32), (8, 32), (12, 32), (16, 8), (20, 1), (22, 1))]
SETS = {"targets": TARGETS, "all": [*dict.fromkeys([*TARGETS, *CIRCUITS, *LARGE, *BATCHES, *DOUBLE])]}
SLOW_MS = 500.0
"""The threads of a peer that took longer than this for a step are chosen by that step."""
LARGE_WIDTH = 16
"""From here on all threads are better for every engine, and one thread is not tried."""
ALWAYS_ALL = ("jax",)
"""XLA spreads over threads what is worth it, and compiles too long to be tried twice."""


@dataclass
class Worker:
    """A peer at some number of threads, in a process that waits for requests."""

    peer: str
    threads: int
    process: subprocess.Popen[str]
    version: str = ""
    times: dict[Case, list[list[float]]] = field(default_factory=dict)

    @staticmethod
    def start(peer: str, python: str, threads: int) -> Worker:
        environment = dict(os.environ, PYTHONPATH=str(HERE.parents[1]) if peer == "qmlops" else "")
        command = [python, str(HERE / "worker.py"), f"{peer}_engine", str(threads)]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        worker = Worker(peer, threads, process)
        worker.version = worker.read()["version"]
        return worker

    def read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.peer} with {self.threads} threads ended")
        return dict(json.loads(line))

    def ask(self, case: Case, seconds: float, gradient: bool = False) -> dict[str, Any]:
        assert self.process.stdin is not None
        request = {"case": astuple(case), "seconds": seconds, "gradient": gradient}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self.read()


def measure(workers: list[Worker], case: Case, rounds: int, seconds: float) -> dict[str, Any]:
    """Times of every peer in one case, its better number of threads, and how far gradients differ."""
    gradients: dict[str, list[float]] = {}
    able = []
    cores = max(worker.threads for worker in workers)
    for worker in workers:
        if case.width >= LARGE_WIDTH and worker.threads < cores:
            continue
        try:
            answer = worker.ask(case, 0.0, gradient=True)
        except RuntimeError as problem:
            print(problem, file=sys.stderr)
            continue
        gradients[worker.peer] = answer["gradient"]
        worker.times[case] = []
        able.append((worker, statistics.median(answer["times"])))
    best: dict[str, tuple[Worker, float]] = {}
    for worker, first in able:
        found = first if first > SLOW_MS else statistics.median(worker.ask(case, seconds / 2)["times"])
        if worker.peer not in best or found < best[worker.peer][1]:
            best[worker.peer] = (worker, found)
    racing = [worker for worker, _ in best.values()]
    for turn in range(rounds):
        shift = turn % len(racing)
        for worker in racing[shift:] + racing[:shift]:
            worker.times[case].append(worker.ask(case, seconds)["times"])
    return {
        "case": astuple(case),
        "threads": {worker.peer: worker.threads for worker in racing},
        "rounds": {worker.peer: [statistics.median(times) for times in worker.times[case]] for worker in racing},
        "all": {worker.peer: sorted(t for times in worker.times[case] for t in times) for worker in racing},
        "difference": dict(_differences(gradients)),
    }


def _differences(gradients: dict[str, list[float]]) -> Iterator[tuple[str, float]]:
    own = gradients["qmlops"]
    for peer, gradient in gradients.items():
        if peer != "qmlops":
            yield peer, max(abs(a - b) for a, b in zip(own, gradient, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", default=[], help="PEER=PATH of its interpreter")
    parser.add_argument("--cases", choices=SETS, default="targets")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="for each peer in each round")
    parser.add_argument("--name", default="results", help="of the files that are written beside this one")
    options = parser.parse_args()
    pythons = {"qmlops": sys.executable, **dict(item.split("=", 1) for item in options.python)}
    cores = len(os.sched_getaffinity(0))
    workers = [
        Worker.start(peer, python, k)
        for peer, python in pythons.items()
        for k in sorted({cores if peer in ALWAYS_ALL else 1, cores})
    ]
    found: dict[str, Any] = {"cores": cores, "versions": {w.peer: w.version for w in workers}, "cases": []}
    for case in SETS[options.cases]:
        found["cases"].append(measure(workers, case, options.rounds, options.seconds))
        print(markdown({**found, "cases": found["cases"][-1:]}).splitlines()[-1], flush=True)
        for item in found["cases"]:
            item.pop("all", None)
        (HERE / f"{options.name}.json").write_text(json.dumps(found, indent=1) + "\n")
        (HERE / f"{options.name}.md").write_text(markdown(found))
    for worker in workers:
        worker.process.kill()


if __name__ == "__main__":
    main()
