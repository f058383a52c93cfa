"""What a session of tests says: a table for the terminal, Markdown for pull requests, JSON for scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from textwrap import fill
from typing import Any

from qmlops.core.event import plain
from qmlops.core.ticket import Cost
from qmlops.pipeline.plan.load import Load
from qmlops.pipeline.table import aligned, markdown
from qmlops.testing.session import Session
from qmlops.testing.suite import Checked
from qmlops.testing.verdict import Verdict

SCHEMA = 1
_COLUMNS = 79
_HEAD = ("claim", "outcome", "effect", "interval", "shots")


def as_text(checked: Sequence[Checked], session: Session) -> str:
    """The table, a sentence a claim, what was spent of the budget, and what was not checked."""
    width = max(len(item.name) for item in checked)
    told = [
        fill(f"{item.name:<{width}}  {item.verdict.reason}", _COLUMNS, subsequent_indent=" " * (width + 2))
        for item in checked
    ]
    return "\n\n".join([aligned(_HEAD, _rows(checked)), "\n".join(told), "\n".join(_budget(checked, session))])


def as_markdown(checked: Sequence[Checked], session: Session) -> str:
    """A heading, the table with the reasons, and the budget."""
    rows = [[*row, item.kind, item.verdict.reason] for row, item in zip(_rows(checked), checked, strict=True)]
    table = markdown((*_HEAD, "kind", "reason"), rows)
    return "\n\n".join([f"### Tests of {session.subject.spec.name}", table, ".  \n".join(_budget(checked, session))])


def as_json(checked: Sequence[Checked], session: Session) -> dict[str, Any]:
    """Stable keys for scripts."""
    suite = session.subject.spec.suite
    budget = {"alpha": suite.alpha, "power": suite.power, "spent": sum(item.alpha for item in checked)}
    found = {"budget": budget, "claims": plain([asdict(item) for item in checked])}
    jobs = [{"token": job.token, "amount": job.amount, "unit": job.unit} for job in session.jobs]
    return _about(session) | found | {"unchecked": session.unchecked(checked), "jobs": jobs}


def plan_json(session: Session) -> dict[str, Any]:
    """Most requests, circuits and shots of each claim, and what the backend asks for all of them."""
    found = session.loads
    claims = [
        {"name": item.name, "kind": item.kind, "category": item.category, "alpha": item.level.alpha}
        | _most(found.claims[item.name])
        for item in session.planned
    ]
    training = None if found.training is None else _most(found.training)
    return _about(session) | {"claims": claims, "training": training, "cost": asdict(found.cost)}


def _most(load: Load) -> dict[str, int]:
    return {"requests": load.requests, "circuits": load.circuits, "shots": load.shots}


def plan_text(session: Session) -> str:
    """A row a claim, and the cost of all of them."""
    found, target = session.loads, session.subject.spec.backend.target()
    rows = [
        [item.name, item.kind, item.category, _share(item.level.alpha), *_numbers(found.claims[item.name])]
        for item in session.planned
    ]
    if found.training is not None:
        rows.append(["(training)", "", "hardware" if target.hardware else "", "", *_numbers(found.training)])
    table = aligned(("claim", "kind", "category", "alpha", "requests", "circuits", "shots"), rows)
    total = f"{found.all.requests:,} requests with {found.all.shots:,} shots at most; most claims stop earlier"
    told = [table, "", total, f"cost on {target.name}: {_cost(found.cost)}"]
    if found.training is not None:
        told.append("training is a part of it: `qmlops run` trains elsewhere, and --run RUN takes its model")
    return "\n".join(told)


def _numbers(load: Load) -> list[str]:
    return [f"{number:,}" for number in _most(load).values()]


def spent(budgets: Mapping[str, Mapping[str, Any]], alpha: float) -> str:
    """What each test of a pytest session spent of its error budget, and all of them of `alpha`."""
    keys = ("sampled", "exact", "shots")
    rows = [
        [test, *(f"{budget[key]:,}" for key in keys), _share(budget["spent"]), _share(budget["alpha"])]
        for test, budget in budgets.items()
    ]
    whole = {key: sum(budget[key] for budget in budgets.values()) for key in (*keys, "spent")}
    told = f"alpha {_share(whole['spent'])} of {_share(alpha)} spent on {whole['sampled']} sampled claims, "
    told += f"0 on {whole['exact']} exact; {whole['shots']:,} shots"
    return f"{aligned(('test', *keys, 'alpha', 'of'), rows)}\n{told}"


def _about(session: Session) -> dict[str, Any]:
    spec = session.subject.spec
    return {"schema": SCHEMA, "name": spec.name, "backend": spec.backend.target().name, "seed": spec.seed}


def _rows(checked: Sequence[Checked]) -> list[list[str]]:
    return [[item.name, item.verdict.outcome, *_found(item.verdict), f"{item.verdict.shots:,}"] for item in checked]


def _found(verdict: Verdict) -> tuple[str, str]:
    effect = "" if verdict.effect is None else _number(verdict.effect)
    if verdict.interval is None:
        return effect, ""
    low, high = verdict.interval
    return effect, "exact" if low == high else f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    return "0" if abs(value) < 5e-7 else f"{value:.3g}"


def _budget(checked: Sequence[Checked], session: Session) -> list[str]:
    """How many passed, and what the session's one alpha was spent on."""
    spec, drawn = session.subject.spec, [item for item in checked if item.alpha]
    passed = sum(item.verdict.outcome == "pass" for item in checked)
    shots, seconds = sum(item.verdict.shots for item in checked), sum(item.seconds for item in checked)
    spent = sum(item.alpha for item in drawn)
    others = [f"{sum(item.verdict.outcome == way for item in checked)} {way}" for way in ("fail", "inconclusive")]
    rest = "".join(f", {other}" for other in others if not other.startswith("0 "))
    where = f"on {spec.backend.target().name}"
    head = f"{passed} of {len(checked)} claims pass{rest} {where}; {shots:,} shots, {seconds:.1f} s"
    exact = len(checked) - len(drawn)
    told = [
        head,
        *_bill(session),
        f"alpha {_share(spent)} of {_share(spec.suite.alpha)} spent on {len(drawn)} sampled, 0 on {exact} exact; "
        f"power {spec.suite.power:g}; seed {spec.seed}",
    ]
    left = session.unchecked(checked)
    return [*told, f"not checked: {', '.join(left)}"] if left else told


def _bill(session: Session) -> list[str]:
    """What the jobs of the session were billed, or what was estimated of those that were not yet."""
    jobs = session.jobs
    if not jobs:
        return []
    amounts, units = [job.amount for job in jobs], {job.unit for job in jobs}
    known = [amount for amount in amounts if amount is not None]
    whole = len(known) == len(jobs) and len(units) == 1
    told = f"{sum(known):,.2f} {units.pop()}" if whole else "a price that is not known; see qmlops jobs"
    return [f"{len(jobs):,} jobs at the provider for {told}"]


def _share(alpha: float) -> str:
    return f"{alpha:.3g}"


def _cost(cost: Cost) -> str:
    return f"unknown ({cost.basis})" if cost.amount is None else f"{cost.amount:,.2f} {cost.unit} ({cost.basis})"
