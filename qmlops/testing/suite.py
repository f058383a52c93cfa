"""The budget of a session, and the runner that spends it.

One session is one family. Alpha is divided over the claims before anything is drawn, by what each of
them asks for and else evenly (Bonferroni with weights, Dunn 1961): that holds for every dependence
between claims, and for claims that stop when they like. Holm's procedure would hand on the alpha of
claims that failed, but to tests that have stopped already. Exact claims spend none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from qmlops.core.backend import Remote
from qmlops.core.seed import draw
from qmlops.core.work import Work
from qmlops.errors import ConfigError, Mistake
from qmlops.testing.claim import Claim, DrawsHere, asks_model
from qmlops.testing.error_budget import PART
from qmlops.testing.level import Level
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Verdict

Category = Literal["unit", "integration", "quantum", "hardware"]
CATEGORIES: tuple[Category, ...] = ("unit", "integration", "quantum", "hardware")


@dataclass(frozen=True, eq=False)
class Planned:
    """One claim with its share of the budget, and the most that it would send."""

    name: str
    kind: str
    claim: Claim
    category: Category
    level: Level
    """`alpha` is 0 where the claim decides exactly."""
    requests: list[list[Work]]
    """In their order: a sequential test ends before one of them, or after the last."""

    @property
    def works(self) -> list[Work]:
        return [work for request in self.requests for work in request]


@dataclass(frozen=True)
class Checked:
    """One claim with its verdict."""

    name: str
    kind: str
    category: Category
    alpha: float
    """What it was allowed; 0 where it was exact."""
    power: float
    verdict: Verdict
    seconds: float


def plan(subject: Subject, claims: Mapping[str, Claim], trained: bool = False) -> list[Planned]:
    """The claims in their order with their shares. Trains nothing and runs nothing.

    `trained` says that there is a model already. Raises ConfigError with every mistake of every claim,
    and where the shares are more than the budget.
    """
    planned = subject if trained else subject.untrained()
    wrong = [
        replace(mistake, path=f"tests.{name}.{mistake.path}")
        for name, claim in claims.items()
        for mistake in claim.mistakes(planned)
    ]
    if wrong:
        raise ConfigError(wrong)
    suite, backend = subject.spec.suite, subject.spec.backend
    looks = suite.looks if isinstance(backend, Remote) else None
    # Whether a claim draws does not depend on its share, so any share can be asked with.
    draws = {name: _draws(claim, planned, Level(suite.alpha, suite.power, 1, 1)) for name, claim in claims.items()}
    shares = shared(suite.alpha, {name: claim.alpha for name, claim in claims.items() if draws[name]})
    found = []
    for name, claim in claims.items():
        level = Level(shares.get(name, 0.0), claim.power or suite.power, suite.shots, looks)
        requests = claim.requests(planned, level) if draws[name] else []
        there = bool(requests) or (asks_model(claim) and not trained)
        category: Category = "hardware" if there and backend.target().hardware else claim.category
        found.append(Planned(name, subject.spec.config["tests"][name]["kind"], claim, category, level, requests))
    return found


def shared(budget: float, asked: Mapping[str, float | None]) -> dict[str, float]:
    """The alpha of each claim that draws: what it asks for, or an equal part of what is left.

    One that asks for nothing takes PART of the budget at most, so that a claim more does not change the
    verdicts of the few that there are. Raises ConfigError where more is asked for than there is.
    """
    return {
        name: part if asked[name] is not None else min(part, PART * budget)
        for name, part in divided(budget, asked).items()
    }


def divided(budget: float, asked: Mapping[str, float | None]) -> dict[str, float]:
    """What is asked for, or an equal part of what is left. Raises ConfigError where more is asked for than there is."""
    fixed = {name: alpha for name, alpha in asked.items() if alpha is not None}
    open_to = [name for name, alpha in asked.items() if alpha is None]
    left = budget - sum(fixed.values())
    if left < -1e-12 or (open_to and left <= 0):
        why = f"the claims ask for {sum(fixed.values()):.4g} in all, and suite.alpha is {budget:.4g}"
        why += f", with {len(open_to)} claims still to be given a share." if open_to else "."
        told = "ask for less, or leave alpha out of some"
        raise ConfigError([Mistake(f"tests.{name}.alpha", why, told) for name in fixed])
    return {name: left / len(open_to) if alpha is None else alpha for name, alpha in asked.items()}


def run(subject: Subject, planned: Sequence[Planned], watch: Callable[[str], None]) -> Iterator[Checked]:
    """One verdict a claim, each drawn once: what is not settled is not tried again."""
    for item in planned:
        watch(item.name)
        begun = time.perf_counter()
        verdict = item.claim.check(subject, item.level, draw(subject.spec.seed, "test", item.name))
        spent = time.perf_counter() - begun
        yield Checked(item.name, item.kind, item.category, item.level.alpha, item.level.power, verdict, spent)


def refuse(subject: Subject, planned: Sequence[Planned]) -> None:
    """Raise ConfigError where the backend cannot run what is planned."""
    found = [
        replace(mistake, path=f"tests.{item.name}: {mistake.path}")
        for item in planned
        for mistake in subject.spec.backend.validate(item.works)
    ]
    if found:
        raise ConfigError(found)


def _draws(claim: Claim, subject: Subject, level: Level) -> bool:
    """Whether anything is left to chance, on the backend or on this machine."""
    return (isinstance(claim, DrawsHere) and claim.draws_here(subject)) or bool(claim.requests(subject, level))
