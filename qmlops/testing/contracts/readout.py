"""What every readout promises: wires that are there, and as many observables as classes, or one."""

from __future__ import annotations

import numpy as np

from qmlops.parts.readout import Readout

_CLASSES = (2, 3, 4)


def stays_on_the_wires_that_it_asks_for(readout: Readout) -> None:
    for classes in (0, *_CLASSES):
        width = max(1, readout.wires(classes))
        observables = readout.observables(classes, width)
        assert observables or not classes
        assert {wire for item in observables for wire in item.wires} <= set(range(width))
        for i, j, weight in readout.edges():
            assert 0 <= i < j < width
            assert np.isfinite(weight)


def measures_something_for_each_class_or_once(readout: Readout) -> None:
    counts = {classes: len(readout.observables(classes, max(1, readout.wires(classes)))) for classes in _CLASSES}
    assert counts in (dict.fromkeys(_CLASSES, 1), {classes: classes for classes in _CLASSES}), counts


CONTRACT = (stays_on_the_wires_that_it_asks_for, measures_something_for_each_class_or_once)
"""Every promise; each takes a readout with its defaults."""
