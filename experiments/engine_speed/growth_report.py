"""Tables and the figure of growth.py from what it measured."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

STEP = 1.1
"""A rise of the time per amplitude and gate by more than this is a step."""
COLOURS = {"batch 1": "C0", "batch 32": "C1", "points, 1 thread": "C2", "wires, 1 thread": "C3", "plain loop": "0.5"}


def markdown(found: dict[str, Any]) -> str:
    """Nanoseconds per amplitude and gate, the steps up, and growth in gates and batch."""
    return "\n".join([*_widths(found), "", *_steps(found), "", *_layers(found), "", *_batches(found)]) + "\n"


def _by_line(found: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in found["widths"]:
        lines.setdefault(row["line"], []).append(row)
    return lines


def _widths(found: dict[str, Any]) -> list[str]:
    lines = _by_line(found)
    text = [
        "Nanoseconds per amplitude and gate of a gradient step, over wires. Behind the chosen ones stands the regime: "
        "what lanes hold (*points* or *wires*), *blocks* where threads share a state, and the threads.",
        "",
        "| wires | " + " | ".join(lines) + " |",
        "| --- " * (1 + len(lines)) + "|",
    ]
    for width in sorted({row["width"] for row in found["widths"]}):
        cells = []
        for name, rows in lines.items():
            row = next((row for row in rows if row["width"] == width), None)
            cells.append("" if row is None else f"{row['ns']:.3g}{'' if 'thread' in name else ' ' + _regime(row)}")
        text.append(f"| {width} | " + " | ".join(cells) + " |")
    return text


def _regime(row: dict[str, Any]) -> str:
    amplitudes, staged, threads = row["regime"]
    return f"{'blocks' if staged else 'wires' if amplitudes else 'points'} {threads}"


def _steps(found: dict[str, Any]) -> list[str]:
    text = [
        f"Every rise by more than {STEP - 1:.0%} from one width to the next, the bytes of the two states that a thread "
        "works on, the level of memory that holds them, what the time per byte of a plain loop does between the same "
        "bytes, and the regime.",
        "",
        "| line | wires | rise | two states | level | plain loop | regime |",
        "| --- " * 7 + "|",
    ]
    rates = {row["bytes"]: row["rate"] for row in found["loop"]}
    for name, rows in _by_line(found).items():
        for row, following in pairwise(rows):
            if following["ns"] > STEP * row["ns"]:
                size, level, regime = (_change(say, row, following) for say in (_size, _level_in(found), _regime))
                loop = rates[row["bytes"]] / rates[following["bytes"]]
                text.append(
                    f"| {name} | {row['width']} → {following['width']} | {following['ns'] / row['ns']:.2f} × | "
                    f"{size} | {level} | {loop:.2f} × | {regime} |"
                )
    return text


def _change(say: Callable[[dict[str, Any]], str], row: dict[str, Any], following: dict[str, Any]) -> str:
    return " → ".join(dict.fromkeys([say(row), say(following)]))


def _size(row: dict[str, Any]) -> str:
    return f"{row['bytes'] >> 10} KiB"


def _level_in(found: dict[str, Any]) -> Callable[[dict[str, Any]], str]:
    """What holds the states: the last cache those of all threads together, the others those of one."""
    *own, (last, shared) = sorted(found["caches"].items())

    def level(row: dict[str, Any]) -> str:
        fits = [name for name, size in own if row["bytes"] <= size]
        return fits[0] if fits else last if row["bytes"] * row["regime"][2] <= shared else "memory"

    return level


def _layers(found: dict[str, Any]) -> list[str]:
    counts = sorted({row["layers"] for row in found["layers"]})
    text = [
        "Milliseconds over layers, and in brackets for each layer that is added.",
        "",
        "| wires, batch | " + " | ".join(f"{k} layers" for k in counts) + " |",
        "| --- " * (1 + len(counts)) + "|",
    ]
    for (width, batch), group in groupby(found["layers"], key=lambda row: (row["width"], row["batch"])):
        rows = list(group)
        added = [(b["ms"] - a["ms"]) / (b["layers"] - a["layers"]) for a, b in pairwise(rows)]
        cells = [f"{rows[0]['ms']:.3g}", *(f"{b['ms']:.3g} ({d:.3g})" for b, d in zip(rows[1:], added, strict=True))]
        text.append(f"| {width}, {batch} | " + " | ".join(cells) + " |")
    return text


def _batches(found: dict[str, Any]) -> list[str]:
    sizes = sorted({row["batch"] for row in found["batches"]})
    text = [
        "Milliseconds over the batch, in the regime of the largest, and in brackets microseconds for each point "
        "that is added.",
        "",
        "| wires | " + " | ".join(f"batch {size}" for size in sizes) + " |",
        "| --- " * (1 + len(sizes)) + "|",
    ]
    for width, group in groupby(found["batches"], key=lambda row: row["width"]):
        rows = list(group)
        added = [1000 * (b["ms"] - a["ms"]) / (b["batch"] - a["batch"]) for a, b in pairwise(rows)]
        cells = [f"{rows[0]['ms']:.3g}", *(f"{b['ms']:.3g} ({d:.3g})" for b, d in zip(rows[1:], added, strict=True))]
        text.append(f"| {width} | " + " | ".join(cells) + " |")
    return text


def figure(found: dict[str, Any], path: Path) -> None:
    """Left, the chosen regimes over wires; right, one thread over the bytes of its two states, beside a plain loop."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "growth", "svg.fonttype": "none"}
    from matplotlib import pyplot

    whole, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4), sharey=True, layout="constrained")
    for name, rows in _by_line(found).items():
        forced = "thread" in name
        across = [row["bytes"] if forced else row["width"] for row in rows]
        drawn = right if forced else left
        drawn.plot(across, [row["ns"] for row in rows], "o-", markersize=3, color=COLOURS[name], label=name)
    loop = found["loop"]
    byte = [16 * 1e9 / row["rate"] for row in loop]
    right.plot([row["bytes"] for row in loop], byte, ":", color=COLOURS["plain loop"], label="plain loop, 16 bytes")
    right.set_xscale("log", base=2)
    for name, size in found["caches"].items():
        right.axvline(size, color="0.8", zorder=0)
        right.annotate(name, (size, 1), xycoords=("data", "axes fraction"), ha="right", va="top", color="0.4")
    left.set(xlabel="wires", ylabel="ns per amplitude and gate", yscale="log", xticks=range(4, 25, 2))
    right.set(xlabel="bytes of state and costate")
    for drawn in (left, right):
        drawn.legend(frameon=False, fontsize=8)
        drawn.spines[["top", "right"]].set_visible(False)
    whole.savefig(path, metadata={"Date": None})
