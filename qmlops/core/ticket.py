"""What a submission leaves in the hand: Ticket, Status, Cost. Plain text that survives the process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

State = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Cost:
    """Money or time; `amount` None means unknown and is never shown as 0."""

    amount: float | None
    unit: str
    """USD, another currency, the provider's own credits; or `seconds` or `minutes` on the machine."""
    basis: str
    """What the number rests on: a price list with its date, the provider's bill, a guess."""
    seconds: float | None = None
    """Time on the machine; None where it is not known."""


@dataclass(frozen=True)
class Ticket:
    """A receipt for one submission."""

    backend: str
    job: str
    """The provider's name for it."""
    token: str
    """Ours, by which it is found again."""
    details: Mapping[str, str] = field(default_factory=dict)
    """What the adapter needs to read the results in another process."""


@dataclass(frozen=True)
class Status:
    """Where a ticket stands, and why."""

    state: State
    reason: str = ""
    place: int | None = None
    """In the queue, 1 is next; None where the provider does not tell."""
