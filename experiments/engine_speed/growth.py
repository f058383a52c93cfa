"""Time per amplitude and gate over n = 4 … 24, and whether cost is linear in gates and batch.

    python experiments/engine_speed/growth.py

The ring of float32. Beside the regime that is chosen, two regimes are forced on one thread over all
widths: sixteen points as lanes, and wires as lanes. They reach the same cache level sixteen-fold
apart, so a step that stands at the same bytes in both, and in a plain loop, is the cache's.
Writes growth.json, growth.md and growth.svg.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hardware
from bench import Bench, in_turn
from circuits import ring
from growth_report import figure, markdown
from race import HERE
from save import write

from qmlops.simulate.regime import LANE_POINTS, Regime

WIDTHS = range(4, 25)
WIDEST = {"batch 1": 24, "batch 32": 20, "points, 1 thread": 17, "wires, 1 thread": 24}
LEAST_WIRES = 6
LAYERS, LAYERED = (1, 2, 4, 8, 16), ((8, 32), (12, 32), (16, 8), (20, 1))
BATCHES, BATCHED = (16, 32, 64, 128, 256, 512), (4, 8, 12, 14)
ROUNDS, SECONDS = 5, 0.05
"""The lowest round counts: what else a machine does can only lengthen a step."""
SIZES = [1 << bits for bits in range(12, 29)]
"""Bytes that the plain loop works on."""


def lines(bench: Bench, width: int) -> Iterator[tuple[str, int, Regime]]:
    """Name, batch and regime of what is measured at a width."""
    found = [
        ("batch 1", 1, bench.chosen(1)),
        ("batch 32", 32, bench.chosen(32)),
        ("points, 1 thread", LANE_POINTS, Regime(False, False, 1)),
        ("wires, 1 thread", 1, Regime(True, False, 1)),
    ]
    yield from (line for line in found if width <= WIDEST[line[0]] and (width >= LEAST_WIRES or "wires" not in line[0]))


def over_widths() -> list[dict[str, Any]]:
    """A row a width and line: its regime, the bytes of the states that one thread works on, and milliseconds."""
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    steps = {}
    for width in WIDTHS:
        bench = Bench(ring(width))
        for name, batch, regime in lines(bench, width):
            lanes = 1 if regime.amplitudes else LANE_POINTS
            shared = regime.threads if regime.staged else 1
            steps[name, width] = bench.step(batch, regime)
            rows[name, width] = {
                "line": name,
                "width": width,
                "gates": len(bench.circuit.gates),
                "batch": batch,
                "regime": [regime.amplitudes, regime.staged, regime.threads],
                "bytes": (2 * 8 * lanes << width) // shared,
            }
    for key, times in in_turn(steps, ROUNDS, SECONDS).items():
        row = rows[key]
        row["ms"] = min(times)
        row["ns"] = 1e6 * row["ms"] / (row["batch"] * row["gates"] << row["width"])
    return list(rows.values())


def over_layers() -> list[dict[str, Any]]:
    """Milliseconds by layers at some widths and batches."""
    steps = {
        (width, batch, layers): Bench(ring(width, layers)).step(batch) for width, batch in LAYERED for layers in LAYERS
    }
    return [
        {"width": width, "batch": batch, "layers": layers, "ms": min(times)}
        for (width, batch, layers), times in in_turn(steps, ROUNDS, SECONDS).items()
    ]


def over_batches() -> list[dict[str, Any]]:
    """Milliseconds by batch at some widths, all in one regime."""
    steps = {}
    for width in BATCHED:
        bench = Bench(ring(width))
        regime = bench.chosen(max(BATCHES))
        for batch in BATCHES:
            groups = batch if regime.amplitudes else batch // LANE_POINTS
            fewer = Regime(regime.amplitudes, regime.staged, min(regime.threads, groups))
            steps[width, batch] = bench.step(batch, fewer)
    return [
        {"width": width, "batch": batch, "ms": min(times)}
        for (width, batch), times in in_turn(steps, ROUNDS, SECONDS).items()
    ]


def main() -> None:
    found = {
        "caches": hardware.caches(),
        "widths": over_widths(),
        "layers": over_layers(),
        "batches": over_batches(),
        "loop": [{"bytes": size, "rate": hardware.update(size)} for size in SIZES],
    }
    write(HERE / "growth.json", found)
    (HERE / "growth.md").write_text(markdown(found))
    figure(found, HERE / "growth.svg")


if __name__ == "__main__":
    main()
