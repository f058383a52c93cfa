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
from qmlops.testing.level import Level

WORDS = ("data=none", "encoder=none", "objective=energy", "metric=none", "tracker=none", "circuit=brick")
COSTS = {"global": ("readout=zeros",), "local": ("readout=pauli", "readout.sums=[Z0]")}
REACHES = {"global": 1.0, "local": 2.0}
"""How far apart two derivatives can be: half a difference of two chances, or of two means of Z."""
LEVEL = Level(0.005, 0.99, 1)


def verdicts(cost: str, seeds: int) -> dict[str, object]:
    """How often the claim passes and fails, over so many seeds, and the mean slope."""
    claim, programs = BarrenPlateau(), []
    for width in claim.widths:
        composed = compose([*WORDS, *COSTS[cost], f"qubits={width}"])
        programs.append(compile_program(build(composed.config, list(composed.mistakes)), None))
    inputs = [np.zeros(0)] * len(programs)
    found = [claim.decided(claim.source(programs, inputs, REACHES[cost], seed), LEVEL, seed) for seed in range(seeds)]
    outcomes = [item.outcome for item in found]
    slopes = [item.effect + claim.claimed for item in found if item.effect is not None]
    counts = {outcome: outcomes.count(outcome) for outcome in ("pass", "fail", "inconclusive")}
    return {"cost": cost, "seeds": seeds, "slope": float(np.mean(slopes)), **counts}


def most_alarms(seeds: int) -> int:
    """One in a hundred."""
    return seeds // 100
