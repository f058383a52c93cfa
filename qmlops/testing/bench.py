"""One experiment on which claims are checked one by one, as tests written in Python do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from qmlops.config.build import Builder
from qmlops.config.spec import RunSpec
from qmlops.core.account import Account
from qmlops.core.backend import Backend
from qmlops.errors import ConfigError, QmlopsError
from qmlops.pipeline.api import spec
from qmlops.pipeline.prepare import prepare
from qmlops.testing.error_budget import ErrorBudget
from qmlops.testing.session import Session, paid, trained
from qmlops.testing.spend import CURRENT, Spend
from qmlops.testing.subject import Subject
from qmlops.testing.suite import Checked, Planned, plan, refuse
from qmlops.testing.verdict import Verdict

if TYPE_CHECKING:
    from qmlops.testing.claim import Claim


@dataclass(frozen=True, eq=False)
class Bench:
    """An experiment, as overrides, with its model trained at most once, when a claim first asks."""

    overrides: Sequence[str] = ()
    backend: Backend | None = None
    """Where it runs; None: where its config says."""

    def check(self, budget: ErrorBudget, kind: str, name: str | None = None, **fields: Any) -> Verdict:
        """The verdict on one claim of a kind of `conf/test`, which is true where the claim passes.

        Its name, or its kind, seeds what is drawn, and its number among those of one name in one test.
        Raises ConfigError for a mistake in the fields, RequestError where the budget is spent, and
        BudgetError where it would draw on a provider's hardware and nobody has said what that may cost,
        as `pytest --qmlops-spend` does.
        """
        __tracebackhide__ = True
        try:
            return self.checked(budget, name or kind, {"kind": kind, **fields}).verdict
        except QmlopsError as error:
            raise error.with_traceback(None) from None  # what a person wrote is to be mended, and not what is here

    def checked(self, budget: ErrorBudget, name: str, node: Mapping[str, Any]) -> Checked:
        """The same of a claim as YAML has it. Alpha is taken before anything is drawn."""
        claim, power = claim_of(name, node), budget.power
        (planned,) = self._planned(name, claim, claim.alpha or budget.alpha, power, node)
        number = budget.number(name)
        if planned.level.alpha:
            (planned,) = self._planned(name, claim, budget.take(claim.alpha), power, node)
        refuse(self._subject, [planned])
        # The name seeds what is drawn: a second claim of one name is not to be drawn like the first.
        drawn = replace(planned, name=f"{name} {number}" if number > 1 else name)
        (checked,) = Session(self._subject, [drawn], None if self._spend is None else self._spend.usd).check(
            lambda name: None
        )
        budget.exact += not checked.alpha
        budget.shots += checked.verdict.shots
        return checked

    @cached_property
    def spec(self) -> RunSpec:
        found = spec(self.overrides)
        return found if self.backend is None else replace(found, backend=self.backend)

    @property
    def account(self) -> Account:
        """In whose name its claims are drawn at a provider, and what they may spend."""
        return self._subject.task.account

    @cached_property
    def _spend(self) -> Spend | None:
        return CURRENT.get()

    @cached_property
    def _subject(self) -> Subject:
        spend = self._spend
        task = prepare(self.spec)
        task = paid(task, None) if spend is None else paid(task, spend.usd, spend.scope)
        return Subject(task, cache(lambda: trained(task, lambda text: None)))

    def _planned(self, name: str, claim: Claim, alpha: float, power: float, node: Mapping[str, Any]) -> list[Planned]:
        """The claim as a suite of its own, of which it has all alpha."""
        task = self._subject.task
        suite = replace(task.spec.suite, alpha=alpha, power=power)
        tests = {name: replace(claim, alpha=alpha)}  # type: ignore[type-var]
        alone = replace(task.spec, suite=suite, tests=tests, config={**task.spec.config, "tests": {name: node}})
        return plan(replace(self._subject, task=replace(task, spec=alone)), alone.tests)


def claim_of(name: str, node: Mapping[str, Any]) -> Claim:
    """The claim that a node of `tests` describes. Raises ConfigError with every mistake in it."""
    builder = Builder([])
    claim: Claim = builder.group("test", node, f"tests.{name}")
    if builder.mistakes:
        raise ConfigError(builder.mistakes)
    return claim
