"""The process that feeds MLflow: `python -m qmlops.parts.tracker.sink.process`.

The first line of its standard input is a Request; `end`, or the end of the input, says that
no more will come. Its standard output is one JSON line: what the person is told.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Literal

from qmlops.parts.tracker.sink.sender import END, Request
from qmlops.parts.tracker.sink.store import Store
from qmlops.parts.tracker.sink.transfer import Busy, transfer

_PERIOD = 1.0
"""Seconds between two batches."""
_SLOWEST = 15.0
_LAST_TRIES = 2
_BUSY_SECONDS = 10.0
_GENTLE = 5
"""How nice a sender is beside a run: a fraction of its share, and never starved by it."""
_DEFAULTS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "GIT_PYTHON_REFRESH": "quiet",
}
Word = Literal["end", "dead"]


class Caller:
    """The process at the other end of the standard input."""

    def __init__(self) -> None:
        self.pid = os.getppid()
        self._text = b""

    def request(self) -> Request:
        while b"\n" not in self._text and (block := os.read(0, 65536)):
            self._text += block
        line, _, self._text = self._text.partition(b"\n")
        return Request(**json.loads(line))

    def word(self, seconds: float) -> Word | None:
        """Wait for the last word: `end`, or `dead` where the caller is gone without it; None: neither yet."""
        until = time.monotonic() + seconds
        while True:
            if END in self._text:
                return "end"
            left = until - time.monotonic()
            ready, _, _ = select.select([0], [], [], max(left, 0))
            if ready:
                block = os.read(0, 65536)
                if not block:
                    return "dead"
                self._text += block
            elif os.getppid() != self.pid:
                return "dead"
            elif left <= 0:
                return None


def carry(request: Request, caller: Caller) -> tuple[bool, str]:
    """Send until the caller's last word, and then the rest; whether all was sent, and a line about it."""
    folder, here = Path(request.folder), Path.cwd()
    work = transfer(folder, caller.pid)
    store: Store | None = None
    word: Word | None = None
    failures = tries = 0
    deadline = float("inf")
    while True:
        try:
            store = store or Store(request.uri, request.experiment, here)
            work.pump(store)
            failures = 0
            if word is not None:
                work.close(store, "FAILED" if word == "end" and request.live else None)
                run = work.run_id()
                return True, store.where(run) if run is not None else f"MLflow: {folder.name} has no events to send"
        except Busy:
            if time.monotonic() > deadline:
                return False, "another process is sending it."
        except Exception as error:
            traceback.print_exc()
            failures += 1
            tries += word is not None
            if tries >= _LAST_TRIES:
                return False, _reason(error)
        if word is not None:
            time.sleep(_PERIOD)
            continue
        word = caller.word(min(_PERIOD * 2**failures, _SLOWEST))
        if word == "dead" and work.working():
            word = None
            time.sleep(_PERIOD)
        if word is not None:
            deadline = time.monotonic() + _BUSY_SECONDS


def main() -> None:
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    answer = os.dup(1)
    os.dup2(2, 1)
    caller = Caller()
    request = caller.request()
    if request.gentle:
        with suppress(OSError):
            os.nice(_GENTLE)
    sent, line = carry(request, caller)
    with suppress(BrokenPipeError):
        os.write(answer, json.dumps({"sent": sent, "line": line}).encode() + b"\n")
    sys.stderr.flush()
    os._exit(0)


def _reason(error: BaseException) -> str:
    """What the system said, where it refused something; MLflow wraps that in pages of text."""
    chain: list[BaseException] = [error]
    while (inner := chain[-1].__cause__ or chain[-1].__context__) is not None and inner not in chain:
        chain.append(inner)
    told = next((link for link in reversed(chain) if isinstance(link, OSError)), error)
    text = str(told).strip().splitlines()
    return f"{type(told).__name__}: {text[0][:200]}" if text else type(told).__name__


if __name__ == "__main__":
    main()
