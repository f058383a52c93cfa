"""What is watched on the validation part while training goes on."""

from __future__ import annotations

from typing import Protocol

KINDS = {
    "none": "qmlops.parts.metric.none:NoMetric",
    "accuracy": "qmlops.parts.metric.accuracy:Accuracy",
}


class Metric(Protocol):
    """When to look at the validation part."""

    def due(self, step: int) -> bool:
        """Whether the validation accuracy is wanted after this step."""
        ...
