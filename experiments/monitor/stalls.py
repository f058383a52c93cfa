"""`qmlops monitor` with clocks in its event loop: how long its turns take, and how late one comes.

`python stalls.py FILE` writes, after SIGTERM, the delays of a task that wants to run every 5 ms, and the
processor time of every turn of the loop since SIGUSR1.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from qmlops.monitoring.project import Project
from qmlops.monitoring.screen import app as screen

_PERIOD = 0.005


_turns: list[float] = []


def _clocked(handle: asyncio.Handle, run: Callable[[asyncio.Handle], None] = asyncio.Handle._run) -> None:
    began = time.thread_time()
    run(handle)
    _turns.append(time.thread_time() - began)


class Clocked(screen.Monitor):
    CSS_PATH = Path(screen.__file__).with_name(str(screen.Monitor.CSS_PATH))
    delays: list[float]

    def on_ready(self) -> None:
        self.delays = []
        self._clock = asyncio.create_task(self._tick())
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.exit)
        loop.add_signal_handler(signal.SIGUSR1, self._begin)

    def _begin(self) -> None:
        self.delays.clear()
        _turns.clear()

    async def _tick(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(_PERIOD)
            self.delays.append(time.monotonic() - began - _PERIOD)


if __name__ == "__main__":
    asyncio.Handle._run = _clocked  # type: ignore[method-assign]
    app = Clocked(Project())
    app.run()
    Path(sys.argv[1]).write_text(json.dumps({"delays": app.delays, "turns": _turns}))
