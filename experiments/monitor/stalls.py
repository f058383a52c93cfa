"""`qmlops monitor` with a clock in its event loop: how long it did not come to its turn.

`python stalls.py FILE` writes, after SIGTERM, the delays of a task that wants to run every 5 ms.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from pathlib import Path

from qmlops.monitoring.project import Project
from qmlops.monitoring.screen import app as screen

_PERIOD = 0.005


class Clocked(screen.Monitor):
    CSS_PATH = Path(screen.__file__).with_name(str(screen.Monitor.CSS_PATH))
    delays: list[float]

    def on_ready(self) -> None:
        self.delays = []
        self._clock = asyncio.create_task(self._tick())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)

    async def _tick(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(_PERIOD)
            self.delays.append(time.monotonic() - began - _PERIOD)


if __name__ == "__main__":
    app = Clocked(Project())
    app.run()
    Path(sys.argv[1]).write_text(json.dumps(app.delays))
