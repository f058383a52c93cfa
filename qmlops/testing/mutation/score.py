"""The mutation score of claims: the share of seeded bugs, equivalent ones aside, that make one of them fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qmlops.core.backend import Remote
from qmlops.core.seed import draw
from qmlops.errors import ConfigError, Mistake, RequestError
from qmlops.pipeline.interval import share
from qmlops.testing.matrix import WIDEST
from qmlops.testing.mutation.mutant import Mutant, chosen, mutants, original
from qmlops.testing.session import Session
from qmlops.testing.subject import Subject
from qmlops.testing.suite import Planned
from qmlops.testing.verdict import Verdict


@dataclass(frozen=True, eq=False)
class Fate:
    """What became of one mutant."""

    mutant: Mutant
    equivalent: bool
    killer: str | None
    """The first claim that failed; None where none did, or none was asked."""


@dataclass(frozen=True, eq=False)
class Score:
    """What claims saw of some mutants."""

    fates: tuple[Fate, ...]
    used: tuple[str, ...]
    """Claims that pass on the program as it is written, in the order in which they looked."""
    unused: tuple[str, ...]
    """The others: their failing says nothing."""
    made: int
    """Mutants that there are; the fates are of all, or of a random choice."""

    @property
    def counted(self) -> list[Fate]:
        return [fate for fate in self.fates if not fate.equivalent]

    def of(self, operator: str | None = None) -> tuple[int, int, int]:
        """Mutants, equivalent ones, and killed ones; of one operator or of all."""
        own = [fate for fate in self.fates if operator in (None, fate.mutant.operator)]
        return len(own), sum(fate.equivalent for fate in own), sum(fate.killer is not None for fate in own)

    def interval(self, operator: str | None = None) -> tuple[float, float]:
        """Of the share of such bugs that is seen: Clopper-Pearson at 95 %, the mutants being a sample of them."""
        total, equivalent, killed = self.of(operator)
        return share(killed, total - equivalent) if total > equivalent else (0.0, 1.0)


def score(session: Session, most: int | None, watch: Callable[[str], None]) -> Score:
    """Seed bugs into a session's program, and let its claims look at each until one fails.

    A mutant runs where the program would, while the program stays what was written: claims compare
    with that, and a trained model keeps its weights. Costs up to a check of every claim a mutant.
    Raises RequestError at a provider, and where no claim passes without a mutant; ConfigError where the
    circuit is too wide for unitaries.
    """
    subject = session.subject
    _refuse(subject)
    watch("the claims without a mutant")
    passing = [item for item in session.planned if _verdict(item, subject).outcome == "pass"]
    if not passing:
        raise RequestError(
            "No claim passes on the program itself, so that none can tell a mutant from it.\n"
            "See what they say with qmlops test, without --mutate."
        )
    made, known, fates = mutants(subject.program), original(subject.program, subject.spec.seed), []
    tried = chosen(made, most, subject.spec.seed)
    for number, mutant in enumerate(tried, start=1):
        watch(f"mutant {number} of {len(tried)}")
        same = known.same(mutant)
        fates.append(Fate(mutant, same, None if same else killer(passing, subject, mutant)))
    unused = tuple(item.name for item in session.planned if item not in passing)
    return Score(tuple(fates), tuple(item.name for item in passing), unused, len(made))


def killer(planned: Sequence[Planned], subject: Subject, mutant: Mutant) -> str | None:
    """The first claim that fails on a mutant; what is inconclusive did not see it."""
    seeded = with_mutant(subject, mutant)
    return next((item.name for item in planned if _verdict(item, seeded).outcome == "fail"), None)


def with_mutant(subject: Subject, mutant: Mutant) -> Subject:
    """The subject with a mutant where its program runs, and the weights of its own training."""
    return Subject(subject.task, lambda: replace(subject.model, program=mutant.program), mutant.program)


def _verdict(item: Planned, subject: Subject) -> Verdict:
    return item.claim.check(subject, item.level, draw(subject.spec.seed, "test", item.name))


def _refuse(subject: Subject) -> None:
    target, width = subject.spec.backend.target(), subject.program.width
    if isinstance(subject.spec.backend, Remote):
        raise RequestError(
            f"Every mutant is run by itself, and {target.name} is a provider's.\n"
            "Choose a simulator, such as backend=qsim or backend=density."
        )
    if width > WIDEST:
        told = f"{width} qubits are too many to tell equivalent mutants by their unitaries."
        raise ConfigError([Mistake("qubits", told, f"up to {WIDEST}")])
