"""An alert that is true where a comparison holds, perhaps for some time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from operator import ge, gt, le, lt
from typing import Any

from qmlops.core.alert import Action, Finding, Standing, Watcher
from qmlops.core.event import RunStarted, Stamped
from qmlops.core.option import option, validate
from qmlops.monitoring.alert.action import command, do, mistakes, post, token
from qmlops.monitoring.alert.grammar import SECONDS, Rule, mistake, read
from qmlops.monitoring.alert.quantity import Quantity, Taken, quantity, unit

_COMPARED: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_WORDS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}


@dataclass(frozen=True)
class Condition:
    """A comparison of a metric, of money, of the machine's time, of the queue or of a calibration's age.

    Money and machine time are those of all runs that share the budget. Where the budget has no bound,
    `budget` is never reached. A price that is not known is told of, and shown, instead of a comparison.
    """

    when: str = option("", "such as 'gradient_snr < 1 for 20 steps' or 'spend > 0.8 * budget'")
    do: tuple[Action, ...] = do()
    command: str | None = command()
    post: str | None = post()
    token: str | None = token()

    def __post_init__(self) -> None:
        validate(self, mistake(self.when), *mistakes(self))

    @cached_property
    def rule(self) -> Rule:
        return read(self.when)

    def watch(self, standing: Standing) -> Watcher:
        return ConditionWatcher(self.rule, quantity(self.rule.quantity, standing), standing)


@dataclass
class ConditionWatcher:
    """Holds one rule against what a run tells."""

    rule: Rule
    quantity: Quantity
    standing: Standing
    value: float = math.nan
    """The last one that was told."""
    step: int = 0
    since: tuple[int, float] | None = None
    """Step and moment since when it has held without a break."""
    best: float | None = None

    def __post_init__(self) -> None:
        self.holds = self._test()

    @property
    def kinds(self) -> tuple[type[Any], ...]:
        return (*self.quantity.kinds, RunStarted) if self.rule.seconds else self.quantity.kinds

    def see(self, stamped: Stamped) -> bool | None:
        if self.rule.seconds and isinstance(stamped.event, RunStarted):
            # While there was no run nobody could see whether it held.
            self.since = None
        value = self.quantity.told(stamped) if type(stamped.event) in self.quantity.kinds else None
        if value is None:
            return None
        self.step = getattr(stamped.event, "step", 0)
        return self._weighed(value, stamped.time)

    def at(self, moment: float) -> bool | None:
        value = self.quantity.at(moment)
        if value is None and (self.since is None or not self.rule.seconds):
            return None
        return self._weighed(self.value if value is None else value, moment)

    def found(self) -> Finding:
        rule, name = self.rule, self.rule.quantity
        if not self.holds(self.value):
            why = f"some prices are not known; what is known is {self._shown(self.value)}"
            return Finding(f"whether {name} is {self._limit_text()} cannot be told: {why}", self.value, sure=False)
        verb = f"has been {{}} for {self._span()}" if rule.steps > 1 or rule.seconds else "is {}"
        if rule.relation == "is":
            return Finding(f"{name} {verb.format(rule.limit_text)}", self.value)
        if self.best is not None:
            what = f"{abs(self.value - self.best):.4g} {'below' if rule.relation == 'drops' else 'above'} its best"
            return Finding(f"{name} {verb.format(what)}, {self.best:.4g}; it is {self.value:.4g}", self.value)
        about = self.quantity.about()
        told = f"{name} {verb.format(self._limit_text())}; it is {self._shown(self.value)}"
        return Finding(f"{told} ({about})" if about else told, self.value)

    def _weighed(self, value: float, moment: float) -> bool | None:
        """None while it holds, but not yet for as long as it has to."""
        self.value = value
        if not self.holds(value):
            self.since = None
            return self._doubtful()
        if self.since is None:
            self.since = self.step, moment
        steps, began = self.since
        return (self.step - steps + 1 >= self.rule.steps and moment - began >= self.rule.seconds) or None

    def _doubtful(self) -> bool:
        """Whether the rule may hold and nobody can tell."""
        upward = self.rule.relation in (">", ">=") and isinstance(self.quantity, Taken) and self.quantity.doubtful
        return upward and not (self.rule.of_budget and self._allowed() is None)

    def _test(self) -> Callable[[float], bool]:
        """Whether a value fits the rule, as fast as can be: it is asked at every step."""
        rule = self.rule
        if rule.relation == "is":
            return math.isnan if math.isnan(rule.limit) else math.isinf
        if rule.relation in ("drops", "rises"):
            return self._strays
        compared, limit = _COMPARED[rule.relation], rule.limit
        if not rule.of_budget:
            return lambda value: compared(value, limit)
        return lambda value: (most := self._allowed()) is not None and compared(value, most * limit)

    def _strays(self, value: float) -> bool:
        if math.isnan(value):
            return False
        sign = 1 if self.rule.relation == "drops" else -1
        if self.best is None or sign * (value - self.best) > 0:
            self.best = value
        # Of 0.95 and 0.9 the difference is a bit less than 0.05.
        return sign * (self.best - value) >= self.rule.limit * (1 - 1e-9)

    def _allowed(self) -> float | None:
        budget = self.standing.budget
        if unit(self.rule.quantity) == "USD":
            return budget.usd
        return None if budget.minutes is None else 60 * budget.minutes

    def _limit_text(self) -> str:
        allowed = self._allowed() if self.rule.of_budget else None
        more = "" if allowed is None else f" ({self._shown(self.rule.limit * allowed)})"
        money = " USD" if unit(self.rule.quantity) == "USD" and not self.rule.of_budget else ""
        return f"{_WORDS[self.rule.relation]} {self.rule.limit_text}{money}{more}"

    def _span(self) -> str:
        return f"{self.rule.steps} steps" if self.rule.steps > 1 else duration(self.rule.seconds)

    def _shown(self, value: float) -> str:
        kind = unit(self.rule.quantity)
        return duration(value) if kind == "s" else f"{value:.2f} USD" if kind == "USD" else f"{value:.4g}"


def duration(seconds: float) -> str:
    """In the largest unit that it fills once: `2.1 h`."""
    name = next((name for name in ("d", "h", "m") if seconds >= SECONDS[name]), "s")
    number = seconds / SECONDS[name]
    return f"{f'{number:,.0f}' if number >= 100 else f'{number:.3g}'} {'min' if name == 'm' else name}"
