"""How a place is chosen for a run with `backend=auto`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from qmlops.core.offer import Offer

KINDS = {"choice": "qmlops.parts.router.choice:Choice"}


class Router(Protocol):
    """A wish, and the limits that no choice may break."""

    allow: tuple[str, ...]
    """Names of backends that may be chosen; empty: all."""

    def objection(self, offer: Offer) -> str:
        """Why an offer breaks a limit; empty where it does not."""
        ...

    def order(self, offers: Sequence[Offer]) -> list[Offer]:
        """Offers that break no limit, the best first."""
        ...

    def reason(self) -> str:
        """What the first one is best at, as the end of a sentence."""
        ...
