"""What the run has raised the alarm about, and what it watches for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.geometry import Size

from qmlops.core.event import AlertRaised
from qmlops.monitoring.pane.base import BAD, MUTED, WARNING, Sheet, empty, wrapped

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track

_HARD = ("pause", "stop")
"""Actions that hold the run up."""
_MOST = 100
_MIDDLE = 50
"""Columns from which the time of an alert has room."""


class Alerts(Sheet):
    TITLE = "Alerts"

    def sources(self, track: Track, project: Project) -> object:
        return tuple(track.alerts), track.config

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        raised = [(item.time, item.event) for item in reversed(track.alerts) if isinstance(item.event, AlertRaised)]
        found = track.config.get("alerts")
        declared = found if isinstance(found, Mapping) else {}
        known = {alert.name for _, alert in raised}
        quiet = {name: fields for name, fields in declared.items() if name not in known}
        if not raised and not quiet:
            return empty(
                "This run watches for nothing.", "+alert@alerts.gradient=gradient_lost declares an alert", size
            )
        lines = [line for moment, alert in raised[:_MOST] for line in _raised(moment, alert, size.width)]
        return [*lines, *_quiet(quiet, size.width)]


def _raised(moment: float, alert: AlertRaised, width: int) -> list[Content]:
    """One alert: when and where, what is the matter, and what the run did about it."""
    style = BAD if set(_HARD) & set(alert.actions) else WARNING
    did = [action for action in alert.actions if action != "show"]
    clock = f"{datetime.fromtimestamp(moment):%H:%M:%S}  " if width >= _MIDDLE else ""
    head = Content.assemble(
        ("▲ ", style),
        (alert.name, f"bold {style}"),
        (f"  {clock}step {alert.step:,}", MUTED),
        (f"  → {', '.join(did)}" if did else "", style),
    )
    text = [Content("  ") + line for line in wrapped(alert.text, "", width - 2)]
    if len(text) == 1 and head.cell_length + text[0].cell_length <= width:
        return [head + text[0]]
    return [head, *text]


def _quiet(declared: Mapping[str, Any], width: int) -> Iterator[Content]:
    """What is watched for and has not come true."""
    label = max(map(len, declared), default=0)
    if declared:
        yield Content.styled("quiet", MUTED)
    for name, fields in declared.items():
        first, *rest = wrapped(_condition(fields), MUTED, width - label - 4) or [Content("")]
        yield Content.assemble(("○ ", MUTED), f"{name:<{label}}  ", first)
        yield from (Content(" " * (label + 4)) + line for line in rest)


def _condition(fields: object) -> str:
    """What an alert waits for: its condition, or its kind with what was written for it."""
    if not isinstance(fields, Mapping):
        return ""
    if fields.get("when"):
        return str(fields["when"])
    told = [f"{name} {value}" for name, value in fields.items() if name in ("metric", "mean", "side", "effect")]
    return " ".join([str(fields.get("kind", "")), *told])
