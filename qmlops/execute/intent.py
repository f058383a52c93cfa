"""What a request becomes before it is sent: an entry with a token, a price, and what answers it already."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from qmlops.core.account import Account
from qmlops.core.backend import Backend, Remote
from qmlops.core.budget import seconds_of
from qmlops.core.seed import draw
from qmlops.core.ticket import Cost
from qmlops.core.work import Work
from qmlops.errors import BackendError
from qmlops.execute.identity import content_of, draw_of, place_of, token_of
from qmlops.execute.journal import Journal
from qmlops.execute.ledger import ANSWERED, ENDED, Entry
from qmlops.execute.lowering import Lowering
from qmlops.execute.reuse import Answered, answered
from qmlops.lower.reading import circuits_of, shots_of

_CALIBRATION_SECONDS = 3600.0
"""How long the provider's word on its calibration holds."""


class Provider(Backend, Remote, Protocol):
    """A backend at a provider."""


@dataclass
class Intents:
    """Writes the intents of one account at one backend."""

    backend: Provider
    account: Account
    journal: Journal
    lowering: Lowering
    place: str
    ask: Callable[[Callable[[], Any]], Any]
    """Puts a question to the provider, again where it is not answered."""
    _asked_at: float = -_CALIBRATION_SECONDS
    _known: str = ""

    def begun(self, works: Sequence[Work], step: str) -> Entry:
        """The journal's entry of a request: the one that is there, or a new one that is reserved.

        Raises BudgetError, with nothing written.
        """
        origin = token_of(self.account.run, step, works)
        latest = self.journal.latest(origin)
        if latest is not None and not self._over(latest):
            return latest
        attempt = 0 if latest is None else latest.attempt + 1
        while self._taken(token_of(self.account.run, step, works, attempt), origin):
            attempt += 1
        entry, cost = self._draft(works, step, attempt)
        if entry.state == "replayed":
            self.journal.add(entry)
        else:
            self.journal.reserve(entry, cost, self.account.budget)
        return self.journal.now(entry.token)

    def _taken(self, token: str, origin: str) -> bool:
        """Whether a job has the token that came before the journal was lost: it is then its own origin."""
        entry = self.journal.entry(token)
        return entry is not None and entry.origin != origin

    def _over(self, entry: Entry) -> bool:
        return entry.state in ENDED or (entry.state in ANSWERED and not self.account.once)

    def _draft(self, works: Sequence[Work], step: str, attempt: int) -> tuple[Entry, Cost]:
        token = token_of(self.account.run, step, works, attempt)
        content, each, named = self._content(works) or token, works[0].shots, draw_of(works)
        least = self.backend.target().limits.least_shots
        alike, seeded = self.journal.alike(content), not self.backend.target().hardware
        found = answered(self.account.reuse, each, named, alike, least, seeded)
        sent = [self._drawn(work, found) for work in works]
        below = [self.lowering.lowered(work) for work in sent]
        cost = Cost(0.0, "USD", "answered by the journal", 0.0) if found.whole else self._price(below)
        now = time.time()
        entry = Entry(
            token=token,
            origin=token_of(self.account.run, step, works),
            attempt=attempt,
            scope=self.account.scope,
            run=self.account.run,
            step=step,
            provider=self.backend.provider,
            backend=self.backend.target().name,
            place=self.place,
            state="replayed" if found.whole else "intent",
            works=self.lowering.written(sent),
            circuits=0 if found.whole else sum(map(circuits_of, below)),
            shots=0 if found.whole else sum(map(shots_of, below)),
            amount=cost.amount,
            unit=cost.unit,
            basis=cost.basis,
            seconds=seconds_of(cost),
            content=content,
            draw=named,
            each=each,
            pooled=json.dumps(found.tokens),
            created=now,
            changed=now,
        )
        return entry, cost

    def _content(self, works: Sequence[Work]) -> str | None:
        """By what a request is found again; None where it cannot be: shots that differ, no calibration."""
        if len({work.shots for work in works}) > 1:
            return None
        calibration = self._calibration()
        lowered = [self.lowering.digest(work.program) for work in works]
        return None if calibration is None else content_of(place_of(self.backend), calibration, works, lowered)

    def _drawn(self, work: Work, found: Answered) -> Work:
        """The work with the shots that are missing; counts are kept, because what is pooled needs them."""
        if self.account.reuse != "top_up" or work.shots is None:
            return work
        work = replace(work, keep_counts=True)
        if found.missing is None:
            return work
        return replace(work, shots=found.missing, seed=draw(work.seed, "top_up", len(found.tokens)))

    def _price(self, works: Sequence[Work]) -> Cost:
        """By the catalogue, or where that has no price by asking the provider."""
        cost = self.backend.estimate(works)
        quote = getattr(self.backend, "quote", None)
        if cost.amount is not None or quote is None:
            return cost
        quoted: Cost = self.ask(partial(quote, works))
        return quoted

    def _calibration(self) -> str | None:
        """The device's last one; None where it does not tell, and empty for a simulator, which has none."""
        if not self.backend.target().hardware:
            return ""
        if time.monotonic() - self._asked_at > _CALIBRATION_SECONDS:
            self._asked_at = time.monotonic()
            try:
                found = self.backend.current().calibration
            except BackendError:
                found = None
            self._known = found.id if found is not None else ""
        return self._known or None
