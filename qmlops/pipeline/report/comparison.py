"""The model beside its baselines: a plain sentence, and a dot with its interval for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qmlops.pipeline.report.axis import Axis, around
from qmlops.pipeline.report.facts import Facts
from qmlops.pipeline.report.markup import Markup, join, number, tag


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
    style = ".8g" if energies else ".3f"
    rows = join(_row(entry, axis, style) for entry in entries)
    marks = join(tag("span", label, style=f"left:{_percent(axis, value)}") for value, label in axis.ticks(6))
    what = "energy" if energies else "accuracy on the test part; lines are 95 % intervals"
    scale = tag("div", tag("span", ""), tag("div", marks, class_="scale"), tag("span", ""), class_="versus")
    chart = tag("div", rows, scale, tag("p", what, class_="label"), class_="card")
    return join([tag("p", sentence(facts), class_="verdict"), chart])


def entries_of(facts: Facts) -> list[Entry]:
    """This model first, then the baselines in their order."""
    key = "energy" if "energy" in facts.metrics else "test_accuracy"
    found = [Entry("this model", facts.metrics[key], facts.intervals.get(key), ours=True)]
    for item in facts.result["baselines"]:
        low_high = item.get("test_interval")
        found.append(Entry(str(item["name"]), float(item[key]), tuple(low_high) if low_high else None))
    return found


def sentence(facts: Facts) -> str:
    """Who is ahead and by how much, also when it is not this model."""
    ours, *others = entries_of(facts)
    if not others:
        return ""
    best = max(others, key=lambda entry: entry.value)
    if "energy" in facts.metrics:
        return f"The energy of this model is {_size(ours.value - best.value)} the one of {best.name}."
    rows = test_rows(facts.result)
    score = f"{_of(ours.value, rows)}, against {_of(best.value, rows)}"
    if ours.value == best.value:
        return f"This model and {best.name}, the best baseline, are equal on the test part: {_of(ours.value, rows)}."
    if ours.value > best.value:
        return f"This model is ahead of {best.name}, the best baseline: {score} test rows right.{_doubt(ours, best)}"
    return f"The baseline wins: {best.name} is better than this model. {score} test rows right.{_doubt(ours, best)}"


def test_rows(result: dict[str, Any]) -> int:
    """How many rows the test part has."""
    return sum(sum(row) for row in result["confusion"]["matrix"])


def _size(difference: float) -> str:
    if not difference:
        return "equal to"
    return f"{abs(difference):.2g} {'above' if difference > 0 else 'below'}"


def _of(share: float, rows: int) -> str:
    return f"{round(share * rows)} of {rows}"


def _doubt(ours: Entry, best: Entry) -> str:
    if ours.interval is None or best.interval is None:
        return ""
    (low, high), (other_low, other_high) = ours.interval, best.interval
    if low <= other_high and other_low <= high:
        return " The 95 % intervals overlap, so the difference may be chance."
    return " The 95 % intervals do not overlap."


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
        shown.append(tag("small", number(low, style), "–", number(high, style)))
    name = tag("span", entry.name, class_="name")
    track, value = tag("div", *parts, class_="track"), tag("span", *shown, class_="value")
    return tag("div", name, track, value, class_="versus ours" if entry.ours else "versus")


def _percent(axis: Axis, value: float) -> str:
    return f"{axis.place(value):.2%}"
