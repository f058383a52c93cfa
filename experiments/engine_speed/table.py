"""The table of ratios from measured rounds."""

from __future__ import annotations

import statistics
from typing import Any

GOALS = {(4, 32): 10, (4, 256): 10, (8, 32): 10, (12, 32): 10, (16, 8): 6, (20, 1): 6, (22, 1): 5}
"""What the ring of float32 must reach against the fastest peer, by width and batch."""


def markdown(found: dict[str, Any]) -> str:
    """One row a case: our time, each peer's ratio to it as median (lowest to highest), and the goal."""
    peers = [peer for peer in found["versions"] if peer != "qmlops"]
    lines = [
        f"Milliseconds of a gradient step of this engine, and how many times longer its peers took: the median over "
        f"rounds of the ratio within a round (lowest to highest). {found['cores']} cores; each engine at the number "
        "of threads that is better for it. The difference is the largest of any entry of our gradient to the peer's.",
        "",
        "; ".join(found["versions"].values()) + ".",
        "",
        "| circuit | wires | batch | bits | ms | " + " | ".join(peers) + " | fastest peer | goal | difference |",
        "| --- " * (8 + len(peers)) + "|",
    ]
    for item in found["cases"]:
        circuit, width, batch, bits = item["case"]
        own = item["rounds"]["qmlops"]
        cells, medians = [], []
        for peer in peers:
            if peer not in item["rounds"]:
                cells.append("failed")
                continue
            ratios = sorted(theirs / ours for theirs, ours in zip(item["rounds"][peer], own, strict=True))
            medians.append((statistics.median(ratios), peer))
            cells.append(f"{medians[-1][0]:.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})")
        least = f"{min(medians)[0]:.1f} × ({min(medians)[1]})" if medians else ""
        goal = GOALS.get((width, batch)) if (circuit, bits) == ("ring", 32) else None
        reached = "" if goal is None or not medians else f"{goal} {'reached' if min(medians)[0] >= goal else 'MISSED'}"
        difference = ", ".join(f"{peer} {size:.0e}" for peer, size in item["difference"].items())
        time = f"{statistics.median(own):.3g} ({min(own):.3g} to {max(own):.3g})"
        cells = [circuit, str(width), str(batch), str(bits), time, *cells, least, reached, difference]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
