"""Money and time as a person reads them. What is not known is never shown as 0."""

from __future__ import annotations

UNKNOWN = "not known"


def money(amount: float | None, unit: str) -> str:
    return UNKNOWN if amount is None else f"{amount:,.2f} {unit}"


def duration(seconds: float | None) -> str:
    """In the unit that a person would take."""
    if seconds is None:
        return UNKNOWN
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.3g} s"
