"""A project of recorded event lines, the same at every time and place, in every state that a run can have."""

from __future__ import annotations

import fcntl
import json
import math
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any

from qmlops.core.event import AlertRaised, Event, JobMoved, Note, Obeyed, RunEnded, RunStarted, StepDone, encode
from qmlops.core.sight import CircuitDrawn, DeviceSeen, StateSeen
from qmlops.execute.ledger import COLUMNS, TABLES, Entry
from qmlops.execute.ledger import FILE as JOURNAL

NOW = 1_800_000_000.0
"""15 January 2027, 08:00 UTC."""
STEPS = 400
CONFIG = {
    "name": "vqc",
    "seed": 0,
    "steps": STEPS,
    "circuit": {"kind": "blocks", "layers": 2, "blocks": [{"gate": "ry", "on": "all", "angle": "theta"}]},
    "optimizer": {"kind": "adam", "rate": 0.05},
    "budget": {"usd": 5.0, "shots": None, "circuits": None, "minutes": None},
}
RUNNING, PAUSED, FINISHED, FAILED = "2027-01-15_vqc", "2027-01-15_ionq", "2027-01-14_vqe", "2027-01-13_wide"
DEAD, WAITING, SWEEP = "2027-01-12_killed", "2027-01-15_waiting", "2027-01-11_depths"
TOKENS = ("4f1c09aa", "5b20d1e7", "77e0c3f2")


def metrics(step: int, slow: float = 1.0) -> dict[str, float]:
    """Of one step: curves that fall and rise, with ripples and without chance."""
    share = step / STEPS
    found = {"loss": 0.9 * math.exp(-4 * share / slow) + 0.1 + 0.02 * math.sin(step), "circuits": 32.0}
    found["gradient_norm"] = 0.8 * math.exp(-3 * share / slow) * (1.2 + math.cos(2.3 * step))
    found["gradient_snr"] = 6 * math.exp(-2 * share) + 0.4 * math.cos(1.7 * step)
    if step % 5 == 0:
        found["validation_accuracy"] = 0.4 + 0.55 * (1 - math.exp(-5 * share / slow))
    return found


@contextmanager
def project(root: Path) -> Iterator[Path]:
    """Write everything below a folder, and hold the locks of the runs that are alive meanwhile."""
    write(root)
    with ExitStack() as stack:
        for name in (RUNNING, PAUSED, WAITING):
            stack.enter_context(held(root / "runs" / name))
        yield root


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """What a run does with its lock while it goes on."""
    file = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def write(root: Path) -> None:
    """The folders of six runs and a sweep, and the journal."""
    steps = [StepDone(step, metrics(step)) for step in range(1, 151)]
    run(root, RUNNING, 3600, [*sights(), *steps, seen(150), Obeyed("checkpoint", "saved step 80")])
    jobs = [job for number, token in enumerate(TOKENS) for job in moves(token, number)]
    alert = AlertRaised("flat", "gradient_snr was below 1 for 20 steps; it is 0.41", 40, ("show", "pause"), 0.41)
    early = [StepDone(step, metrics(step, 2.0)) for step in range(1, 41)]
    run(root, PAUSED, 2 * 3600, [sights()[0], DEVICE, *early, *jobs, alert, Obeyed("pause", "paused")])
    every = [StepDone(step, metrics(step, 0.5)) for step in range(1, STEPS + 1)]
    run(root, FINISHED, 26 * 3600, [*every, RunEnded("finished", {"energy": -1.1373, "steps": 400.0})])
    lost = [StepDone(step, metrics(step)) for step in range(1, 91)]
    run(root, FAILED, 50 * 3600, [*lost, RunEnded("failed", {}, "The loss is nan at step 91.")])
    run(root, DEAD, 75 * 3600, lost[:60])
    swept(root)
    request(root / "runs" / WAITING, WAITING, root)
    os.utime(root / "runs" / WAITING / "request.json", (NOW - 9000, NOW - 9000))
    journal(root)


def run(root: Path, name: str, ago: float, events: Sequence[Event], folder: Path | None = None) -> None:
    """One run folder: the start, these events a tenth of a second apart, and the request."""
    folder = folder or root / "runs" / name
    request(folder, name, root)
    start = RunStarted(folder.name, "vqc", STEPS, 0, None, CONFIG, {"qmlops": "0.1.0"}, 4711)
    begun = [start, Note("compiling the engine for this machine, once"), *events]
    lines = [encode(event, NOW - ago + number / 10) for number, event in enumerate(begun)]
    (folder / "events.jsonl").write_bytes(b"".join(lines))
    os.utime(folder / "request.json", (NOW - ago, NOW - ago))


