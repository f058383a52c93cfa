"""A run folder: claimed by one process at a time, found by name, never written half."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qmlops.core.event import FILE as EVENTS
from qmlops.core.event import numbers, plain
from qmlops.errors import RunFolderError, nearest
from qmlops.train.checkpoint import replace_file

REQUEST = "request.json"
CONFIG = "config.yaml"
RESULT = "result.json"
REPORT = "report.html"
MODEL = "model"
RUNS = Path("runs")
SWEEP = "sweep.json"
FAILED = "failed.json"
"""Why a run of a sweep did not finish."""
_LOOK_SECONDS = 0.5
"""A process that looks whether a run is under way shares its lock for some microseconds."""


@contextmanager
def claimed(folder: Path, new: bool) -> Iterator[Path]:
    """The folder, locked for this process. Raises RunFolderError where it is in use or not fit.

    A new run wants a folder without one; where `folder` is taken, -2, -3 … are tried.
    """
    from filelock import FileLock, Timeout

    with explained(folder):
        for path in _names(folder) if new else (folder,):
            if new and not _vacant(path):
                continue
            lock = FileLock(path / ".lock")
            try:
                lock.acquire(timeout=0 if new else _LOOK_SECONDS, poll_interval=0.01)
            except Timeout:
                continue
            try:
                # Between the look and the lock another run may have begun here, and even ended.
                if new and not _vacant(path):
                    continue
                yield path
                return
            finally:
                lock.release()
    if new:
        told = f"{folder} and a thousand names after it are taken.\nName another with hydra.run.dir=FOLDER."
        raise RunFolderError(told)
    raise RunFolderError(f"{folder} is in use by another process.\nWait until that run has ended, or stop it.")


def in_use(folder: Path) -> bool:
    """Whether a process carries out the run at this moment; true where that cannot be found out.

    Takes the lock, shared with all others who look, for an instant, and makes no file.
    """
    import fcntl

    try:
        file = os.open(folder / ".lock", os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except OSError:
        return True
    finally:
        os.close(file)


def _names(folder: Path) -> Iterator[Path]:
    yield folder
    yield from (folder.with_name(f"{folder.name}-{number}") for number in range(2, 1000))


def _vacant(path: Path) -> bool:
    """Whether a folder, which is made where there is none, holds nothing but perhaps a lock."""
    try:
        path.mkdir(parents=True)
    except FileExistsError:
        return path.is_dir() and all(inner.name == ".lock" for inner in path.iterdir())
    return True


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn what the system refuses into a RunFolderError."""
    reasons = {
        errno.ENOSPC: "the disk is full",
        errno.EFBIG: "the file would be larger than is allowed",
        errno.EDQUOT: "the disk quota is used up",
        errno.EROFS: "the file system is read-only",
        errno.EACCES: "permission is denied",
        errno.EPERM: "permission is denied",
        errno.ENOTDIR: "a part of the path is a file",
        errno.ENAMETOOLONG: "the name is too long",
        errno.ENOENT: "it cannot be made there, or was removed",
    }
    if folder.name in ("", ".."):
        told = f"{str(folder)!r} names no folder of its own."
        raise RunFolderError(f"{told}\nWrite hydra.run.dir=FOLDER, or leave it out.")
    try:
        yield
    except OSError as error:
        if error.errno not in reasons or (error.errno == errno.ENOENT and not _concerns(error, folder)):
            raise
        raise RunFolderError(
            f"{folder} cannot be written: {reasons[error.errno]}.\n"
            "Free some space, or name another place with hydra.run.dir=FOLDER."
        ) from error


def _concerns(error: OSError, folder: Path) -> bool:
    """Whether an error names the folder, something in it, or a folder above it."""
    if not isinstance(error.filename, str):
        return False
    named = Path(error.filename)
    return named.is_relative_to(folder) or folder.is_relative_to(named)


def write_json(path: Path, content: Any) -> None:
    """Numbers that JSON lacks become the strings `nan`, `inf` and `-inf`, as in events."""
    text = json.dumps(plain(content), indent=1, ensure_ascii=False, allow_nan=False, default=str)
    replace_file(path, text.encode())


def read_json(path: Path) -> dict[str, Any]:
    """The content of a file of ours. Raises RunFolderError where it is missing or broken."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunFolderError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise RunFolderError(f"{path} is damaged.") from None
    return dict(content)


def read_result(folder: Path) -> dict[str, Any]:
    """A run's final table, with all of its numbers. Raises RunFolderError while it is unfinished."""
    result = read_json(folder / RESULT)
    scores = ("metrics", "intervals", "baselines")
    return {key: numbers(value) if key in scores else value for key, value in result.items()}


def is_run(folder: Path) -> bool:
    return os.path.isfile(folder / EVENTS) or os.path.isfile(folder / REQUEST)


def latest_of(fits: Callable[[Path], bool]) -> Path:
    """The newest run below ./runs that fits. Raises RunFolderError where none does."""
    found = next((run for run in reversed(all_runs()) if fits(run)), None)
    if found is None:
        raise RunFolderError(
            "There is no such run below ./runs.\nTrain the experiment first: qmlops run +experiment=NAME"
        )
    return found


def all_runs(below: Path = RUNS) -> list[Path]:
    """Every run folder, sweeps' included, oldest first."""
    found = [Path(root) for root, _, names in os.walk(below) if EVENTS in names or REQUEST in names]
    return sorted(found, key=lambda folder: (begun(folder), str(folder)))


def begun(folder: Path) -> int:
    """When a run was asked for: its request is written once; a damaged folder may lack it."""
    for name in (REQUEST, EVENTS):
        try:
            return (folder / name).stat().st_mtime_ns
        except OSError:
            continue
    return 0


def find_sweep(name: str) -> Path | None:
    """The sweep that a person names by its path, whole or below ./runs; None where it is none."""
    return next((path for path in (Path(name), RUNS / name) if (path / SWEEP).is_file()), None)


def find(name: str) -> Path:
    """The run that a person means: a path, a name below ./runs, its start, or `latest`.

    Raises RunFolderError where there is none, or more than one.
    """
    path = Path(name)
    if is_run(path):
        return path
    runs = all_runs()
    if name == "latest" and runs:
        return runs[-1]
    names = [str(run.relative_to(RUNS)) for run in runs]
    close = [run for run, known in zip(runs, names, strict=True) if known == name] or [
        run for run, known in zip(runs, names, strict=True) if name in known
    ]
    if len(close) == 1:
        return close[0]
    if close:
        raise RunFolderError(f"{name!r} fits {len(close)} runs: {', '.join(str(run) for run in close[:5])}.")
    hint = nearest(name, [*names, "latest"]) if runs else "there are no runs below ./runs"
    raise RunFolderError(f"There is no run {name!r}; {hint}{'' if hint.endswith('?') else '.'}")
