"""The plane of two features: which class is predicted where, and the rows of the data."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from qmlops.pipeline.report.axis import Axis
from qmlops.pipeline.report.markup import Markup, class_name, join, tag

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 480, 390, 52, 8, 10, 46
COLOURS = 8
MOST_POINTS = 1500
FINER = 4


def boundary(found: dict[str, Any], names: list[str]) -> Markup:
    """Regions as they were computed on a grid, interpolated between its points."""
    x, y = Axis(*found["x"]), Axis(*found["y"])
    parts = [_regions(found["labels"]), _axes(x, y, found["columns"])]
    shown = []
    for part in ("train", "validation", "test"):
        rows = found["points"].get(part)
        if rows is None:
            continue
        every = list(zip(rows["features"], rows["labels"], strict=True))
        stride = -(-len(every) // MOST_POINTS) or 1
        kept = every[::stride]
        shown.append(f"{len(kept)} of {len(every)} {part} rows" if stride > 1 else f"{len(every)} {part}")
        parts += [_marker(_x(x, row[0]), _y(y, row[1]), label, part) for row, label in kept]
    caption = tag("figcaption", tag("b", "Decision boundary"), tag("span", " · ".join(shown)))
    chart = tag("svg", *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label="Decision boundary")
    return tag("figure", caption, chart, _key(names), class_="card")


def _regions(labels: list[list[int]]) -> Markup:
    """One path a class: runs of equal labels, row by row, on a grid four times as fine."""
    fine = _finer(labels)
    wide, high = (WIDTH - LEFT - RIGHT) / len(fine[0]), (HEIGHT - TOP - BOTTOM) / len(fine)
    paths: dict[int, list[str]] = {}
    for row, line in enumerate(fine):
        bottom, start = HEIGHT - BOTTOM - row * high, 0
        for label, run in groupby(line):
            length = len(list(run))
            box = f"M{LEFT + start * wide:.1f} {bottom:.1f}h{length * wide:.1f}v{-high:.1f}h{-length * wide:.1f}z"
            paths.setdefault(label, []).append(box)
            start += length
    return join(
        tag("path", d="".join(boxes), class_=f"region f{label % COLOURS}", shape_rendering="crispEdges")
        for label, boxes in sorted(paths.items())
    )


def _finer(labels: list[list[int]]) -> list[list[int]]:
    """The class with the largest bilinear share at each point of a finer grid."""
    import numpy as np

    grid = np.asarray(labels)
    planes = [(grid == label).astype(float) for label in range(int(grid.max()) + 1)]
    spread = []
    for size in grid.shape:
        at = (np.arange(size * FINER) + 0.5) * (size - 1) / (size * FINER)
        matrix = np.maximum(0.0, 1 - np.abs(at[:, None] - np.arange(size)[None, :]))
        spread.append(matrix)
    finer = np.argmax([spread[0] @ plane @ spread[1].T for plane in planes], axis=0)
    return [[int(label) for label in row] for row in finer]


def _axes(x: Axis, y: Axis, columns: list[str]) -> Markup:
    base, parts = HEIGHT - BOTTOM, []
    parts.append(tag("rect", x=LEFT, y=TOP, width=WIDTH - LEFT - RIGHT, height=base - TOP, class_="edge"))
    for value, label in x.ticks():
        parts.append(tag("text", label, x=_x(x, value), y=base + 17, class_="tick middle"))
    for value, label in y.ticks():
        parts.append(tag("text", label, x=LEFT - 8, y=f"{float(_y(y, value)) + 4:.1f}", class_="tick end"))
    names = [class_name(name, 40) for name in columns]
    middle = (TOP + base) / 2
    parts.append(tag("text", names[0], x=(LEFT + WIDTH - RIGHT) / 2, y=HEIGHT - 8, class_="label middle"))
    parts.append(tag("text", names[1], x=12, y=middle, transform=f"rotate(-90 12 {middle})", class_="label middle"))
    return join(parts)


def _marker(x: str, y: str, label: int, part: str) -> Markup:
    """A circle, square, triangle or diamond, so that colour is not needed to tell classes apart."""
    style = f"marker {'test' if part == 'test' else 'train'} f{label % COLOURS}"
    if label % 4 == 0:
        return tag("circle", cx=x, cy=y, r=3.6, class_=style)
    corners = ("M-3.3-3.3h6.6v6.6h-6.6z", "M0-4.4L4.2 3.2H-4.2z", "M0-4.6L4.6 0L0 4.6L-4.6 0z")
    return tag("path", d=corners[label % 4 - 1], transform=f"translate({x} {y})", class_=style)


def _key(names: list[str]) -> Markup:
    marks = [
        tag("span", tag("svg", _marker("6", "6", label, "test"), viewBox="0 0 12 12"), class_name(name), title=name)
        for label, name in enumerate(names)
    ]
    return tag("p", *marks, tag("span", "outlined: test rows; pale: training rows"), class_="key")


def _x(axis: Axis, value: float) -> str:
    return f"{LEFT + axis.place(value) * (WIDTH - LEFT - RIGHT):.1f}"


def _y(axis: Axis, value: float) -> str:
    return f"{HEIGHT - BOTTOM - axis.place(value) * (HEIGHT - TOP - BOTTOM):.1f}"
