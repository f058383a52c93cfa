"""Everything that a report is made from, read once from the run folder."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qmlops.core.event import RunEnded, RunStarted, Stamped, StepDone, history, read
from qmlops.errors import RunFolderError
from qmlops.pipeline.folder import CONFIG, MODEL, REQUEST, read_json, read_result
from qmlops.train.model import QuantumModel


@dataclass(frozen=True, eq=False)
class Facts:
    """A finished run as its own files tell it."""

    result: dict[str, Any]
    steps: list[StepDone]
    started: RunStarted
    """The first start; a resumed run has more of them."""
    moment: float
    """When it was first started, in seconds since 1970."""
    state: str
    resumed: list[int]
    """The steps at which it was resumed."""
    config: str
    """The composed config, as YAML."""
    command: str
    """What one types to run it again."""
    model: QuantumModel

    @property
    def metrics(self) -> dict[str, float]:
        return dict(self.result["metrics"])

    @property
    def intervals(self) -> dict[str, tuple[float, float]]:
        return {name: (low, high) for name, (low, high) in self.result["intervals"].items()}


def gather(folder: Path) -> Facts:
    """Read a run folder. Raises RunFolderError where something that a finished run has is missing."""
    result = read_result(folder)
    overrides = [str(item) for item in read_json(folder / REQUEST).get("overrides", [])]
    events = read(folder)
    starts = [stamped for stamped in events if isinstance(stamped.event, RunStarted)]
    if not starts:
        raise RunFolderError(f"{folder} holds no events of a run, so it has no report.")
    first, resumed = starts[0], [item.event.resumed_at for item in starts if isinstance(item.event, RunStarted)]
    assert isinstance(first.event, RunStarted)
    return Facts(
        result=result,
        steps=history(events),
        started=first.event,
        moment=first.time,
        state=_state(events),
        resumed=[step for step in resumed if step is not None],
        config=(folder / CONFIG).read_text(encoding="utf-8"),
        command=" ".join(["qmlops run", *map(shlex.quote, overrides)]),
        model=QuantumModel.load(folder / MODEL),
    )


def _state(events: list[Stamped]) -> str:
    """The state of the last end after the last start. A result without one is a run about to say so."""
    state = "finished"
    for stamped in events:
        if isinstance(stamped.event, RunStarted):
            state = "finished"
        elif isinstance(stamped.event, RunEnded):
            state = stamped.event.state
    return state
