"""Metrics over steps, as small line charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from qmlops.pipeline.report.axis import Axis, around
from qmlops.pipeline.report.facts import Facts
from qmlops.pipeline.report.markup import Markup, join, number, tag

Point = tuple[float, float]
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 360, 236, 56, 12, 14, 42
MOST_POINTS = 600


@dataclass(frozen=True)
class Curve:
    """One metric over steps, with the values that its axis must hold."""

    title: str
    unit: str
    points: list[Point]
    log: bool = False
    share: bool = False
    """Values are shares, so the axis ends at 1."""
    reference: tuple[float, str] | None = None


def curves(facts: Facts) -> Markup:
    """All charts that the history has points for; nothing for a run of one step."""
    found = [curve for curve in _curves(facts) if len(curve.points) > 1]
    return join(_figure(curve) for curve in found)


def thin(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """At most so many points: the lowest and the highest of each run of neighbours, and both ends."""
    if len(points) <= most:
        return list(points)
    size = math.ceil(len(points) / ((most - 2) // 2))
    kept: set[int] = {0, len(points) - 1}
    for start in range(0, len(points), size):
        run = range(start, min(start + size, len(points)))
        kept |= {min(run, key=lambda index: points[index][1]), max(run, key=lambda index: points[index][1])}
    return [points[index] for index in sorted(kept)]


def _curves(facts: Facts) -> list[Curve]:
    loss = _points(facts, "loss")
    accuracy, gradient = _points(facts, "validation_accuracy"), _points(facts, "gradient_norm")
    exact = _exact_loss(facts)
    found = [Curve("Loss", "loss", loss, reference=None if exact is None else (exact, "exact"))]
    if exact is not None:
        errors = [(step, abs(value - exact)) for step, value in loss if value != exact]
        found.append(Curve("Distance to exact", "|loss − exact|", errors, log=True))
    found.append(Curve("Validation accuracy", "share of rows", accuracy, share=True))
    positive = [point for point in gradient if point[1] > 0]
    return [*found, Curve("Gradient norm", "‖gradient‖ (1/rad)", positive, log=True)]


def _points(facts: Facts, metric: str) -> list[Point]:
    pairs = ((float(event.step), event.metrics[metric]) for event in facts.steps if metric in event.metrics)
    return [(step, value) for step, value in pairs if math.isfinite(value)]


def _exact_loss(facts: Facts) -> float | None:
    """The exact energy with the sign that the loss has."""
    exact = next((item["energy"] for item in facts.result["baselines"] if "energy" in item), None)
    if exact is None:
        return None
    energy, loss = facts.metrics["energy"], facts.metrics["loss"]
    return float(exact if abs(loss - energy) <= abs(loss + energy) else -exact)


def _figure(curve: Curve) -> Markup:
    last = curve.points[-1]
    caption = tag("figcaption", tag("b", curve.title), tag("span", "last ", number(last[1])))
    return tag("figure", caption, _chart(curve), class_="card")


def _chart(curve: Curve) -> Markup:
    across = Axis(*_ends([step for step, _ in curve.points]))
    values = [value for _, value in curve.points] + ([curve.reference[0]] if curve.reference else [])
    up = around(values, curve.log)
    if curve.share:
        up = Axis(max(0.0, min(values) - 0.05), 1.0)
    if up.low <= 0 < min(values) and not curve.log:
        up = Axis(0.0, up.high)
    place = _Frame(across, up)
    drawn = thin(curve.points)
    parts = [place.axes(curve.unit)]
    if curve.reference:
        y = place.y(curve.reference[0])
        parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="reference"))
        parts.append(tag("text", curve.reference[1], x=WIDTH - RIGHT, y=f"{float(y) - 5:.1f}", class_="tick end"))
    parts.append(tag("polyline", points=" ".join(f"{place.x(x)},{place.y(y)}" for x, y in drawn), class_="curve"))
    if len(drawn) <= 40:
        parts += [tag("circle", cx=place.x(x), cy=place.y(y), r=2.2, class_="point") for x, y in drawn]
    label = f"{curve.title} over steps, from {curve.points[0][1]:.4g} to {curve.points[-1][1]:.4g}"
    return tag("svg", *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=label)


def _ends(values: list[float]) -> tuple[float, float]:
    return min(values), max(values)


@dataclass(frozen=True)
class _Frame:
    """Where a point stands in the picture, and the axes around it."""

    across: Axis
    up: Axis

    def x(self, value: float) -> str:
        return f"{LEFT + self.across.place(value) * (WIDTH - LEFT - RIGHT):.1f}"

    def y(self, value: float) -> str:
        return f"{HEIGHT - BOTTOM - self.up.place(value) * (HEIGHT - TOP - BOTTOM):.1f}"

    def axes(self, unit: str) -> Markup:
        parts = []
        for value, label in self.up.ticks():
            y = self.y(value)
            parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid"))
            parts.append(tag("text", label, x=LEFT - 8, y=f"{float(y) + 4:.1f}", class_="tick end"))
        base = HEIGHT - BOTTOM
        parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=base, y2=base, class_="base"))
        for value, label in self.across.ticks():
            if float(value).is_integer():
                parts.append(tag("text", label, x=self.x(value), y=base + 17, class_="tick middle"))
        parts.append(tag("text", "step", x=(LEFT + WIDTH - RIGHT) / 2, y=HEIGHT - 6, class_="label middle"))
        middle = (TOP + base) / 2
        turn = f"rotate(-90 12 {middle})"
        parts.append(tag("text", unit, x=12, y=middle, transform=turn, class_="label middle"))
        return join(parts)
