"""The claim barren_plateau on a circuit that is known to have one, and on its twin with a local cost.

Bricks of two layers: the global cost, the chance of zeros everywhere, has a plateau at any depth, and
the local one, Z on one wire, none at this depth (Cerezo et al. 2021, arXiv:2001.00550).
"""

from __future__ import annotations

import numpy as np

from qmlops.compile.program import compile_program
from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.testing.claim.barren_plateau import BarrenPlateau
from qmlops.testing.ensemble import derivatives, points
from qmlops.testing.level import Level

WORDS = ("data=none", "encoder=none", "objective=energy", "metric=none", "tracker=none", "circuit=brick")
COSTS = {"global": ("readout=zeros",), "local": ("readout=pauli", "readout.sums=[Z0]")}
LEVEL = Level(0.005, 0.99, 1)
DRAWS = 300


def verdicts(cost: str, seeds: int) -> dict[str, object]:
    """How often the claim passes and fails, over so many seeds, and the mean slope."""
    claim = BarrenPlateau(draws=DRAWS)
    columns = []
    for width in claim.widths:
        composed = compose([*WORDS, *COSTS[cost], f"qubits={width}"])
        program = compile_program(build(composed.config, list(composed.mistakes)), None)
        at = points(program, np.zeros(0), seeds * DRAWS, 1, cost, width)
        columns.append(derivatives(program, at, 0).reshape(seeds, DRAWS))
    found = [claim.decided(np.stack(part, axis=1), LEVEL, 1) for part in zip(*columns, strict=True)]
    outcomes = [item.outcome for item in found]
    slopes = [item.effect + claim.claimed for item in found if item.effect is not None]
    counts = {outcome: outcomes.count(outcome) for outcome in ("pass", "fail", "inconclusive")}
    return {"cost": cost, "seeds": seeds, "slope": float(np.mean(slopes)), **counts}


def most_alarms(seeds: int) -> int:
    """One in a hundred."""
    return seeds // 100
