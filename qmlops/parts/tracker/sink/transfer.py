"""From folders to MLflow runs: one run, or a sweep with a child for each of its runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from qmlops.core.event import FILE as EVENTS
from qmlops.parts.tracker.sink.feed import Feed, params, tags
from qmlops.parts.tracker.sink.run import MLflowRun
from qmlops.parts.tracker.sink.store import Store, key_of

SWEEP = "sweep.json"
_STATUS = {"finished": "FINISHED", "failed": "FAILED", "interrupted": "KILLED"}


class Busy(Exception):
    """Another process is sending this folder."""


class Transfer(Protocol):
    """What the process repeats until it is over. A failure leaves it fit to be repeated."""

    def pump(self, store: Store) -> None:
        """Send what is new. Raises Busy, or whatever MLflow raises."""
        ...

    def close(self, store: Store, unended: str | None) -> None:
        """Send the rest; `unended` is the status of a run without an end, None: KILLED if its process is dead."""
        ...

    def working(self) -> bool:
        """Whether a process other than the caller still runs something of it."""
        ...

    def run_id(self) -> str | None: ...


def transfer(folder: Path, caller: int) -> Transfer:
    """The right one for a folder; `caller` is the process that asked for it."""
    if (folder / SWEEP).is_file():
        return SweepTransfer(folder, caller)
    return RunTransfer(folder, caller, folder.name)


class RunTransfer:
    """One run folder. MLflow shows its run as running until everything else has been sent."""

    def __init__(self, folder: Path, caller: int, name: str, parent: str | None = None) -> None:
        self._folder, self._caller, self._name, self._parent = folder, caller, name, parent
        self.feed = Feed(folder)
        self._run: MLflowRun | None = None
        self._lock = _lock(folder)
        self.done = False

    def pump(self, store: Store) -> None:
        if self.done:
            return
        self.feed.read()
        if self.feed.started is None:
            return
        if self._run is None:
            self._run = self._open(store)
        self._run.send(self.feed.points)
        self.feed.points.clear()
        if self.feed.ended is not None:
            self._end(self._run, _STATUS.get(self.feed.ended.state, "FAILED"), self.feed.ended.state)

    def close(self, store: Store, unended: str | None) -> None:
        self.pump(store)
        if self._run is None or self.done:
            return
        if unended is not None:
            self._end(self._run, unended, "failed")
        elif not self._alive():
            self._end(self._run, "KILLED", "killed")

    def working(self) -> bool:
        return not self.done and self._alive()

    def run_id(self) -> str | None:
        return self._run.run_id if self._run is not None else None

    def _open(self, store: Store) -> MLflowRun:
        _take(self._lock)
        started = self.feed.started
        assert started is not None
        parent = self._parent or _sweep_above(self._folder, store)
        run = store.run(self._folder, self._name, self.feed.began, parent)
        if self.feed.ended is None:
            run.reopen()
        run.describe(params(started.config), tags(started))
        return run

    def _end(self, run: MLflowRun, status: str, state: str) -> None:
        """The model comes before the final metrics, so that it gets them too."""
        final = self.feed.final()
        model = run.model(self._folder / "model", final[0].step if final else 0)
        run.send(final, model)
        run.artifacts(self._folder)
        reason = {"qmlops.reason": self.feed.ended.reason[:5000]} if self.feed.ended and self.feed.ended.reason else {}
        run.describe({}, {"qmlops.state": state} | reason)
        run.end(status, self.feed.ended_at if self.feed.ended else None)
        self.done = True
        self._lock.release()

    def _alive(self) -> bool:
        pid = self.feed.started.pid if self.feed.started is not None else 0
        if pid <= 0 or pid == self._caller:
            return False
        with suppress(ProcessLookupError, OverflowError):
            try:
                os.kill(pid, 0)
            except PermissionError:
                return True
            return True
        return False


class SweepTransfer:
    """A sweep's folder: a parent run, and a child for each run folder that appears below it."""

    def __init__(self, folder: Path, caller: int) -> None:
        self._folder, self._caller = folder, caller
        self._children: dict[Path, RunTransfer] = {}
        self._run: MLflowRun | None = None
        self._lock = _lock(folder)

    def pump(self, store: Store) -> None:
        run = self._run = self._run or self._open(store)
        for path in _runs_below(self._folder):
            if path not in self._children:
                name = f"{self._folder.name}/{path.relative_to(self._folder)}"
                self._children[path] = RunTransfer(path, self._caller, name, run.run_id)
        self._each(lambda child: child.pump(store))

    def close(self, store: Store, unended: str | None) -> None:
        self.pump(store)
        self._each(lambda child: child.close(store, unended))
        assert self._run is not None
        ends = [child.feed.ended.state if child.feed.ended else "unfinished" for child in self._children.values()]
        counts = {f"qmlops.runs.{state}": str(ends.count(state)) for state in sorted(set(ends))}
        self._run.describe({}, {"qmlops.runs": str(len(ends))} | counts)
        self._run.artifacts(self._folder)
        if all(child.done for child in self._children.values()):
            good = set(ends) <= {"finished"}
            moment = max((child.feed.ended_at for child in self._children.values()), default=0)
            self._run.end("FINISHED" if good else "FAILED", moment or None)
        self._lock.release()

    def working(self) -> bool:
        return any(child.working() for child in self._children.values())

    def run_id(self) -> str | None:
        return self._run.run_id if self._run is not None else None

    def _open(self, store: Store) -> MLflowRun:
        _take(self._lock)
        path = self._folder / SWEEP
        described: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        run = store.run(self._folder, self._folder.name, int(path.stat().st_mtime * 1000), None)
        run.reopen()
        run.describe(
            params({"overrides": " ".join(described.get("overrides", []))}),
            {"qmlops.name": str(described.get("name", "")), "qmlops.kind": "sweep"},
        )
        return run

    def _each(self, act: Any) -> None:
        """One child that cannot be sent does not hold up the others."""
        failed: Exception | None = None
        for child in self._children.values():
            try:
                act(child)
            except Exception as error:
                failed = error
        if failed is not None:
            raise failed


def _runs_below(folder: Path) -> Iterator[Path]:
    for root, names, files in os.walk(folder):
        names.sort()
        if EVENTS in files:
            names.clear()
            yield Path(root)


def _sweep_above(folder: Path, store: Store) -> str | None:
    """The MLflow run of the sweep that a run was part of, where the sweep was sent."""
    sweep = next((above for above in folder.parents if (above / SWEEP).is_file()), None)
    key = key_of(sweep) if sweep is not None else None
    return store.find(key) if key is not None else None


def _lock(folder: Path) -> Any:
    """Held by the one process that sends a folder; the system takes it back from a dead one."""
    from filelock import FileLock

    return FileLock(folder / ".mlflow.lock")


def _take(lock: Any) -> None:
    from filelock import Timeout

    if lock.is_locked:
        return
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Busy from None
