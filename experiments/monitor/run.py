"""Measures the dashboard on 20 runs of 10,000 steps each, while a writer goes on adding to all of them.

`nox -s monitor` writes results.json and results.md beside this file. SECONDS, RUNS, STEPS and RATE (steps
a second and run) may be given in the environment.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from experiments.monitor.terminal import Terminal

HERE = Path(__file__).resolve().parent
RUNS, STEPS = int(os.environ.get("RUNS", "20")), int(os.environ.get("STEPS", "10000"))
RATE, SECONDS = float(os.environ.get("RATE", "20")), float(os.environ.get("SECONDS", "20"))
SIZES = ((80, 24), (120, 40), (200, 60))
NEWEST = f"vqc_{RUNS - 1:02}"
MONITOR = [sys.executable, "-m", "qmlops", "monitor"]
KEYS = ("+", "-", "\x1b[B", "\x1b[A", "l", "l", "m", "m", "m", "\t")
"""Zoom, another run, logarithmic, smoothing, another pane: each draws the curves or the screen again."""
LOAD = """
import json, time
from qmlops.monitoring.project import Project
began, project = time.perf_counter(), Project()
project.look_at_all()
steps = sum(track.step for track in project.tracks.values())
print(json.dumps({"seconds": time.perf_counter() - began, "processor": time.process_time(), "steps": steps}))
"""


@contextmanager
def writing(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(HERE / "writer.py"), str(folder), str(RUNS), str(STEPS), str(RATE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        try:
            assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
            yield writer
        finally:
            writer.kill()


def followed(folder: Path, columns: int, rows: int) -> dict[str, Any]:
    """One size: opened, left alone, used, and left alone once more with the curves of all runs in one picture."""
    screen = Terminal(MONITOR, columns, rows, folder)
    try:
        opened, processor = screen.until(NEWEST), screen.processor()
        settle(screen)
        alone = share(screen)
        answers = [screen.press(key) for key in KEYS * 2]
        for _ in range(RUNS):
            screen.press(" ")
            screen.press("\x1b[A")
        overlaid = share(screen)
        answers += [screen.press(key) for key in KEYS * 2]
        found = {
            "size": f"{columns}×{rows}",
            "opened": opened,
            "processor": processor,
            "alone": alone,
            "overlaid": overlaid,
        }
        return found | {"answer": statistics.median(answers), "slowest": max(answers), "memory": screen.memory()}
    finally:
        screen.close()


def settle(screen: Terminal) -> None:
    """Wait until the histories are read, which keeps a core busy; half a minute at most."""
    began = time.monotonic()
    while share(screen, 3.0) > 0.15 and time.monotonic() - began < 30:
        continue


def share(screen: Terminal, seconds: float = SECONDS) -> float:
    """Of one core."""
    before, began = screen.processor(), time.monotonic()
    time.sleep(seconds)
    return (screen.processor() - before) / (time.monotonic() - began)


def stalled(folder: Path, columns: int, rows: int) -> dict[str, float]:
    """How late the event loop comes to a turn, and how long its turns take, while it is used with all curves."""
    file = folder / "delays.json"
    screen = Terminal([sys.executable, str(HERE / "stalls.py"), str(file)], columns, rows, folder)
    try:
        screen.until(NEWEST)
        settle(screen)
        for _ in range(RUNS):
            screen.press(" ")
            screen.press("\x1b[A")
        os.kill(screen.pid, signal.SIGUSR1)
        for key in KEYS * 4:
            screen.press(key)
        os.kill(screen.pid, signal.SIGTERM)
        until = time.monotonic() + 30
        while not file.exists() and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(0.5)
        told = json.loads(file.read_text())
        file.unlink()
    finally:
        screen.close()
    delays, turns = sorted(told["delays"]), sorted(told["turns"])
    return {"wait": delays[int(0.99 * len(delays))], "longest_wait": delays[-1], "longest_turn": turns[-1]}


def dead(folder: Path, writer: subprocess.Popen[str]) -> float:
    """Seconds from a kill -9 of a run to the word on the screen."""
    screen = Terminal(MONITOR, 120, 40, folder)
    try:
        screen.until(NEWEST)
        settle(screen)
        place = len(screen.text)
        writer.kill()
        return screen.until("dead", after=place)
    finally:
        screen.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with writing(folder) as writer:
            sizes = [followed(folder, *size) | {"stalls": stalled(folder, *size)} for size in SIZES]
            done = subprocess.run([sys.executable, "-c", LOAD], cwd=folder, capture_output=True, text=True, check=True)
            load = json.loads(done.stdout)
            found = {"runs": RUNS, "steps": STEPS, "rate": RATE, "seconds": SECONDS, "sizes": sizes, "load": load}
            found |= {"dead": dead(folder, writer), "load_average": os.getloadavg()[1], "cores": os.cpu_count()}
    (HERE / "results.json").write_text(json.dumps(found, indent=1) + "\n")
    (HERE / "results.md").write_text(page(found))
    print(page(found))


def page(found: dict[str, Any]) -> str:
    head = [
        *("size", "opens in", "of processor time", "of one core, alone", "of one core, all runs overlaid", "resident"),
        *("a key is answered in", "at most", "longest turn, of processor time", "99 % of turns wait", "at most"),
    ]
    rows = [
        [
            *(
                row["size"],
                f"{row['opened']:.2f} s",
                f"{row['processor']:.2f} s",
                f"{row['alone']:.1%}",
                f"{row['overlaid']:.1%}",
            ),
            *(f"{row['memory']:.0f} MB", _ms(row["answer"]), _ms(row["slowest"])),
            *(_ms(row["stalls"][name]) for name in ("longest_turn", "wait", "longest_wait")),
        ]
        for row in found["sizes"]
    ]
    lines = "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])
    load = found["load"]
    return (
        f"# The dashboard on {found['runs']} runs\n\n{found['runs']} runs of {found['steps']:,} steps each, and "
        f"{found['rate']:g} more a second and run while it was measured, for {found['seconds']:g} s a figure;\n"
        f"{found['cores']} cores, on which {found['load_average']:.0f} processes wanted to run.\n\n{lines}\n\n"
        f"All of {load['steps']:,} steps are read in {load['processor']:.2f} s of processor time. "
        f"A killed run is shown as dead {found['dead']:.1f} s after the kill.\n"
    )


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


if __name__ == "__main__":
    main()
