"""The Run that a Python user holds: a run folder, read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from qmlops.core.event import RunEnded, RunStarted, history, of_kind, read
from qmlops.pipeline.folder import MODEL, REPORT, read_result
from qmlops.train.model import QuantumModel


@dataclass(frozen=True)
class Run:
    """A run folder and what is in it."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def result(self) -> dict[str, Any]:
        """The final table: metrics, intervals, baselines. Raises RunFolderError while unfinished."""
        return read_result(self.folder)

    @cached_property
    def model(self) -> QuantumModel:
        return QuantumModel.load(self.folder / MODEL)

    @property
    def metrics(self) -> Any:
        """A pandas DataFrame: one row a step, one column a metric."""
        import pandas as pd

        rows = [{"step": event.step, **event.metrics} for event in history(read(self.folder))]
        return pd.DataFrame(rows, columns=None if rows else ["step"]).set_index("step")

    @property
    def state(self) -> str:
        """finished, failed, interrupted, refused, or unfinished where the last event is none of these."""
        ended = list(of_kind(read(self.folder), RunStarted | RunEnded))  # type: ignore[arg-type]
        return ended[-1].state if ended and isinstance(ended[-1], RunEnded) else "unfinished"

    @property
    def report(self) -> Path:
        return self.folder / REPORT

    def _repr_html_(self) -> str:
        from qmlops.pipeline.summary import as_html

        return as_html(self)
