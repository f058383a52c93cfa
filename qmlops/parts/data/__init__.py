"""Where features and labels come from."""

from __future__ import annotations

from typing import Protocol

from qmlops.core.dataset import Split

KINDS = {
    "none": "qmlops.parts.data.none:NoData",
    "bundled": "qmlops.parts.data.bundled:Bundled",
    "synthetic": "qmlops.parts.data.synthetic:Synthetic",
    "csv": "qmlops.parts.data.csv:Csv",
}


class Data(Protocol):
    """A source of labelled rows, split and prepared."""

    @property
    def batch(self) -> int | None:
        """Rows a training step, or None for all of them."""
        ...

    def load(self, seed: int) -> Split | None:
        """The split that belongs to a seed; None where the experiment has no data.

        Equal seeds give equal splits. Raises ConfigError or DataError, keys relative to the part.
        """
        ...
