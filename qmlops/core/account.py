"""In whose name work is done at a provider: the run, what it may spend, and who hears of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from qmlops.core.budget import Budget
from qmlops.core.control import Control
from qmlops.core.event import Event

Reuse = Literal["fresh", "replay", "top_up"]
"""How sampled work that was done before is answered: drawn anew; by the same draw; by it and what is missing."""


def unheard(event: Event) -> None:
    """Tells nobody."""


@dataclass(eq=False)
class Account:
    """One run's, or a loaded model's. `budget` may be replaced while the run is under way."""

    run: str
    """The id that all of its tokens are made of; a resumed run keeps it."""
    scope: str
    """Which runs share the budget: a sweep's id, or `run` again."""
    budget: Budget = field(default_factory=Budget)
    reuse: Reuse = "fresh"
    emit: Callable[[Event], None] = unheard
    control: Control = field(default_factory=lambda: Control(None, unheard))
    once: bool = True
    """Whether equal requests are one: true for a run, whose requests have names of their own. A
    loaded model only goes on with what is in flight, and draws anew what is done."""
    folder: Path = field(default_factory=Path.cwd)
    """The project's, in which the journal is."""

    def __post_init__(self) -> None:
        self.control.handlers["budget"] = self.allow

    def allow(self, values: Mapping[str, Any]) -> str:
        """Replace the bounds that are named, from now on. Raises ConfigError for what is no bound."""
        self.budget = self.budget.replaced(values)
        bounds = " ".join(f"{name}={json.dumps(bound)}" for name, bound in asdict(self.budget).items())
        return f"the budget is {bounds}"
