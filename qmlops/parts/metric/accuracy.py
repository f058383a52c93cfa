"""The accuracy on the validation part."""

from __future__ import annotations

from dataclasses import dataclass

from qmlops.core.option import option, validate


@dataclass(frozen=True)
class Accuracy:
    """Evaluates the validation part every few steps; each time costs a circuit a row."""

    every: int = option(5, "after how many steps, the first included", unit="steps", least=1)

    def __post_init__(self) -> None:
        validate(self)

    def due(self, step: int) -> bool:
        return (step - 1) % self.every == 0
