"""A run's alerts: held against every event after it was written, told of once, and acted on."""

from __future__ import annotations

import json
import math
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from qmlops.core.account import Account
from qmlops.core.alert import Alert, Finding, Watcher
from qmlops.core.budget import Budget, Spent, spent
from qmlops.core.event import AlertRaised, Event, JobMoved, Note, RunEnded, RunStarted, Stamped, StepDone, plain
from qmlops.core.secret import absent
from qmlops.core.sight import StateSeen
from qmlops.errors import Mistake
from qmlops.execute.ledger import FILE, sums
from qmlops.pipeline.errand import Errands, posted, started

_SETTLE_SECONDS = 30.0
"""At the end of a run, for what alerts have sent out."""
_ORDERS = ("checkpoint", "pause", "stop")
"""Actions that the run's control carries out, in this order."""


class AccountStanding:
    """What an account and the journal tell; the journal is read again only after `renew`."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._spent: Spent | None = None

    @property
    def budget(self) -> Budget:
        return self._account.budget

    def spent(self) -> Spent:
        """With `unknown` also where the journal cannot be read."""
        if self._spent is None:
            try:
                self._spent = spent(sums(self._account.folder / FILE, self._account.scope))
            except sqlite3.DatabaseError:
                self._spent = Spent(unknown=True)
        return self._spent

    def renew(self) -> None:
        self._spent = None


class Alarm:
    """Writes a run's events and watches them, and time, for its alerts.

    An alert is raised when it comes true, and again only after it was not true. Before `begin` events
    are only written.
    """

    def __init__(self, alerts: Mapping[str, Alert], folder: Path, write: Callable[[Event], Stamped]) -> None:
        self._alerts, self._folder, self._write = alerts, folder, write
        self._errands = Errands()
        self._watchers: dict[str, Watcher] = {}
        self._seeing: dict[type[Any], list[str]] = {}
        self._raised: dict[str, bool] = {}
        """What has been told of, and whether it was sure."""
        self._missed: dict[str, Finding] = {}
        """What was true in the past and not told of, as the run was killed in between."""
        self._step = self._computed = 0
        """The last step, and the last one before this start: those up to it are computed again."""

    def begin(self, account: Account, past: Sequence[Stamped]) -> None:
        """Watch from now on, after what the run has been through before; its next event is a RunStarted."""
        self._account, self._standing = account, AccountStanding(account)
        self._watchers = {name: alert.watch(self._standing) for name, alert in self._alerts.items()}
        self._seeing[RunStarted] = []
        for name, watcher in self._watchers.items():
            for kind in dict.fromkeys(watcher.kinds):
                self._seeing.setdefault(kind, []).append(name)
        for stamped in past:
            self._remember(stamped)
        self._standing.renew()
        account.control.meanwhile = self.look

    def emit(self, event: Event) -> None:
        """Write an event, and do what alerts make of it. Costs a look into a table where none cares for it."""
        if isinstance(event, RunEnded):
            self._settle()
        stamped = self._write(event)
        if isinstance(event, StepDone):
            self._step = event.step
        if type(event) in self._seeing:
            if isinstance(event, JobMoved):
                self._standing.renew()
            self._follow(stamped, self._raise)
            if isinstance(event, RunStarted):
                self._catch_up()

    def look(self) -> None:
        """Do what alerts make of the time, and tell what went wrong with what they sent out."""
        for trouble in self._errands.troubles():
            self._write(Note(trouble))
        moment = time.time()
        for name, watcher in self._watchers.items():
            self._weigh(name, watcher.at(moment), self._raise)

    def _remember(self, stamped: Stamped) -> None:
        """See an event of the past."""
        event = stamped.event
        if isinstance(event, StepDone):
            self._step = max(self._step, event.step)
        if isinstance(event, AlertRaised) and event.name in self._watchers:
            self._missed.pop(event.name, None)
            self._raised.setdefault(event.name, True)
        elif type(event) in self._seeing:
            self._follow(stamped, self._missed.__setitem__)

    def _catch_up(self) -> None:
        """Raise what has come true before the run was killed, and was not told of."""
        missed, self._missed = self._missed, {}
        for name, finding in missed.items():
            self._raise(name, finding)

    def _follow(self, stamped: Stamped, tell: Callable[[str, Finding], None]) -> None:
        event = stamped.event
        if isinstance(event, RunStarted):
            self._computed = self._step
        if isinstance(event, StepDone | StateSeen) and event.step <= self._computed:
            return
        if isinstance(event, JobMoved) and event.state == "sending":
            # The request is on its way: what would be raised now could not hold it back.
            return
        for name in self._seeing[type(event)]:
            self._weigh(name, self._watchers[name].see(stamped), tell)

    def _weigh(self, name: str, true: bool | None, tell: Callable[[str, Finding], None]) -> None:
        if true is None or (true and self._raised.get(name)):
            return
        if not true:
            self._raised.pop(name, None)
            self._missed.pop(name, None)
            return
        finding = self._watchers[name].found()
        if name not in self._raised or finding.sure:
            self._raised[name] = finding.sure
            tell(name, finding)

    def _raise(self, name: str, finding: Finding) -> None:
        alert = self._alerts[name]
        sent = [word for word in ("command", "post") if getattr(alert, word) is not None]
        actions = [*alert.do, *sent] if finding.sure else ["show"]
        value = finding.value if finding.value is not None and math.isfinite(finding.value) else None
        raised = AlertRaised(name, finding.text, self._step, actions, value)
        content = self._content(raised, self._write(raised).time)
        for order in _ORDERS:
            if order in actions:
                self._account.control.order(order, f"the alert {name}")
        if "command" in actions:
            call = partial(started, str(alert.command), json.dumps(content).encode(), _variables(content))
            self._errands.give(f"the command of the alert {name}", call)
        if "post" in actions:
            call = partial(posted, str(alert.post), alert.token, json.dumps(content).encode())
            self._errands.give(f"the post of the alert {name}", call)

    def _content(self, raised: AlertRaised, moment: float) -> dict[str, Any]:
        """What others are told: plain JSON; its keys are a promise."""
        run = {"schema": 1, "run": self._folder.name, "folder": str(self._folder.resolve()), "time": moment}
        return run | dict(plain(asdict(raised)))

    def _settle(self) -> None:
        # Who presses Ctrl-C here does not want to wait.
        with suppress(KeyboardInterrupt):
            self._errands.settle(_SETTLE_SECONDS)
        for trouble in self._errands.troubles():
            self._write(Note(trouble))


def _variables(content: Mapping[str, Any]) -> dict[str, str]:
    """The same as environment: lists are words with spaces between them, and what is not known is empty."""
    told = {key: " ".join(value) if isinstance(value, list) else value for key, value in content.items()}
    return {f"QMLOPS_ALERT_{key.upper()}": "" if value is None else str(value) for key, value in told.items()}


def unsendable(alerts: Mapping[str, Alert]) -> list[Mistake]:
    """A mistake for each secret that an alert will need and this machine lacks."""
    return [
        Mistake(f"alerts.{name}.{key}", f"{why}.", "set it, or leave it out")
        for name, alert in alerts.items()
        for key in ("post", "token")
        if (reference := getattr(alert, key)) and (why := absent(reference))
    ]
