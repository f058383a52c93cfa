"""What is installed, where work can run, and what has run here. Imports no simulator and no tracker."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from qmlops.config.folder import folders
from qmlops.config.kind import GROUPS, load, table
from qmlops.config.plugin import extensions
from qmlops.core import extra
from qmlops.core.backend import Backend, Remote
from qmlops.core.event import FILE, RunEnded, RunStarted, of_kind
from qmlops.core.tail import Tail
from qmlops.errors import QmlopsError, RequestError
from qmlops.pipeline.folder import all_runs
from qmlops.pipeline.late import late_bills
from qmlops.pipeline.machine import Machine, machines
from qmlops.pipeline.requirement import Package, packages, version_of
from qmlops.simulate.memory import usable_bytes

_MOST_QUBITS = 60
_TAIL_BYTES = 65536


@dataclass(frozen=True)
class Place:
    """A backend as it stands with its defaults."""

    kind: str
    ready: bool
    hardware: bool | None
    qubits: int | None
    """The device's width, or for a simulator the widest circuit that fits; None: not known."""
    missing: tuple[str, ...]
    remedy: str
    """The command that makes it ready."""


@dataclass(frozen=True)
class Plugin:
    """An entry point of another package."""

    group: str
    name: str
    target: str
    package: str


@dataclass(frozen=True)
class Status:
    """One look at the machine and the folder in which it was taken."""

    python: str
    qmlops: str | None
    """None: not installed, but run from a checkout."""
    packages: tuple[Package, ...]
    backends: tuple[Place, ...]
    machines: tuple[Machine, ...]
    """At providers."""
    plugins: tuple[Plugin, ...]
    conf: tuple[str, ...]
    """Folders of YAML in the order of search."""
    runs: dict[str, int]
    """How many runs below ./runs are finished, failed, interrupted or unfinished."""
    usable_bytes: int


def status(offline: bool = False, seconds: float = 10.0) -> Status:
    """Look around, which costs tenths of a second, and ask providers whose keys are here, for at most `seconds`.

    Bills that were still to come are asked for too.
    """
    if not offline:
        late_bills()
    return Status(
        python=platform.python_version(),
        qmlops=version_of("qmlops"),
        packages=tuple(packages()),
        backends=tuple(place(kind) for kind in table("backend") if kind != "auto"),
        machines=tuple(machines(offline, seconds)),
        plugins=tuple(plugins()),
        conf=tuple(str(folder) for folder in folders()),
        runs=dict(Counter(state_of(folder) for folder in all_runs())),
        usable_bytes=usable_bytes(),
    )


def place(kind: str) -> Place:
    """Whether a kind of backend can run here, with its default configuration.

    A backend may name the modules that it imports late in `requires`, the extra of qmlops that brings
    them in `extra`, and say by `slow_target` that its target is not for a quick look; all are ClassVars.
    """
    try:
        cls = load("backend", kind)
    except RequestError as error:
        return Place(kind, False, None, None, (str(error),), "qmlops doctor")
    missing, remedy = extra.lacking(cls), extra.remedy(cls)
    if getattr(cls, "slow_target", False):
        return Place(kind, not missing, False, None, missing, remedy if missing else "")
    try:
        backend: Backend = cls()
        target = backend.target()
    except (QmlopsError, TypeError, ImportError) as error:
        return Place(
            kind, False, None, None, missing or (str(error),), remedy if missing else f"qmlops list backend {kind}"
        )
    if isinstance(backend, Remote) and not missing:
        asked = backend.missing()
        told = tuple(mistake.why.rstrip(".") for mistake in asked)
        return Place(kind, not asked, target.hardware, target.qubits, told, "; ".join(item.instead for item in asked))
    width = target.qubits if target.hardware else widest(backend)
    return Place(kind, not missing, target.hardware, width, missing, remedy if missing else "")


def widest(backend: Backend) -> int | None:
    """The most qubits for which a backend raises no objection of its own; None where it has one to all."""
    most = None
    for width in range(1, _MOST_QUBITS + 1):
        if backend.validate([_of_width(width)]):
            return most
        most = width
    return most


def _of_width(width: int) -> Any:
    """Work without gates; its circuit is an empty tuple, because Cirq takes seconds to import."""
    import numpy as np

    from qmlops.core.program import Program
    from qmlops.core.work import Work

    return Work(Program(cast(Any, ()), width, (), (), ()), np.zeros((1, 0)))


def plugins() -> list[Plugin]:
    """Kinds and YAML that other packages add."""
    return [
        Plugin(group, entry.name, entry.value, entry.dist.name if entry.dist else "")
        for group in (*GROUPS, "conf")
        for entry in extensions(f"qmlops.{group}")
    ]


def state_of(folder: Path) -> str:
    """The same word as `Run(folder).state`, from the end of the events alone.

    Nothing but a new start ever follows the end of a run, so that a long tail without either of
    them belongs to a run that has not ended.
    """
    size = os.stat(folder / FILE).st_size if (folder / FILE).exists() else 0
    events = Tail(folder, max(0, size - _TAIL_BYTES)).read()
    last: Sequence[Any] = list(of_kind(events, RunStarted | RunEnded))[-1:]  # type: ignore[arg-type]
    return last[0].state if last and isinstance(last[0], RunEnded) else "unfinished"
