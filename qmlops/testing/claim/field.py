"""Fields that many claims share."""

from __future__ import annotations

from typing import Any

from qmlops.core.option import option

AT = "weights before training, after it, or all zero"


def alpha() -> Any:
    return option(
        None, "most chance that it fails where it is right; null: a share of suite.alpha", least=1e-9, below=1
    )


def power() -> Any:
    return option(None, "least chance that the effect is noticed; null: suite.power", above=0.5, below=1)


def row() -> Any:
    return option(0, "the training row whose features are encoded", least=0)
