"""How many seeded bugs product inputs see: with state vectors, and with 6,000 shots a mutant.

`nox -s mutation` writes mutation.json and mutation.md beside this file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from qmlops.config.build import build  # noqa: E402
from qmlops.config.compose import compose  # noqa: E402
from qmlops.pipeline.interval import share  # noqa: E402
from qmlops.pipeline.prepare import prepare  # noqa: E402
from qmlops.pipeline.table import markdown  # noqa: E402
from qmlops.testing.claim.product_inputs import ProductInputs  # noqa: E402
from qmlops.testing.level import Level  # noqa: E402
from qmlops.testing.meter import outcomes  # noqa: E402
from qmlops.testing.mutation.mutant import chosen, mutants, original  # noqa: E402
from qmlops.testing.mutation.score import with_mutant  # noqa: E402
from qmlops.testing.subject import Subject  # noqa: E402

GHZ = "{gate: h, wires: [0]}, {gate: cx, wires: line}"
PHASES = "{gate: h, wires: all}, {gate: cp, wires: full, angle: pi / 4}"
IQP = "{gate: h, wires: all}, {gate: zz, wires: full, angle: theta}, {gate: rz, wires: all, angle: phi}"
FAMILIES = {
    "hardware_efficient": ("circuit=hardware_efficient",),
    "strongly_entangling": ("circuit=strongly_entangling",),
    "brick": ("circuit=brick",),
    "ghz": (f"circuit.blocks=[{GHZ}]", "circuit.layers=1"),
    "phases": (f"circuit.blocks=[{PHASES}]", "circuit.layers=1"),
    "iqp": (f"circuit.blocks=[{IQP}]", "circuit.layers=2"),
}
WIDTHS = (2, 3, 4, 5, 6)
EACH = 20
"""Mutants of each circuit; all where there are fewer."""
LEVEL = Level(alpha=0.001, power=0.99, shots=6000)
CLAIM = ProductInputs(shots=LEVEL.shots)
"""As it is by default: on state vectors it forgives nothing."""
_VISIBLE = 1e-6
WORDS = ("data=none", "encoder=none", "objective=energy", "metric=none", "tracker=none")


@dataclass(frozen=True)
class Row:
    """What was seen of one mutant."""

    family: str
    width: int
    operator: str
    equivalent: bool
    exact: bool
    """Whether it failed with state vectors."""
    drawn: bool
    """Whether it failed with 6,000 shots."""
    zeros: bool
    """Whether anything can be seen from zeros, read in Z."""


def rows(family: str, width: int, most: int, seed: int) -> Iterator[Row]:
    """Mutants of one circuit. Raises AssertionError where a claim does not pass on the circuit itself."""
    known, drawn = (_subject(family, width, exact) for exact in ("true", "false"))
    assert CLAIM.check(known, LEVEL, seed).outcome == CLAIM.check(drawn, LEVEL, seed).outcome == "pass"
    right, right_chances = original(known.program, seed), _from_zeros(known)
    for mutant in chosen(mutants(known.program), most, seed):
        seeded = with_mutant(known, mutant), with_mutant(drawn, mutant)
        exact, sampled = (CLAIM.check(subject, LEVEL, seed).outcome == "fail" for subject in seeded)
        away = np.abs(_from_zeros(seeded[0]) - right_chances).sum() / 2
        yield Row(family, width, mutant.operator, right.same(mutant), exact, sampled, bool(away > _VISIBLE))


def _subject(family: str, width: int, exact: str) -> Subject:
    words = [*WORDS, "readout=pauli", "readout.sums=[Z0]", f"qubits={width}", f"suite.exact={exact}"]
    composed = compose([*words, "backend.precision=double", *FAMILIES[family]])
    task = prepare(build(composed.config, list(composed.mistakes)))

    def untrained() -> None:
        raise AssertionError("no model is trained for random inputs")

    return Subject(task, untrained)  # type: ignore[arg-type]


def _from_zeros(subject: Subject) -> np.ndarray:
    """Chances of all bit strings from zeros."""
    program = outcomes(replace(subject.program), range(subject.program.width))
    return subject.ideal(program, subject.point("initial", 0))[0]


def summary(found: list[Row]) -> dict[str, object]:
    """Counts and scores of some rows, with Clopper-Pearson intervals at 95 %."""
    bugs = [row for row in found if not row.equivalent]
    same = [row for row in found if row.equivalent]
    told: dict[str, object] = {
        "mutants": len(found),
        "equivalent": len(same),
        "equivalent_killed": sum(row.exact or row.drawn for row in same),
    }
    for name in ("exact", "drawn", "zeros"):
        seen = sum(getattr(row, name) for row in bugs)
        told[name] = {"killed": seen, "score": seen / len(bugs), "interval": share(seen, len(bugs))}
    return told


def main() -> None:
    found = [row for family in FAMILIES for width in WIDTHS for row in rows(family, width, EACH, 1)]
    groups = {
        "all": found,
        **{family: [row for row in found if row.family == family] for family in FAMILIES},
        **{
            operator: [row for row in found if row.operator == operator]
            for operator in sorted({r.operator for r in found})
        },
    }
    told = {
        "circuits": len(FAMILIES) * len(WIDTHS),
        "widths": WIDTHS,
        "alpha": LEVEL.alpha,
        "shots": LEVEL.shots,
        "settings": CLAIM.settings,
        "groups": {name: summary(part) for name, part in groups.items()},
    }
    (HERE / "mutation.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    (HERE / "mutation.md").write_text(_text(told) + "\n", encoding="utf-8")
    print(_text(told))


def _text(told: dict[str, object]) -> str:
    groups: dict[str, dict[str, object]] = told["groups"]  # type: ignore[assignment]
    head = ("of", "mutants", "equivalent", "state vectors", "6,000 shots", "from zeros, in Z", "equivalent killed")
    table = markdown(head, [_cells(name, group) for name, group in groups.items()])
    return f"""## Mutants

Bugs seeded into {told["circuits"]} circuits of 2 to 6 qubits, at most {EACH} of each drawn at random, and the share
that `product_inputs` sees over {told["settings"]} random product states and bases (95 % intervals): exactly, and in
{told["shots"]:,} shots a mutant at alpha {told["alpha"]}. Equivalent mutants are those with the same unitary. The last
share is what anything could see that feeds zeros and reads in Z, with shots without end.

{table}"""


def _cells(name: str, group: dict[str, object]) -> list[str]:
    shares = []
    for key in ("exact", "drawn", "zeros"):
        part: dict[str, object] = group[key]  # type: ignore[assignment]
        low, high = part["interval"]  # type: ignore[misc]
        shares.append(f"{part['score']:.3f} ({low:.3f} to {high:.3f})")
    return [name, str(group["mutants"]), str(group["equivalent"]), *shares, str(group["equivalent_killed"])]


if __name__ == "__main__":
    main()
