"""What a mutation score says: which bugs are seen, by which claims, and which are not."""

from __future__ import annotations

from typing import Any

from qmlops.core.event import plain
from qmlops.pipeline.table import aligned
from qmlops.testing.mutation.operator import OPERATORS
from qmlops.testing.mutation.score import Score
from qmlops.testing.session import Session

SCHEMA = 1
_SHOWN = 10
_HEAD = ("bug", "mutants", "equivalent", "killed", "score", "95 % interval")


def as_text(found: Score, session: Session) -> str:
    """A row an operator, a row a claim, the first survivors, and the score."""
    seen = [name for name in OPERATORS if found.of(name)[0]]
    table = aligned(_HEAD, [_row(found, name) for name in seen] + [_row(found, None)])
    killers = [[name, str(_kills(found, name))] for name in found.used]
    parts = [table, aligned(("claim", "first to fail"), killers)]
    if found.unused:
        names = ", ".join(found.unused)
        parts.append(f"Not asked, because they do not pass on the program itself: {names}")
    survivors = [fate.mutant for fate in found.counted if fate.killer is None]
    if survivors:
        lines = [f"  {mutant.text}" for mutant in survivors[:_SHOWN]]
        rest = len(survivors) - len(lines)
        parts.append("\n".join(["Nobody noticed that", *lines, *([f"  and {rest} more"] if rest else [])]))
    spec = session.subject.spec
    parts.append(f"{len(found.fates)} of {found.made} mutants of {spec.name}, seed {spec.seed}")
    return "\n\n".join(parts)


def as_json(found: Score, session: Session) -> dict[str, Any]:
    """Stable keys for scripts."""
    spec = session.subject.spec
    return {
        "schema": SCHEMA,
        "name": spec.name,
        "backend": spec.backend.target().name,
        "seed": spec.seed,
        "made": found.made,
        "all": _numbers(found, None),
        "operators": {name: _numbers(found, name) for name in OPERATORS},
        "claims": {name: _kills(found, name) for name in found.used},
        "not_asked": list(found.unused),
        "survivors": [
            {"operator": fate.mutant.operator, "text": fate.mutant.text}
            for fate in found.counted
            if fate.killer is None
        ],
    }


def _kills(found: Score, claim: str) -> int:
    return sum(fate.killer == claim for fate in found.fates)


def _numbers(found: Score, operator: str | None) -> dict[str, Any]:
    total, equivalent, killed = found.of(operator)
    tried = total - equivalent
    numbers = {"mutants": total, "equivalent": equivalent, "killed": killed}
    score = killed / tried if tried else None
    told: dict[str, Any] = plain(numbers | {"score": score, "interval": found.interval(operator)})
    return told


def _row(found: Score, operator: str | None) -> list[str]:
    total, equivalent, killed = found.of(operator)
    tried, (low, high) = total - equivalent, found.interval(operator)
    known = [f"{killed / tried:.3f}", f"{low:.3f} to {high:.3f}"] if tried else ["", ""]
    return [operator or "all", str(total), str(equivalent), str(killed), *known]
