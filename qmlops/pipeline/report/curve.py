"""Metrics over steps, as small line charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qmlops.pipeline.report.axis import Axis, around
from qmlops.pipeline.report.facts import Facts
from qmlops.pipeline.report.frame import HEIGHT, LEFT, RIGHT, WIDTH, Frame
from qmlops.pipeline.report.markup import Markup, counted, join, number, tag

Point = tuple[float, float]
MOST_POINTS = 600
_LARGEST = 1e150


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
    left_out: int = 0
    """Points that were not finite, or not positive on a logarithmic axis."""


def curves(facts: Facts) -> Markup:
    """All charts that the history has points for; nothing for a run of one step."""
    found = [curve for curve in map(_drawable, _curves(facts)) if len(curve.points) > 1]
    return join(_figure(curve, _steps(facts)) for curve in found)


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
        errors = [(step, abs(value - exact)) for step, value in loss]
        found.append(Curve("Distance to exact", "|loss \u2212 exact|", errors, log=True))
    found.append(Curve("Validation accuracy", "share of rows", accuracy, share=True))
    return [*found, Curve("Gradient norm", "norm (1/rad)", gradient, log=True)]


def _points(facts: Facts, metric: str) -> list[Point]:
    return [(float(event.step), event.metrics[metric]) for event in facts.steps if metric in event.metrics]


def _drawable(curve: Curve) -> Curve:
    """The curve without the points that have no place on its axis, and how many those are."""
    least = 1 / _LARGEST if curve.log else -_LARGEST
    kept = [point for point in curve.points if least < point[1] < _LARGEST]
    return replace(curve, points=kept, left_out=len(curve.points) - len(kept))


def _exact_loss(facts: Facts) -> float | None:
    """The exact energy with the sign that the loss has."""
    exact = next((item["energy"] for item in facts.result["baselines"] if "energy" in item), None)
    if exact is None:
        return None
    energy, loss = facts.metrics["energy"], facts.metrics["loss"]
    return float(exact if abs(loss - energy) <= abs(loss + energy) else -exact)


def _steps(facts: Facts) -> Axis:
    """One axis for all charts, so that they can be compared."""
    return Axis(float(facts.steps[0].step), float(facts.steps[-1].step))


def _figure(curve: Curve, across: Axis) -> Markup:
    last = curve.points[-1]
    said = ["last ", number(last[1], ".3f" if curve.share else "#.3g")]
    if curve.left_out:
        said.append(f" · {counted(curve.left_out, 'point')} without a place here")
    caption = tag("figcaption", tag("b", curve.title), tag("span", *said))
    return tag("figure", caption, _chart(curve, across), class_="card")


def _chart(curve: Curve, across: Axis) -> Markup:
    values = [value for _, value in curve.points] + ([curve.reference[0]] if curve.reference else [])
    up = around(values, curve.log)
    if curve.share:
        up = Axis(max(0.0, min(values) - 0.05), 1.0)
    if up.low <= 0 < min(values) and not curve.log:
        up = Axis(0.0, up.high)
    place = Frame(across, up)
    drawn = thin(curve.points)
    parts = [place.axes(curve.unit)]
    if curve.reference:
        y = place.y(curve.reference[0])
        parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="reference"))
        parts.append(tag("text", curve.reference[1], x=LEFT + 4, y=f"{float(y) - 5:.1f}", class_="tick"))
    parts.append(tag("polyline", points=" ".join(f"{place.x(x)},{place.y(y)}" for x, y in drawn), class_="curve"))
    if len(drawn) <= 40:
        parts += [tag("circle", cx=place.x(x), cy=place.y(y), r=2.2, class_="point") for x, y in drawn]
    label = f"{curve.title} over steps, from {curve.points[0][1]:.4g} to {curve.points[-1][1]:.4g}"
    return tag("svg", *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=label)
