"""Workers, one a peer and number of threads, and the race between them in one case."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from case import Case
from cases import Effort

from qmlops.simulate.memory import in_words, usable_bytes

HERE = Path(__file__).resolve().parent
LARGE_WIDTH = 16
"""From here on all threads are better for every engine, and one thread is not tried."""
ALWAYS_ALL = ("jax",)
"""XLA spreads over threads what is worth it, and compiles too long to be tried twice."""

Item = dict[str, Any]


@dataclass
class Worker:
    """A peer at some number of threads, in a process that waits for requests and begins again after a crash."""

    peer: str
    python: str
    threads: int
    process: subprocess.Popen[str] | None = None
    version: str = ""

    def start(self) -> None:
        environment = dict(os.environ, PYTHONPATH=str(HERE.parents[1]) if self.peer == "qmlops" else "")
        self.process = subprocess.Popen(
            [self.python, str(HERE / "worker.py"), f"{self.peer}_engine", str(self.threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        self.version = self._read()["version"]

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def ask(self, case: Case, seconds: float, gradient: bool = False) -> dict[str, Any]:
        """See worker.py. Raises RuntimeError where the process ends, as it does without memory."""
        assert self.process is not None and self.process.stdin is not None
        request = {"case": astuple(case), "seconds": seconds, "gradient": gradient}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self.process is not None and self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.peer} with {self.threads} threads ended")
        return dict(json.loads(line))


def workers(pythons: dict[str, str]) -> list[Worker]:
    """Each peer with one thread and with all, started."""
    cores = len(os.sched_getaffinity(0))
    found = [
        Worker(peer, python, threads)
        for peer, python in pythons.items()
        for threads in sorted({cores if peer in ALWAYS_ALL else 1, cores})
    ]
    for worker in found:
        worker.start()
    return found


def measure(team: list[Worker], case: Case, effort: Effort, earlier: list[Item]) -> Item:
    """Milliseconds of every peer in each round, at its better number of threads; gradients, bytes, who is left out."""
    able: dict[str, list[Worker]] = {}
    answers: dict[str, dict[str, Any]] = {}
    out: dict[str, str] = {}
    cores = max(worker.threads for worker in team)
    for worker in team:
        if worker.peer in out or (case.width >= LARGE_WIDTH and worker.threads < cores):
            continue
        if reason := too_much(worker.peer, case, effort, earlier):
            out[worker.peer] = reason
            continue
        try:
            answer = worker.ask(case, 0.0, gradient=True)
        except RuntimeError:
            out[worker.peer] = "its process ended"
            worker.start()
            continue
        if "refused" in answer:
            out[worker.peer] = answer["refused"]
            continue
        answers[worker.peer] = answer
        able.setdefault(worker.peer, []).append(worker)
    racing = [_better(able[peer], case, effort) for peer in able if peer not in out]
    rounds = _rounds(racing, case, effort)
    return {
        "case": astuple(case),
        "threads": {worker.peer: worker.threads for worker in racing},
        "rounds": rounds,
        "bytes": {peer: answers[peer]["bytes"] for peer in rounds},
        "difference": _differences({peer: answers[peer]["gradient"] for peer in rounds}),
        "left_out": out,
    }


def _better(choices: list[Worker], case: Case, effort: Effort) -> Worker:
    """The one with the number of threads that is better for the case."""
    if len(choices) == 1:
        return choices[0]
    return min(choices, key=lambda worker: statistics.median(worker.ask(case, effort.seconds / 2)["times"]))


def _rounds(racing: list[Worker], case: Case, effort: Effort) -> dict[str, list[float]]:
    """The median of each peer's steps in each round; the order turns from round to round."""
    found: dict[str, list[float]] = {worker.peer: [] for worker in racing}
    for turn in range(effort.rounds):
        shift = turn % max(len(racing), 1)
        for worker in racing[shift:] + racing[:shift]:
            times = found[worker.peer]
            if not times or times[-1] <= effort.once_ms:
                times.append(statistics.median(worker.ask(case, effort.seconds)["times"]))
    return found


def _differences(gradients: dict[str, list[float]]) -> dict[str, float]:
    """The largest difference of an entry of each peer's gradient to ours."""
    own = gradients.pop("qmlops", None)
    if own is None:
        return {}
    return {peer: max(abs(a - b) for a, b in zip(own, gradient, strict=True)) for peer, gradient in gradients.items()}


def too_much(peer: str, case: Case, effort: Effort, earlier: list[Item]) -> str | None:
    """Why a peer is left out: a step, or its memory, grown with the amplitudes from the nearest smaller case."""
    smaller = [
        (Case(*item["case"]), item)
        for item in earlier
        if peer in item["rounds"]
        and (item["case"][0], item["case"][3]) == (case.circuit, case.bits)
        and item["case"][1] <= case.width
        and item["case"][2] <= case.batch
    ]
    if not smaller:
        return None
    nearest, item = max(smaller, key=lambda pair: (pair[0].width, pair[0].batch))
    growth = (case.batch << case.width) / (nearest.batch << nearest.width)
    step, grown = growth * statistics.median(item["rounds"][peer]), growth * item["bytes"][peer]
    if step > effort.longest_ms:
        return f"about {step / 1000:.0f} s a step"
    return f"about {in_words(grown)}" if grown > usable_bytes() else None
