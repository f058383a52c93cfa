"""Can runs be written here, is their store whole, and does one of them wait to be resumed?"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from qmlops.config.kind import load
from qmlops.core.event import RunStarted, of_kind, read
from qmlops.pipeline.doctor.check import Check
from qmlops.pipeline.folder import RUNS, all_runs
from qmlops.pipeline.status import state_of

LEAST_FREE = 2**30
_SQLITE = "sqlite:///"


def disk() -> Iterator[Check]:
    """Whether ./runs, or the folder in which it will be made, can be written, and has room."""
    folder = RUNS if RUNS.exists() else Path()
    shown = folder.resolve()
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        mend = f"chmod u+rwx '{shown}'" if isinstance(error, PermissionError) else "free some space, or work elsewhere"
        yield Check("disk", "fail", f"{shown} cannot be written: {error.strerror}", mend)
        return
    free = shutil.disk_usage(folder).free
    found = f"{free / 2**30:.1f} GiB free in {shown}"
    enough = free >= LEAST_FREE
    yield Check("disk", "ok" if enough else "warn", found, "" if enough else "delete old runs below ./runs")


def store() -> Iterator[Check]:
    """MLflow's default store, read with SQLite alone."""
    uri = str(load("tracker", "mlflow")().uri)
    path = Path(uri.removeprefix(_SQLITE))
    if not uri.startswith(_SQLITE):
        yield Check("store", "ok", f"{uri} is a server, and was not asked")
    elif not path.exists():
        yield Check("store", "ok", f"no {path} yet; the first tracked run makes it")
    else:
        yield _whole(path)


def _whole(path: Path) -> Check:
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=2)) as database:
            answer = str(database.execute("PRAGMA integrity_check(1)").fetchone()[0])
            count = database.execute("SELECT count(*) FROM runs").fetchone()[0] if answer == "ok" else 0
    except sqlite3.Error as error:
        answer, count = str(error), 0
    if answer == "ok":
        return Check("store", "ok", f"{path} is whole and holds {count} runs")
    return Check("store", "fail", f"{path}: {answer}", f"mv {path} {path}.broken; then qmlops sync RUN for each run")


def stranded() -> Iterator[Check]:
    """Runs that have not ended, and whose process has."""
    runs = all_runs()
    waiting = [folder for folder in runs if state_of(folder) == "unfinished" and not _alive(folder)]
    if not waiting:
        yield Check("runs", "ok", f"none of {len(runs)} was left behind by a process that died")
    for folder in waiting:
        found = f"{folder} has not ended, and its process has"
        yield Check("runs", "warn", found, f"qmlops resume '{folder}'")


def _alive(folder: Path) -> bool:
    """Whether the process that last wrote into a run still exists on this machine."""
    pids = [event.pid for event in of_kind(read(folder), RunStarted)]
    if not pids or pids[-1] <= 0:
        return False
    try:
        os.kill(pids[-1], 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
