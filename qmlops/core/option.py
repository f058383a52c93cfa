"""The fields of a part: a default with its meaning, unit and range, checked when a part is made."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import field, fields
from typing import Any

from qmlops.errors import ConfigError, Mistake, shown


def option(
    default: Any,
    doc: str,
    *,
    unit: str = "",
    above: float | None = None,
    least: float | None = None,
    most: float | None = None,
    below: float | None = None,
) -> Any:
    """A dataclass field that carries its own documentation and range.

    `above` and `below` are exclusive bounds, `least` and `most` inclusive ones; they hold
    for a number and for each number of a tuple. None is always inside.
    """
    bounds = {"above": above, "least": least, "most": most, "below": below}
    given = {name: bound for name, bound in bounds.items() if bound is not None}
    metadata = {"doc": doc, "unit": unit, "bounds": given}
    if isinstance(default, list | dict):
        return field(default_factory=lambda: type(default)(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def describe_bounds(bounds: dict[str, float]) -> str:
    """The range in words: `> 0 and <= 1`."""
    signs = {"above": ">", "least": ">=", "most": "<=", "below": "<"}
    return " and ".join(f"{signs[name]} {bound}" for name, bound in bounds.items())


def inside(value: float, bounds: dict[str, float]) -> bool:
    """Whether a finite number lies inside the bounds; infinities and NaN never do."""
    return (
        -math.inf < value < math.inf
        and value > bounds.get("above", -math.inf)
        and value >= bounds.get("least", -math.inf)
        and value <= bounds.get("most", math.inf)
        and value < bounds.get("below", math.inf)
    )


def _numbers(value: Any) -> Iterable[float]:
    if isinstance(value, bool):
        return ()
    if isinstance(value, int | float):
        return (value,)
    if isinstance(value, list | tuple):
        return (number for item in value for number in _numbers(item))
    return ()


def range_mistakes(part: Any) -> list[Mistake]:
    """One mistake for each field of a part that is outside its range."""
    mistakes = []
    for item in fields(part):
        value = getattr(part, item.name)
        bounds = item.metadata.get("bounds", {})
        if not all(inside(number, bounds) for number in _numbers(value)):
            noun = "a whole number" if isinstance(value, int) else "a finite number"
            allowed = f"{noun} {describe_bounds(bounds)}".rstrip()
            mistakes.append(Mistake(item.name, f"{shown(value)} is out of range.", f"allowed: {allowed}"))
    return mistakes


def validate(part: Any, *more: Mistake | None) -> None:
    """Raise ConfigError with every range mistake of `part` and every one in `more`."""
    mistakes = range_mistakes(part) + [mistake for mistake in more if mistake is not None]
    if mistakes:
        raise ConfigError(mistakes)
