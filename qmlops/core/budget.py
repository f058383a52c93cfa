"""What may be spent, what has been, and whether a request fits between the two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from qmlops.core.option import option, validate
from qmlops.core.ticket import Cost
from qmlops.errors import ConfigError, Mistake, shown

MONEY = "USD"
TIME = {"seconds": 1.0, "minutes": 60.0}
"""Units of a cost that are time on the machine, in seconds."""


@dataclass(frozen=True)
class Budget:
    """The most that a run, or all runs of a sweep together, may spend at providers; null: no bound.

    Work that is known to be free needs no money, whatever `usd` says.
    """

    usd: float | None = option(0.0, "money; null also allows prices that are unknown", unit="USD", least=0, most=10**9)
    shots: int | None = option(None, "shots of all circuits together", unit="shots", least=0)
    circuits: int | None = option(None, "circuits that are sent", unit="circuits", least=0)
    minutes: float | None = option(None, "time on the machine", unit="min", least=0)

    def __post_init__(self) -> None:
        validate(self)

    def replaced(self, values: Mapping[str, Any]) -> Budget:
        """With the bounds that are named; other names are passed over. Raises ConfigError for what is no bound."""
        named = {item.name for item in fields(Budget)}
        given = {name: value for name, value in values.items() if name in named}
        wrong = [
            Mistake(f"budget.{name}", f"{shown(value)} is no bound.", "write a number, or null")
            for name, value in given.items()
            if not (value is None or (isinstance(value, int | float) and not isinstance(value, bool)))
        ]
        if wrong:
            raise ConfigError(wrong)
        return replace(self, **given)


@dataclass(frozen=True)
class Spent:
    """What jobs have taken from a budget, or reserved of it."""

    usd: float = 0.0
    shots: int = 0
    circuits: int = 0
    seconds: float = 0.0
    unknown: bool = False
    """Whether some of it has a price that is not known, or not in USD: then `usd` is less than what was spent."""


def spent(rows: Iterable[tuple[str, float | None, int, int, float, float]]) -> Spent:
    """The sum of rows: unit, amount (None: not all of it is known), circuits, shots, seconds, and the amount known."""
    found = Spent()
    for unit, whole, circuits, shots, seconds, amount in rows:
        found = Spent(
            found.usd + (amount if unit == MONEY else 0.0),
            found.shots + shots,
            found.circuits + circuits,
            found.seconds + seconds,
            found.unknown or whole is None or (unit != MONEY and unit not in TIME and bool(amount)),
        )
    return found


def seconds_of(cost: Cost) -> float | None:
    """Time on the machine, where a cost tells of it."""
    if cost.seconds is not None or cost.amount is None:
        return cost.seconds
    return cost.amount * TIME[cost.unit] if cost.unit in TIME else None


def objections(budget: Budget, spent: Spent, cost: Cost, circuits: int, shots: int) -> list[tuple[str, str]]:
    """Why a request does not fit: a sentence each, and the overrides that would allow it. Empty: it fits."""
    found = list(_of_money(budget, spent, cost))
    counts = (("shots", budget.shots, spent.shots, shots), ("circuits", budget.circuits, spent.circuits, circuits))
    for name, most, before, wanted in counts:
        if most is not None and before + wanted > most:
            why = f"it draws {wanted} {name}, and of {most} allowed {before} are used"
            found.append((why, f"budget.{name}={before + wanted}"))
    return found + list(_of_time(budget, spent, cost))


def _of_money(budget: Budget, spent: Spent, cost: Cost) -> list[tuple[str, str]]:
    if budget.usd is None or cost.amount == 0.0 or cost.unit in TIME:
        return []
    if cost.amount is None:
        return [(f"what it costs is not known ({cost.basis})", "budget.usd=null")]
    if cost.unit != MONEY:
        why = f"it costs {cost.amount:g} {cost.unit} ({cost.basis}), and a budget names only USD and minutes"
        return [(why, "budget.usd=null")]
    if spent.unknown:
        return [("what earlier requests of this budget cost is not known in USD", "budget.usd=null")]
    if spent.usd + cost.amount <= budget.usd * (1 + 1e-9):
        return []
    why = f"it costs {cost.amount:.2f} USD ({cost.basis}), and of {budget.usd:g} USD {spent.usd:.2f} are spent"
    return [(why, f"budget.usd={_rounded_up(spent.usd + cost.amount)}")]


def _of_time(budget: Budget, spent: Spent, cost: Cost) -> list[tuple[str, str]]:
    seconds = seconds_of(cost)
    in_time = cost.unit in TIME
    if cost.amount == 0.0 and not seconds:
        return []
    if seconds is None and (budget.minutes is not None or (in_time and budget.usd is not None)):
        instead = "budget.usd=null budget.minutes=null" if in_time else "budget.minutes=null"
        return [(f"how long it takes on the machine is not known ({cost.basis})", instead)]
    if seconds is None or (budget.minutes is None and not (in_time and budget.usd is not None)):
        return []
    instead = f"budget.minutes={_rounded_up((spent.seconds + seconds) / 60)}"
    if budget.minutes is None:
        return [(f"it is paid by time, {seconds:.0f} s ({cost.basis}), and the budget names no minutes", instead)]
    if spent.seconds + seconds <= budget.minutes * 60 * (1 + 1e-9):
        return []
    why = f"it takes {seconds:.0f} s on the machine, and of {budget.minutes:g} min {spent.seconds / 60:.1f} are used"
    return [(why, instead)]


def _rounded_up(amount: float) -> str:
    """To the next hundredth, so that what is proposed is enough."""
    return f"{-(-amount * 100 // 1) / 100:.2f}".rstrip("0").rstrip(".")
