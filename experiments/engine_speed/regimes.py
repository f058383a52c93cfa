"""Forces each regime over widths and batches, and compares the shipped choice with the fastest.

    python experiments/engine_speed/regimes.py

The ring of float32 on all processors. Writes regimes.json with every time, and regimes.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from bench import Bench, in_turn
from circuits import ring
from race import HERE
from save import write

from qmlops.simulate.regime import LANE_POINTS, Regime

WIDTHS = (4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22)
BATCHES = (1, 2, 4, 7, 8, 16, 32, 256)
MOST = 1 << 24
"""Amplitudes of a batch that is still measured."""
LEAST_WIRES, LEAST_BLOCKS = 6, 8
"""Widths from which lanes can hold wires, and a state can be cut into blocks."""
MOST_LANES = 17
"""Sixteen states of more wires are not tried."""
PASSES, SECONDS = 3, 0.03
"""The lowest of the passes counts: what else a machine does can only lengthen a step."""
CLOSE = (1.05, 1.1, 1.25)


def candidates(width: int, batch: int, cores: int) -> Iterator[Regime]:
    """Every regime that could run, with one thread and with as many as have work."""
    groups = -(-batch // LANE_POINTS)
    for amplitudes, shares, able in ((False, groups, width <= MOST_LANES), (True, batch, width >= LEAST_WIRES)):
        if able:
            yield from (Regime(amplitudes, False, k) for k in sorted({1, min(cores, shares)}))
    if width >= LEAST_BLOCKS and cores > 1:
        yield Regime(True, True, cores)


def name(regime: Regime) -> str:
    layout = "blocks" if regime.staged else "wires" if regime.amplitudes else "points"
    return f"{layout} {regime.threads}"


def sweep() -> Iterator[dict[str, Any]]:
    """Of each width and batch: the milliseconds of every regime, and the name of the chosen one."""
    cores = len(os.sched_getaffinity(0))
    for width in WIDTHS:
        bench = Bench(ring(width))
        for batch in BATCHES:
            if batch << width <= MOST:
                steps = {name(r): bench.step(batch, r) for r in candidates(width, batch, cores)}
                ms = {key: times[0] for key, times in in_turn(steps, 1, SECONDS).items()}
                yield {"width": width, "batch": batch, "ms": ms, "chosen": name(bench.chosen(batch))}


def lowest(passes: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The sweeps as one."""
    return [
        {**cells[0], "ms": {key: min(cell["ms"][key] for cell in cells) for key in cells[0]["ms"]}}
        for cells in zip(*passes, strict=True)
    ]


def loss(cell: dict[str, Any]) -> float:
    """How many times longer the chosen regime takes than the fastest."""
    return float(cell["ms"][cell["chosen"]] / min(cell["ms"].values()))


def markdown(cells: list[dict[str, Any]]) -> str:
    """A row a width, a column a batch: the chosen regime, and the fastest where it is another."""
    within = ", ".join(f"{sum(loss(c) <= bound for c in cells)} within {bound - 1:.0%}" for bound in CLOSE)
    lines = [
        "The regime that the shipped table chooses, with its threads. *points* and *wires* say what the lanes of a "
        "vector hold; in *blocks* threads share one state. Where another was faster, it stands behind, with how many "
        f"times longer the chosen one took. Of {len(cells)} choices {within} of the fastest; the largest loss is "
        f"{max(map(loss, cells)):.2f} ×. Medians of steps, the lowest of {PASSES} passes.",
        "",
        "| wires | " + " | ".join(f"batch {batch}" for batch in BATCHES) + " |",
        "| --- " * (1 + len(BATCHES)) + "|",
    ]
    for width, row in groupby(cells, key=lambda cell: cell["width"]):
        texts = {cell["batch"]: _cell(cell) for cell in row}
        lines.append(f"| {width} | " + " | ".join(texts.get(batch, "") for batch in BATCHES) + " |")
    return "\n".join(lines) + "\n"


def _cell(cell: dict[str, Any]) -> str:
    best = min(cell["ms"], key=lambda key: cell["ms"][key])
    text = f"{cell['chosen']}: {cell['ms'][cell['chosen']]:.3g} ms"
    return text if best == cell["chosen"] else f"{text} ({best}: {loss(cell):.2f} ×)"


def main() -> None:
    cells = lowest([list(sweep()) for _ in range(PASSES)])
    write(HERE / "regimes.json", {"cells": cells})
    (HERE / "regimes.md").write_text(markdown(cells))


if __name__ == "__main__":
    main()
