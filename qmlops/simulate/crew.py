"""A few threads that wait for compiled work, which runs without the interpreter's lock."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

_executors: dict[int, ThreadPoolExecutor] = {}
os.register_at_fork(after_in_child=_executors.clear)


def together(task: Callable[[int], None], workers: int) -> None:
    """Call the task with 0 … workers - 1, the first here, the others on threads; wait for all."""
    if workers == 1:
        task(0)
        return
    executor = _executors.get(workers)
    if executor is None:
        executor = _executors.setdefault(workers, ThreadPoolExecutor(workers - 1, "qmlops-simulate"))
    waiting = [executor.submit(task, worker) for worker in range(1, workers)]
    task(0)
    for future in waiting:
        future.result()
