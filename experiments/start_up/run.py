"""Measures what a person waits for: help, check, the first training step, and what events cost.

Whole processes, in turn with the bare imports that they are compared with; medians of pairs.
`nox -s start_up` writes results.json and results.md beside this file.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROUNDS = int(os.environ.get("ROUNDS", "9"))

BARE = "pass"
IMPORTS = "import hydra, cirq, sklearn.datasets, sklearn.model_selection, numba"
MAIN = "import sys; from qmlops.cli.main import main; sys.exit(main(sys.argv[1:]))"
FIRST_STEP = """
import os
from qmlops.config.compose import compose
from qmlops.config.build import build
from qmlops.pipeline.prepare import prepare
from qmlops.train.loop import begin, steps
composed = compose(["+experiment=vqc"])
task = prepare(build(composed.config, list(composed.mistakes)))
next(steps(task, begin(task)))
os._exit(0)
"""
STEP_COST = """
import json, os, statistics, tempfile, time
from pathlib import Path
from qmlops.config.compose import compose
from qmlops.config.build import build
from qmlops.cli.progress import Progress
from qmlops.core.event import EventLog, RunEnded, RunStarted, StepDone, encode, read
from qmlops.pipeline.alarm import Alarm
from qmlops.pipeline.prepare import prepare
from qmlops.pipeline.sight import Sight
from qmlops.train import loop
STEPS, ROUNDS = 20_000, 7
os.chdir(tempfile.mkdtemp())
composed = compose(["+experiment=vqc", f"steps={STEPS}"])
spec = build(composed.config, list(composed.mistakes))
task = prepare(spec)
told = loop.signal_of

def timed(steps, watch):
    began = time.perf_counter()
    for event, state in steps:
        watch(event)
    return (time.perf_counter() - began) / STEPS

def watched():
    folder = Path(tempfile.mkdtemp(dir=".")).absolute()
    log, progress = EventLog(folder), Progress()
    def write(event):
        stamped = log.write(event)
        progress(event)
        return stamped
    loop.signal_of = told
    alarm = Alarm(spec.alerts, folder, write)
    alarm.emit(RunStarted(folder.name, "vqc", STEPS, 1, config=spec.config, pid=os.getpid()))
    alarm.begin(task.account, [])
    follower, sight = spec.tracker.follow(folder), Sight(task, alarm.emit)
    cost = timed(sight.watched(loop.steps(task, loop.begin(task))), alarm.emit)
    alarm.emit(RunEnded("finished"))
    follower.finish()
    return cost, folder

def bare():
    loop.signal_of = lambda *found: None
    return timed(loop.steps(task, loop.begin(task)), lambda event: None)

def each(event, times=20_000):
    log = EventLog(Path(tempfile.mkdtemp(dir=".")))
    began = time.perf_counter()
    for _ in range(times):
        log.write(event)
    return (time.perf_counter() - began) / times

watched(), bare()
pairs = [(watched(), bare()) for _ in range(ROUNDS)]
added = [a[0] - b for a, b in pairs]
events = [stamped.event for stamped in read(pairs[-1][0][1])]
looks = [event for event in events if type(event).__name__ == "StateSeen"]
step = [event for event in events if isinstance(event, StepDone)][-2]
print(json.dumps({
    "watched": statistics.median(a[0] for a, _ in pairs), "bare": statistics.median(b for _, b in pairs),
    "added": statistics.median(added), "added_min": min(added), "added_max": max(added),
    "looks": len(looks), "look": statistics.median(look.seconds for look in looks),
    "emit_step": each(step), "emit_look": each(looks[-1], 5_000),
}))
"""


def seconds(*words: str) -> float:
    """Wall time of a Python process in an empty folder."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, cwd=folder, env=environment, capture_output=True)
        return time.perf_counter() - began


def paired(first: Callable[[], float], second: Callable[[], float]) -> dict[str, float]:
    """Both in turn, after one round that is not counted."""
    first(), second()
    pairs = [(first(), second()) for _ in range(ROUNDS)]
    ratios = [one / other for one, other in pairs]
    return {
        "seconds": statistics.median(one for one, _ in pairs),
        "against": statistics.median(other for _, other in pairs),
        "difference": statistics.median(one - other for one, other in pairs),
        "ratio": statistics.median(ratios),
        "ratio_min": min(ratios),
        "ratio_max": max(ratios),
    }


def main() -> None:
    check = ["check", "--no-build", "+experiment=vqc"]
    found = {
        "help against a bare interpreter": paired(lambda: seconds("-c", MAIN, "--help"), lambda: seconds("-c", BARE)),
        "check --no-build against a bare interpreter": paired(
            lambda: seconds("-c", MAIN, *check), lambda: seconds("-c", BARE)
        ),
        "first step of vqc against bare imports": paired(
            lambda: seconds("-c", FIRST_STEP), lambda: seconds("-c", IMPORTS)
        ),
    }
    cost = json.loads(subprocess.run([sys.executable, "-c", STEP_COST], check=True, capture_output=True).stdout)
    (HERE / "results.json").write_text(json.dumps(found | {"step": cost}, indent=1) + "\n")
    (HERE / "results.md").write_text(_table(found, cost))
    print(_table(found, cost))


def _table(found: dict[str, dict[str, float]], cost: dict[str, float]) -> str:
    rows = [
        f"| {name} | {row['seconds']:.3f} | {row['against']:.3f} | {row['difference']:.3f} "
        f"| {row['ratio']:.2f} ({row['ratio_min']:.2f} to {row['ratio_max']:.2f}) |"
        for name, row in found.items()
    ]
    head = "| what | seconds | against | difference | ratio (min to max) |\n| --- | --- | --- | --- | --- |\n"
    step = (
        f"\nA step of vqc takes {cost['bare'] * 1e6:.0f} µs; events, progress, MLflow, alerts, the gradient's "
        f"signal-to-noise and looks at the state add {cost['added'] * 1e6:.0f} µs ({cost['added_min'] * 1e6:.0f} to "
        f"{cost['added_max'] * 1e6:.0f}; median of paired runs of 20,000 steps).\n"
        f"To write the event of a step takes {cost['emit_step'] * 1e6:.1f} µs, that of a look "
        f"{cost['emit_look'] * 1e6:.0f} µs; a look itself takes {cost['look'] * 1e6:.0f} µs, "
        f"{cost['looks']:,} times in the last of the runs.\n"
    )
    return head + "\n".join(rows) + "\n" + step


if __name__ == "__main__":
    main()
