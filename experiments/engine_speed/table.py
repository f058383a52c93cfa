"""The tables of ratios and of memory from measured rounds."""

from __future__ import annotations

import statistics
from typing import Any

from case import Case
from cases import MEMORY_GOAL, PLANS, goal

STEP = "Milliseconds of a gradient step of this engine, and how many times longer its peers took: the median over \
rounds of the ratio within a round (lowest to highest). {cores} cores; each engine at the number of threads that is \
better for it. The difference is the largest of any entry of our gradient to the peer's."
LEFT = "A dash is a peer that was left out of a case: its step, grown with the number of amplitudes from the nearest \
smaller case that was measured, would take more than {longest:.0f} s or more memory than there is; reasons stand \
below the table. A ratio without a range is of one step only, for that step took more than {once:.0f} s."


def markdown(found: dict[str, Any]) -> str:
    """One row a case: our time, each peer's ratio to it as median (lowest to highest), and the goal."""
    peers = [peer for peer in found["versions"] if peer != "qmlops"]
    effort = PLANS[found["plan"]].effort
    lines = [STEP.format(cores=found["cores"]), "", "; ".join(found["versions"].values()) + ".", ""]
    if found["plan"] == "all":
        lines += [LEFT.format(longest=effort.longest_ms / 1000, once=effort.once_ms / 1000), ""]
    head = ["circuit", "wires", "batch", "bits", "ms", *peers, "fastest peer", "goal", "difference"]
    lines += ["| " + " | ".join(head) + " |", "| --- " * len(head) + "|"]
    lines += [_row(item, peers) for item in found["cases"]]
    return "\n".join([*lines, *_left_out(found["cases"]), *_memory(found)]) + "\n"


def _row(item: dict[str, Any], peers: list[str]) -> str:
    case = Case(*item["case"])
    own = item["rounds"].get("qmlops")
    ratios = {
        peer: sorted(theirs / ours for theirs, ours in zip(item["rounds"][peer], own, strict=False))
        for peer in peers
        if own and peer in item["rounds"]
    }
    cells = [_spread(ratios[peer], ".1f") if peer in ratios else "–" for peer in peers]
    least = min((statistics.median(ratio), peer) for peer, ratio in ratios.items()) if ratios else None
    wanted = goal(case)
    reached = "" if wanted is None or least is None else f"{wanted} {'reached' if least[0] >= wanted else 'MISSED'}"
    difference = ", ".join(f"{peer} {size:.0e}" for peer, size in item["difference"].items())
    row = [case.circuit, *map(str, (case.width, case.batch, case.bits)), _spread(own, ".3g") if own else "–", *cells]
    return "| " + " | ".join([*row, f"{least[0]:.1f} × ({least[1]})" if least else "", reached, difference]) + " |"


def _spread(numbers: list[float], style: str) -> str:
    """The median, and lowest to highest where there are several."""
    middle = format(statistics.median(numbers), style)
    return middle if len(numbers) == 1 else f"{middle} ({min(numbers):{style}} to {max(numbers):{style}})"


def _left_out(items: list[dict[str, Any]]) -> list[str]:
    """A table of who was left out of which case, and why."""
    rows = [
        f"| {circuit} | {width} | {batch} | {bits} | {peer} | {reason} |"
        for item in items
        for (circuit, width, batch, bits), (peer, reason) in ((item["case"], pair) for pair in item["left_out"].items())
    ]
    return ["", "| circuit | wires | batch | bits | left out | reason |", "| --- " * 6 + "|", *rows] if rows else []


def _memory(found: dict[str, Any]) -> list[str]:
    """What each process grew by, in states, in the case whose memory has a goal."""
    size, bound = MEMORY_GOAL
    lines = []
    for item in found["cases"]:
        circuit, width, batch, bits = item["case"]
        if (circuit, width, batch, bits) == ("ring", *size, 32):
            states = {peer: grown / (8 << width) / batch for peer, grown in item["bytes"].items()}
            own = f"{states.pop('qmlops'):.2f}"
            theirs = "".join(f"; {peer}'s by {number:.1f}" for peer, number in states.items())
            reached = "reached" if float(own) <= bound else "MISSED"
            lines = [
                "",
                f"Memory at {width} wires, batch {batch}: the process of this engine grew by {own} states at its "
                f"highest, from before a program was made ready to the end of its first step (goal: at most {bound}, "
                f"{reached}){theirs}.",
            ]
    return lines
