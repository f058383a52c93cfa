"""One gate as SVG, around the middle of its column."""

from __future__ import annotations

from collections.abc import Set

from qmlops.core.label import Label
from qmlops.core.shape import Shape
from qmlops.pipeline.report.markup import Markup, tag

HEIGHT = 32


def glyph(shape: Shape, x: float, pitch: float, inputs: Set[str]) -> Markup:
    """The gate with a title that names it in full; its class tells inputs from weights."""
    wires = [wire for wire, _, _ in shape.marks]
    title = f"{shape.name}({shape.angle.plain})" if shape.angle else shape.name
    parts = [tag("title", f"{title} on {', '.join(f'q{wire}' for wire in wires)}")]
    if len(wires) > 1:
        ends = {"y1": _y(min(wires), pitch), "y2": _y(max(wires), pitch)}
        parts.append(tag("line", x1=_n(x), x2=_n(x), **ends, class_="link"))
    single = shape.boxes == 1
    for wire, sort, word in shape.marks:
        parts.append(_box(word, x, _y(wire, pitch), shape) if sort == "box" else _mark(sort, x, _y(wire, pitch)))
    if shape.angle and not single:
        parts.append(_tablet(shape, x, _y(min(wires), pitch) + pitch / 2))
    return tag("g", *parts, class_=f"gate {_origin(shape.angle, inputs)}")


def written(label: Label) -> list[Markup]:
    """A label as tspans, subscripts lowered."""
    spans = []
    for base, below in label.pieces:
        spans.append(tag("tspan", base))
        if below:
            spans.append(tag("tspan", below, dy=3, class_="sub"))
            spans.append(tag("tspan", "\u200b", dy=-3))
    return spans


def read_mark(x: float, y: float, height: float, what: str) -> Markup:
    """A meter at the end of a wire, and what is read there."""
    half = height / 2 - 3
    dial = f"M{x + 5:.1f} {y + 5:.1f}a8 8 0 0 1 16 0M{x + 13:.1f} {y + 5:.1f}l5 -9"
    return tag(
        "g",
        tag("title", f"reads {what}"),
        tag("rect", x=_n(x), y=_n(y - half), width=26, height=_n(2 * half), rx=4),
        tag("path", d=dial),
        tag("text", what, x=_n(x + 32), y=_n(y + 4)),
        class_="meter",
    )


def _origin(angle: Label | None, inputs: Set[str]) -> str:
    """input, weight, or fixed; a gate with both counts as input and is drawn with both colours."""
    symbols = set(angle.symbols) if angle else set()
    if not symbols:
        return "fixed"
    if symbols <= inputs:
        return "input"
    return "both" if symbols & inputs else "weight"


def _box(word: str, x: float, y: float, shape: Shape) -> Markup:
    """A box with a word, and the angle below it where no other box shares that; then it is lower."""
    alone = shape.boxes == 1
    angle = shape.angle if alone else None
    width, height = (shape.width, HEIGHT) if alone else (7.2 * len(word) + 14, 22)
    words = [tag("text", word, x=_n(x), y=_n(y - 2 if angle else y + 4), class_="name")]
    if angle:
        words.append(tag("text", *written(angle), x=_n(x), y=_n(y + 10), class_="angle"))
    box = tag("rect", x=_n(x - width / 2), y=_n(y - height / 2), width=_n(width), height=height, rx=5, class_="box")
    return tag("g", box, *words)


def _mark(sort: str, x: float, y: float) -> Markup:
    if sort in ("dot", "hollow"):
        return tag("circle", cx=_n(x), cy=_n(y), r=4, class_=sort)
    if sort == "plus":
        cross = f"M{x - 8:.1f} {y:.1f}h16M{x:.1f} {y - 8:.1f}v16"
        return tag("g", tag("circle", cx=_n(x), cy=_n(y), r=8, class_="ring"), tag("path", d=cross, class_="stroke"))
    return tag("path", d=f"M{x - 5:.1f} {y - 5:.1f}l10 10M{x - 5:.1f} {y + 5:.1f}l10 -10", class_="stroke")


def _tablet(shape: Shape, x: float, y: float) -> Markup:
    """Name and angle between two wires, on the line that links the marks."""
    assert shape.angle is not None
    box = tag("rect", x=_n(x - shape.width / 2), y=_n(y - 9), width=_n(shape.width), height=18, rx=9, class_="box")
    words = [tag("tspan", f"{shape.name} ", class_="name"), *written(shape.angle)]
    return tag("g", box, tag("text", *words, x=_n(x), y=_n(y + 4), class_="angle"))


def _y(wire: int, pitch: float) -> float:
    return wire * pitch + pitch / 2


def _n(value: float) -> str:
    return f"{value:.1f}"
