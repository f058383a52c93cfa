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
from typing import TYPE_CHECKING, Literal

from qmlops.core.seed import draw
from qmlops.core.ticket import Cost
from qmlops.core.work import Work
from qmlops.errors import ConfigError, Mistake
from qmlops.lower.basis import bases
from qmlops.testing.level import Level
from qmlops.testing.subject import Subject
from qmlops.testing.verdict import Verdict

if TYPE_CHECKING:
    from qmlops.testing.claim import Claim

Category = Literal["unit", "integration", "quantum", "hardware"]
CATEGORIES: tuple[Category, ...] = ("unit", "integration", "quantum", "hardware")


@dataclass(frozen=True, eq=False)
class Planned:
    """One claim with its share of the budget, and the most that it would run."""

    name: str
    kind: str
    claim: Claim
    category: Category
    level: Level
    """`alpha` is 0 where the claim decides exactly."""
    works: tuple[Work, ...]

    @property
    def circuits(self) -> int:
        return sum(len(work.points) * _bases(work) for work in self.works)

    @property
    def shots(self) -> int:
        return sum(len(work.points) * _bases(work) * (work.shots or 0) for work in self.works)


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


def plan(subject: Subject, claims: Mapping[str, Claim]) -> list[Planned]:
    """The claims in their order with their shares. Trains nothing and runs nothing.

    Raises ConfigError with every mistake of every claim, and where the shares are more than the budget.
    """
    untrained = subject.untrained()
    wrong = [
        replace(mistake, path=f"tests.{name}.{mistake.path}")
        for name, claim in claims.items()
        for mistake in claim.mistakes(untrained)
    ]
    if wrong:
        raise ConfigError(wrong)
    suite = subject.spec.suite
    # Whether a claim draws does not depend on its share, so any share can be asked with.
    draws = {name: _draws(claim, untrained, Level(suite.alpha, suite.power, 1)) for name, claim in claims.items()}
    shares = shared(suite.alpha, {name: claim.alpha for name, claim in claims.items() if draws[name]})
    hardware = subject.spec.backend.target().hardware
    found = []
    for name, claim in claims.items():
        level = Level(shares.get(name, 0.0), claim.power or suite.power, suite.shots)
        works = claim.works(untrained, level) if draws[name] else ()
        category: Category = "hardware" if hardware and works else claim.category
        found.append(Planned(name, subject.spec.config["tests"][name]["kind"], claim, category, level, works))
    return found


def shared(budget: float, asked: Mapping[str, float | None]) -> dict[str, float]:
    """The alpha of each claim that draws: what it asks for, or an equal part of what is left.

    Raises ConfigError where more is asked for than there is.
    """
    fixed = {name: alpha for name, alpha in asked.items() if alpha is not None}
    open_to = [name for name, alpha in asked.items() if alpha is None]
    left = budget - sum(fixed.values())
    if left < -1e-12 or (open_to and left <= 0):
        why = f"the claims ask for {sum(fixed.values()):.4g} in all, and suite.alpha is {budget:.4g}"
        why += f", with {len(open_to)} claims still to be given a share." if open_to else "."
        told = "ask for less, or leave alpha out of some"
        raise ConfigError([Mistake(f"tests.{name}.alpha", why, told) for name in fixed])
    return fixed | {name: left / len(open_to) for name in open_to}


def run(subject: Subject, planned: Sequence[Planned], watch: Callable[[str], None]) -> Iterator[Checked]:
    """One verdict a claim, each drawn once: what is not settled is not tried again."""
    for item in planned:
        watch(item.name)
        begun = time.perf_counter()
        verdict = item.claim.check(subject, item.level, draw(subject.spec.seed, "test", item.name))
        spent = time.perf_counter() - begun
        yield Checked(item.name, item.kind, item.category, item.level.alpha, item.level.power, verdict, spent)


def costs(subject: Subject, planned: Sequence[Planned]) -> Cost:
    """What the backend asks for all that is planned."""
    return subject.spec.backend.estimate([work for item in planned for work in item.works])


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
    from qmlops.testing.claim import DrawsHere

    return (isinstance(claim, DrawsHere) and claim.draws_here(subject)) or bool(claim.works(subject, level))


def _bases(work: Work) -> int:
    return 1 if work.shots is None else len(bases(work.program.observables))