def request(folder: Path, name: str, root: Path, **more: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = {"schema": 1, "overrides": ["+experiment=vqc"], "project": str(root), "id": name, "scope": name} | more
    (folder / "request.json").write_text(json.dumps(told))
    os.utime(folder / "request.json", (NOW, NOW))


def swept(root: Path) -> None:
    """Four runs of a sweep over the depth; the last one failed."""
    folder = root / "runs" / SWEEP
    for number, layers in enumerate((1, 2, 3, 4)):
        last = RunEnded("finished", {"test_accuracy": 0.8 + 0.04 * layers, "loss": 0.3})
        if layers == 4:
            last = RunEnded("failed", {}, "The loss is inf at step 9.")
        taken = [StepDone(step, metrics(step, 1 + layers / 4)) for step in range(1, 101)]
        run(root, f"{SWEEP}/{number}", 100 * 3600 - number, [*taken, last], folder / str(number))
        words = ["+experiment=vqc", f"circuit.layers={layers}"]
        request(folder / str(number), f"{SWEEP}/{number}", root, overrides=words, scope=SWEEP)
        os.utime(folder / str(number) / "request.json", (NOW - 360_000 + number, NOW - 360_000 + number))
    asked = {"schema": 1, "name": "vqc", "overrides": ["+experiment=vqc", "circuit.layers=1,2,3,4"], "id": SWEEP}
    (folder / "sweep.json").write_text(json.dumps(asked | {"project": str(root), "quiet": True}))


def sights() -> tuple[CircuitDrawn, DeviceSeen]:
    gates = [(0, "ry", (wire,), None) for wire in range(4)]
    gates += [(1, "cz", (0, 1), None), (1, "cz", (2, 3), None), (2, "cz", (1, 2), None)]
    gates += [(3, "rz", (wire,), None) for wire in range(4)]
    turning = (0, 1, 2, 3, 7, 8, 9, 10)
    symbols = [f"theta_{number}" for number in range(len(turning))]
    return CircuitDrawn(4, 4, gates, symbols, turning), DeviceSeen("simulator", "exact", 4, False, "this machine")


DEVICE = DeviceSeen(
    *("ionq", "qpu.forte-1", 36, True, "IonQ, 2027-01-14"),
    *(NOW - 30 * 3600, 100.0, 1.0, 2e-4, 4e-3, 5e-3, 3, 900.0),
)


def seen(step: int) -> StateSeen:
    bloch = [[math.sin(wire + 1), 0.0, math.cos(wire + 1)] for wire in range(4)]
    outcomes = {"0000": 0.5, "0110": 0.25, "1001": 0.125, "1111": 0.0625}
    told = {"purity": 1.0, "meyer_wallach": 0.42, "entropy_1": 0.3, "entropy_2": 0.7, "entropy_3": 0.2}
    return StateSeen(step, 0, bloch, outcomes, told, [0.3 * number for number in range(8)])


def moves(token: str, number: int) -> list[JobMoved]:
    """A job that is done, one that runs, and one that waits as the second in the queue."""
    last = ("done", "running", "queued")[number]
    names = ("queued",) if last == "queued" else ("queued", last)
    place = 2 if last == "queued" else None
    return [JobMoved(f"ionq-{token}", token, "ionq", state, 8, 8000, place=place, cost=0.97) for state in names]


def journal(root: Path) -> None:
    connection = sqlite3.connect(root / JOURNAL)
    connection.executescript(TABLES)
    for number, token in enumerate(TOKENS):
        entry = Entry(
            *(token, token, 0, PAUSED, PAUSED, f"step-{10 * (number + 1)}-0", "ionq", "qpu.forte-1", ""),
            *(("done", "running", "queued")[number], "[]", 8, 8000, 0.97, "USD", "list price", None),
            *("", token, 1000, "[]", NOW - 7000, NOW - 6000, f"ionq-{token}"),
            billed=int(number == 0),
        )
        marks = ", ".join("?" * len(COLUMNS))
        connection.execute(f"INSERT INTO job ({', '.join(COLUMNS)}) VALUES ({marks})", astuple(entry))
    connection.commit()
    connection.close()
