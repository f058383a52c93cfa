"""No data: the experiment minimises an energy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NoData:
    """An experiment without data, such as VQE or QAOA."""

    @property
    def batch(self) -> None:
        return None

    def load(self, seed: int) -> None:
        return None
