"""Children of a process that has imported everything and opened nothing: doubles, and submitters to be killed."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.exactly_once.mix import LAG, POLLS, Weather
from experiments.exactly_once.place import Place

_BUG = 70


def fork(body: Callable[[], int], log: Path) -> int:
    """The id of a child that runs `body`, ends with its exit code, and writes what it says into a file."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = _BUG
    try:
        written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.dup2(written, 1)
        os.dup2(written, 2)
        gc.disable()
        code = body()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


@dataclass
class Standing:
    """A double in a process of its own, under the storm's weather until it is told to report."""

    place: Place
    url: str
    variables: dict[str, str]
    child: int
    _ask: int
    _answer: Any

    def report(self) -> dict[str, Any]:
        """What it has counted; it ends with that."""
        os.write(self._ask, b"!")
        told: dict[str, Any] = json.loads(self._answer.readline())
        os.waitpid(self.child, 0)
        return told


def stand(place: Place, seed: int, log: Path) -> Standing:
    """Start a double that answers when this returns."""
    ask_read, ask_write = os.pipe()
    answer_read, answer_write = os.pipe()

    def serve() -> int:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        double = place.double(seed)
        weather = Weather(place.submits, place.idempotent, seed)
        double.conduct.lag, double.conduct.polls, double.weather = LAG, POLLS, weather
        answer = os.fdopen(answer_write, "w")
        print(json.dumps([double.url, dict(place.variables(double))]), file=answer, flush=True)
        os.read(ask_read, 1)
        told = {
            "held": Counter(place.held(double)),
            "submissions": double.tally.submissions,
            "sent": Counter(name for name in map(place.name_in, weather.sent) if name is not None),
            "faults": weather.played,
        }
        print(json.dumps(told), file=answer, flush=True)
        return 0

    child = fork(serve, log)
    os.close(ask_read)
    os.close(answer_write)
    answer = os.fdopen(answer_read)
    url, variables = json.loads(answer.readline())
    return Standing(place, url, variables, child, ask_write, answer)
