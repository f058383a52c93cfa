"""Holds `noise=device` against the vendors' own noisy simulators from the same snapshots: exact distributions.

`nox -s device_noise` writes results.json and results.md beside this file.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from experiments.device_noise import aer, emulated  # noqa: E402
from experiments.device_noise.cases import cases, ours, placed_by, total_variation  # noqa: E402
from qmlops.config.device import target_of  # noqa: E402
from qmlops.parts.noise.device import Device  # noqa: E402

SNAPSHOTS = ("fake_manila", "fake_sherbrooke", "fake_fez")
BOUND = 0.02
SEED = 1
NOTES = """
Distributions of all outcomes, exact on both sides, so that nothing is sampled. `noise=device` chooses
qubits and gates, and the vendor's simulator gets the routed program. *Apart* is the total variation
between the two; *noise* is that between ours and the ideal distribution.

Aer reads a snapshot in two ways. Its `basic_device_readout_errors` takes from the snapshot's properties
both errors of a reading, 1 for 0 and 0 for 1, as `noise=device` does: *apart*. `NoiseModel.from_backend`
takes from the snapshot's target their mean for both: *mean readings*, which is what AerSimulator does
unless told otherwise, and which hides that qubits decay while they are read. Gates are Aer's own in both.

What is modelled differently: an ecr gate against its direction costs turns on IBM's machines and in
Aer, and none here; the duration of a turn is the median over the qubits here, and each qubit's own in Aer.
What neither side models: idle wires, crosstalk, leakage, coherent errors. Braket's emulator has no
relaxation, and `noise=device` has none from its capabilities either, because they tell no durations.
"""


def compared() -> Iterator[dict[str, Any]]:
    """A row for each device and circuit."""
    for device in SNAPSHOTS:
        noise = Device(device).of(target_of(device))
        for name, program in cases():
            routed, mine = placed_by(program, noise), ours(program, noise)
            before = aer.probabilities(routed, device, program.width)
            both, mean = (aer.read(before, routed, device, way) for way in ("both", "mean"))
            row = {"device": device, "circuit": name, "apart": total_variation(mine, both)}
            yield row | {"mean": total_variation(mine, mean), "noise": total_variation(mine, ours(program, None))}
    with tempfile.TemporaryDirectory() as folder:
        path = emulated.write(Path(folder) / "machine.json", SEED)
        noise = Device(path).of(target_of(path))
        for name, program in cases():
            mine, theirs = ours(program, noise), emulated.distribution(placed_by(program, noise), path)
            row = {"device": "Braket's emulator", "circuit": name, "apart": total_variation(mine, theirs)}
            yield row | {"mean": None, "noise": total_variation(mine, ours(program, None))}


def main() -> None:
    rows = []
    for row in compared():
        print(row, flush=True)
        rows.append(row)
    text = _table(rows)
    (HERE / "results.json").write_text(json.dumps({"bound": BOUND, "seed": SEED, "rows": rows}, indent=1) + "\n")
    (HERE / "results.md").write_text(text)
    print(text)
    sys.exit(any(row["apart"] >= BOUND for row in rows))


def _table(rows: list[dict[str, Any]]) -> str:
    head = "# noise=device beside the vendors' simulators\n\n| device | circuit | apart | mean readings | noise |\n"
    lines = [
        f"| {row['device']} | {row['circuit']} | {row['apart']:.5f} "
        f"| {'' if row['mean'] is None else format(row['mean'], '.5f')} | {row['noise']:.3f} |"
        for row in rows
    ]
    worst = max(row["apart"] for row in rows)
    told = f"\nLargest distance: {worst:.5f}, below {BOUND}: {'yes' if worst < BOUND else 'no'}.\n"
    return head + "| --- | --- | --- | --- | --- |\n" + "\n".join(lines) + "\n" + told + NOTES


if __name__ == "__main__":
    main()
