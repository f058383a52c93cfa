"""Twenty runs as their own processes would write them: a history at once, and then events for as long as it lives.

`python writer.py FOLDER RUNS STEPS RATE` says `ready` when the histories are there, and then adds RATE
steps a second to each run. It holds the runs' locks, so that a kill makes all of them dead.
"""

from __future__ import annotations

import math
import random
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from qmlops.core.event import FILE, Event, EventLog, RunStarted, StepDone, encode
from qmlops.core.sight import CircuitDrawn, DeviceSeen, StateSeen
from qmlops.pipeline.folder import REQUEST, claimed, write_json

QUBITS = 4
_SEEN_EVERY = 100
"""Steps between two looks at the state; a run of this speed takes one a second or fewer."""


class Story:
    """One run's events: losses that fall, with noise."""

    def __init__(self, seed: int, steps: int) -> None:
        self.random, self.seed, self.steps, self.step = random.Random(seed), seed, steps, 0

    def begin(self) -> list[Event]:
        gates = [(layer, "ry", [wire], None) for layer in range(6) for wire in range(QUBITS)]
        symbols = [f"theta_{number}" for number in range(len(gates))]
        config = {"name": "vqc", "seed": self.seed, "steps": self.steps, "budget": {"usd": 0}}
        return [
            RunStarted(f"{self.seed}", "vqc", self.steps, self.seed, None, config),
            CircuitDrawn(QUBITS, 6, gates, symbols, list(range(len(gates)))),
            DeviceSeen("qsim", "this machine", None, False, "this machine"),
        ]

    def go(self) -> list[Event]:
        self.step += 1
        noise = self.random.gauss
        values = {"loss": math.exp(-self.step / 3000) + 0.02 * noise(0, 1), "circuits": 216.0}
        values |= {"gradient_norm": abs(noise(1, 0.3)), "gradient_snr": abs(noise(3, 1))}
        if self.step % 5 == 1:
            values["validation_accuracy"] = min(1.0, 0.5 + self.step / 20000)
        seen = [self._state()] if self.step % _SEEN_EVERY == 0 else []
        return [StepDone(self.step, values), *seen]

    def _state(self) -> StateSeen:
        bloch = [[self.random.uniform(-0.5, 0.5) for _ in range(3)] for _ in range(QUBITS)]
        likely = {f"{number:04b}": 1 / 16 for number in range(16)}
        metrics = {"purity": 1.0, "meyer_wallach": 0.4} | {f"entropy_{cut}": 0.5 for cut in range(1, QUBITS)}
        return StateSeen(self.step, 0, bloch, likely, metrics, [self.random.uniform(-3, 3) for _ in range(24)])


def main(folder: Path, runs: int, steps: int, rate: float) -> None:
    stories = [Story(seed, 100 * steps) for seed in range(runs)]
    with ExitStack() as held:
        logs = []
        for story in stories:
            run = held.enter_context(claimed(folder / "runs" / f"vqc_{story.seed:02}", new=True))
            write_json(
                run / REQUEST, {"overrides": [f"seed={story.seed}"], "id": f"{story.seed}", "project": str(folder)}
            )
            _tell(run / FILE, story, steps)
            logs.append(EventLog(run))
        print("ready", flush=True)
        while True:
            began = time.monotonic()
            for story, log in zip(stories, logs, strict=True):
                for event in story.go():
                    log.write(event)
            time.sleep(max(0.0, 1 / rate - (time.monotonic() - began)))


def _tell(path: Path, story: Story, steps: int) -> None:
    """The history, a hundred steps a second, up to now."""
    start = time.time() - steps / 100
    with path.open("wb") as file:
        file.writelines(encode(event, start) for event in story.begin())
        for number in range(steps):
            file.writelines(encode(event, start + number / 100) for event in story.go())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
