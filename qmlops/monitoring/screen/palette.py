"""What the command palette finds: every key's action by its name, and every run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.command import DiscoveryHit, Hit, Hits, Provider

from qmlops.monitoring.screen.keys import KEYS

if TYPE_CHECKING:
    from qmlops.monitoring.screen.deck import Deck


class Commands(Provider):
    """Offered while the dashboard is on the screen."""

    def _offers(self) -> Iterator[tuple[str, str, Callable[[], Any]]]:
        deck: Deck = self.screen  # type: ignore[assignment]
        for key in KEYS:
            if key.palette:
                yield key.told, f"{key.group.lower()}, key {key.label}", partial(deck.run_action, key.action)
        for name in deck.names():
            yield f"run {name}", "select it", partial(deck.follow, name)

    async def discover(self) -> Hits:
        for told, hint, call in self._offers():
            yield DiscoveryHit(told, call, help=hint)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for told, hint, call in self._offers():
            score = matcher.match(told)
            if score > 0:
                yield Hit(score, matcher.highlight(told), call, help=hint)
