"""The place where the run computes, and what is known of its health."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from time import time
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size

from qmlops.core.sight import DeviceSeen
from qmlops.monitoring.figure import lasting, number, percent, si
from qmlops.monitoring.pane.base import MUTED, WARNING, Sheet, empty, wrapped
from qmlops.monitoring.pane.grid import Cell, grid
from qmlops.pipeline.plan.quantity import UNKNOWN

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track

_OLD_SECONDS = 24 * 3600.0
_AHEAD_SECONDS = 24 * 3600.0
"""By which clocks may differ; a calibration later than that is in another unit, or none."""
_MIDDLE = 50
"""Columns from which remarks are in full."""


class Device(Sheet):
    TITLE = "Device"

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        device = track.device
        if device is None:
            return empty(
                "No device yet: it is told when the run starts.", "qmlops status lists what can run here", size
            )
        facts = [row for row in _facts(device, size.width) if device.hardware or row[1] != UNKNOWN]
        told = grid(facts, "<><") or wrapped("Nothing is told of errors, calibration or queue.", MUTED, size.width)
        medians = (device.t1, device.t2, device.one_qubit_error, device.two_qubit_error, device.readout_error)
        if not all(math.isnan(number(value)) for value in medians):
            told = [*told, Content.styled("medians over its qubits", MUTED)]
        return [*_title(device, size.width), *told, *wrapped(f"as of: {device.source}", MUTED, size.width)]


def _title(device: DeviceSeen, width: int) -> list[Content]:
    kind = "hardware" if device.hardware else "simulator"
    words = [device.backend, kind, *([] if device.qubits is None else [f"{device.qubits:,} qubits"])]
    name, rest = (device.device, "bold"), " · ".join(words)
    if len(device.device) + 2 + len(rest) <= width:
        return [Content.assemble(name, "  ", (rest, MUTED))]
    return [Content.styled(*name), Content.styled(rest, MUTED)]


def _facts(device: DeviceSeen, width: int) -> Iterator[list[Cell]]:
    """Label, figure and remark of each fact; a figure that is not known is the word for it."""
    yield _calibrated(number(device.calibrated), width)
    yield [("T1", MUTED), si(number(device.t1), "s"), ""]
    yield [("T2", MUTED), si(number(device.t2), "s"), ""]
    yield [("1-qubit error", MUTED), percent(number(device.one_qubit_error)), ("a gate", MUTED)]
    yield [("2-qubit error", MUTED), percent(number(device.two_qubit_error)), ("a gate", MUTED)]
    yield [("readout error", MUTED), percent(number(device.readout_error)), ""]
    jobs, seconds = number(device.queue_jobs), number(device.queue_seconds)
    waiting = "" if math.isnan(seconds) else f"about {lasting(seconds)}"
    if math.isnan(jobs):
        yield [("queue", MUTED), waiting or UNKNOWN, ""]
    else:
        yield [("queue", MUTED), f"{jobs:,.0f} {'job' if jobs == 1 else 'jobs'}", (waiting, MUTED)]


def _calibrated(moment: float, width: int) -> list[Cell]:
    if not 0 <= moment < time() + _AHEAD_SECONDS:
        return [("calibrated", MUTED), UNKNOWN, ""]
    age = time() - moment
    if age > _OLD_SECONDS:
        remark = "▲ older than a day" if width >= _MIDDLE else "▲ old"
        return [("calibrated", MUTED), (f"{lasting(age)} ago", WARNING), (remark, WARNING)]
    date = f"{datetime.fromtimestamp(moment):%Y-%m-%d %H:%M}" if width >= _MIDDLE else ""
    return [("calibrated", MUTED), f"{lasting(age)} ago", (date, MUTED)]
