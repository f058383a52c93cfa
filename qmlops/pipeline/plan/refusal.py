"""A refusal of the budget with the plan in short, so that a person knows what to allow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qmlops.config.spec import RunSpec
from qmlops.errors import BudgetError, QmlopsError


@contextmanager
def with_plan(spec: RunSpec) -> Iterator[None]:
    """Adds to a BudgetError what the whole run takes, and the overrides that allow all of it."""
    try:
        yield
    except BudgetError as refusal:
        raise BudgetError(f"{refusal}\n{_told(spec)}".rstrip(), refusal.allow) from None


def _told(spec: RunSpec) -> str:
    from qmlops.pipeline.plan.estimate import plan
    from qmlops.pipeline.plan.text import in_short

    try:
        planned = plan(spec, rehearsed=False)
    except QmlopsError:
        return ""
    allowed = " ".join(allow for _, allow in planned.refused)
    lines = [in_short(planned), f"to allow it    {allowed}" if allowed else ""]
    return "\n".join(line for line in lines if line)
