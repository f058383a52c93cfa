"""The model beside its baselines: a plain sentence, and a dot with its interval for each."""

from __future__ import annotations

from dataclasses import dataclass

from qmlops.pipeline.report.axis import Axis, around
from qmlops.pipeline.report.facts import Facts
from qmlops.pipeline.report.markup import Markup, join, number, tag
from qmlops.pipeline.verdict import verdict


@dataclass(frozen=True)
class Entry:
    """One row of the chart."""

    name: str
    value: float
    interval: tuple[float, float] | None
    ours: bool = False


def comparison(facts: Facts) -> Markup:
    """The section; empty where there is nothing to compare with."""
    entries = entries_of(facts)
    if len(entries) < 2:
        return Markup("")
    energies = "energy" in facts.metrics
    axis = _axis(entries, energies)
    style = "#.7g" if energies else ".3f"
    rows = join(_row(entry, axis, style) for entry in entries)
    marks = join(tag("span", label, style=f"left:{_percent(axis, value)}") for value, label in axis.ticks(6))
    what = "energy" if energies else "accuracy on the test part; lines are 95 % intervals"
    scale = tag("div", tag("span", ""), tag("div", marks, class_="scale"), tag("span", ""), class_="versus")
    chart = tag("div", rows, scale, tag("p", what, class_="label"), class_="card wide" if energies else "card")
    return join([tag("p", verdict(facts.result), class_="verdict"), chart])


def entries_of(facts: Facts) -> list[Entry]:
    """This model first, then the baselines in their order; nothing for a run without a score."""
    key = "energy" if "energy" in facts.metrics else "test_accuracy"
    if key not in facts.metrics:
        return []
    found = [Entry("this model", facts.metrics[key], facts.intervals.get(key), ours=True)]
    for item in (item for item in facts.result["baselines"] if key in item):
        low_high = item.get("test_interval")
        found.append(Entry(str(item["name"]), float(item[key]), tuple(low_high) if low_high else None))
    return found


def _axis(entries: list[Entry], energies: bool) -> Axis:
    values = [entry.value for entry in entries]
    for entry in entries:
        values += entry.interval or ()
    if not energies:
        return Axis(max(0.0, min(values) - 0.03), 1.0)
    least = 0.02 * max(map(abs, values))
    return around([*values, min(values) - least, max(values) + least])


def _row(entry: Entry, axis: Axis, style: str) -> Markup:
    parts = []
    if entry.interval is not None:
        low, high = (min(max(axis.place(value), 0.0), 1.0) for value in entry.interval)
        parts.append(tag("i", "", style=f"left:{low:.2%};width:{high - low:.2%}"))
    parts.append(tag("b", "", style=f"left:{_percent(axis, entry.value)}"))
    shown = [number(entry.value, style)]
    if entry.interval is not None:
        low, high = entry.interval
        shown.append(tag("small", number(low, style), "–" if low >= 0 else " to ", number(high, style)))
    name = tag("span", entry.name, class_="name")
    track, value = tag("div", *parts, class_="track"), tag("span", *shown, class_="value")
    return tag("div", name, track, value, class_="versus ours" if entry.ours else "versus")


def _percent(axis: Axis, value: float) -> str:
    return f"{axis.place(value):.2%}"
