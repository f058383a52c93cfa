"""Stop a sender right after each call it makes to MLflow, then send the rest; prints a line for each stop.

Run as a program, FOLDER-TEMPLATE STORE. What is in memory is thrown away at a stop, as a kill
would do; one import and one opened store serve all of them.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from qmlops.parts.tracker.sink.store import Store
from qmlops.parts.tracker.sink.transfer import transfer


class Killed(BaseException):
    """No handler of the sender may catch this."""


class Mortal:
    """A client that stops everything after so many calls."""

    def __init__(self, client: Any, left: int) -> None:
        self._client, self._left = client, left

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            answer = method(*args, **kwargs)
            self._left -= 1
            if self._left == 0:
                raise Killed
            return answer

        return call


def stopped(folder: Path, store: Store, left: int) -> bool:
    """Send a folder from nothing in memory; whether it was stopped after `left` calls."""
    client, store.client = store.client, Mortal(store.client, left)
    try:
        work = transfer(folder, 0)
        work.pump(store)
        work.close(store, None)
    except Killed:
        return True
    finally:
        store.client = client
    return False


def main() -> None:
    template, store = Path(sys.argv[1]), Store(sys.argv[2], "kills", Path.cwd())
    for left in range(1, 100):
        folder = template.with_name(f"{template.name}-{left}")
        shutil.copytree(template, folder)
        killed = stopped(folder, store, left)
        if killed:
            assert not stopped(folder, store, -1)
        print(left, int(killed), flush=True)
        if not killed:
            return


if __name__ == "__main__":
    main()
