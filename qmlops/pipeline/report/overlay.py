"""Several runs on one page: a table, and their curves over each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qmlops.core.event import history, read
from qmlops.pipeline.report.axis import Axis, around
from qmlops.pipeline.report.curve import Point, thin
from qmlops.pipeline.report.frame import HEIGHT, WIDTH, Frame
from qmlops.pipeline.report.markup import Markup, join, tag
from qmlops.pipeline.report.style import DRAWING, PAGE
from qmlops.pipeline.summary import comparison

if TYPE_CHECKING:
    from qmlops.pipeline.record import Run

_METRICS = (("loss", "Loss"), ("validation_accuracy", "Validation accuracy"), ("gradient_norm", "Gradient norm"))
_LOGARITHMIC = ("gradient_norm",)


def overlay(runs: Sequence[Run]) -> str:
    """One self-contained page. Each run has a colour of its own, the same in all charts."""
    steps = [history(read(run.folder)) for run in runs]
    charts = []
    for metric, title in _METRICS:
        curves = [[(float(step.step), step.metrics[metric]) for step in one if metric in step.metrics] for one in steps]
        if any(len(curve) > 1 for curve in curves):
            charts.append(_chart(title, [_finite(curve, metric) for curve in curves], metric in _LOGARITHMIC))
    head, rows = comparison(runs)
    key = [tag("i", "", style=f"background:{_colour(number, len(runs))};{_SWATCH}") for number in range(len(runs))]
    table = tag(
        "table",
        tag("tr", tag("th", ""), *(tag("th", cell) for cell in head)),
        *(tag("tr", tag("td", mark), *(tag("td", cell) for cell in row)) for mark, row in zip(key, rows, strict=True)),
    )
    title = f"{len(runs)} runs"
    main = tag(
        "main",
        tag("header", tag("h1", title)),
        tag("section", tag("div", table, class_="card scroll")),
        tag("section", tag("h2", "Training"), tag("div", *charts, class_="trio")) if charts else Markup(""),
    )
    style = tag("style", Markup(DRAWING + PAGE + "td, th { padding: 4px 12px 4px 0; text-align: left; }"))
    document = tag("html", tag("head", tag("meta", charset="utf-8"), tag("title", title), style), tag("body", main))
    return join([Markup("<!doctype html>\n"), document])


_SWATCH = "display:inline-block;width:12px;height:12px;border-radius:3px"


def _chart(title: str, curves: list[list[Point]], log: bool) -> Markup:
    values = [value for curve in curves for _, value in curve]
    last = max((curve[-1][0] for curve in curves if curve), default=2.0)
    frame = Frame(Axis(1.0, max(last, 2.0)), around(values, log))
    lines = [
        tag(
            "polyline",
            points=" ".join(f"{frame.x(x)},{frame.y(y)}" for x, y in thin(curve)),
            class_="curve",
            style=f"stroke:{_colour(number, len(curves))}",
        )
        for number, curve in enumerate(curves)
    ]
    picture = tag(
        "svg", frame.axes(title.lower()), *lines, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=title
    )
    return tag("figure", tag("figcaption", tag("b", title)), picture, class_="card")


def _finite(curve: list[Point], metric: str) -> list[Point]:
    positive = metric in _LOGARITHMIC
    return [(step, value) for step, value in curve if math.isfinite(value) and (value > 0 or not positive)]


def _colour(number: int, count: int) -> str:
    """Hues around the circle, of one lightness, so that no run is louder than another."""
    return f"hsl({(230 + 360 * number / count) % 360:.0f} 60% 50%)"
