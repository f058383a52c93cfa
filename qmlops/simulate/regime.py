"""Which layout and which way to use threads: fixed by a measured table, never by the clock.

So equal inputs give equal bytes on every machine with the same number of threads.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from qmlops.errors import RequestError, shown

LANE_POINTS = 16
FEW_POINTS = {7: 7, 8: 7, 9: 8, 10: 9, 11: 9, 12: 17, 13: 17}
"""By width: fewer points than this are faster with wires as lanes, because points leave lanes idle or states do
not fit the caches. Below 7 wires there are too few rows for that."""
WIDE_SAMPLES = 14
"""From here on sixteen states do not fit the caches, and lanes hold wires."""
LARGE = 18
"""From here on threads may share one state."""
HUGE = 20
"""From here on they always do: two states a thread leave the last-level cache."""
SHARED_WORK = 125_000
"""Row updates below which a second thread costs more than it gives."""
GROUP_WORK = 2_000
"""What a group costs besides, in row updates."""


@dataclass(frozen=True)
class Regime:
    """`amplitudes`: lanes are wires, not points. `staged`: threads share a state, block by block."""

    amplitudes: bool
    staged: bool
    threads: int


def threads() -> int:
    """QMLOPS_THREADS, or the number of processors that this process may use.

    Raises RequestError where the variable is no number of threads.
    """
    wanted = os.environ.get("QMLOPS_THREADS")
    if not wanted:
        return len(os.sched_getaffinity(0))
    if not re.fullmatch(r"[1-9][0-9]{0,3}", wanted):
        raise RequestError(
            f"QMLOPS_THREADS is {shown(wanted)}, which is no number of threads.\n"
            "Set it to a whole number from 1 to 9999, or unset it for all processors."
        )
    return int(wanted)


def choose(width: int, rows: int, operations: int) -> Regime:
    """The regime of a program of so many wires and operations, at so many points."""
    amplitudes = width >= WIDE_SAMPLES or rows < FEW_POINTS.get(width, 0)
    available = threads()
    if amplitudes and available > 1 and (width >= HUGE or (width >= LARGE and rows < available)):
        return Regime(True, True, available)
    groups = rows if amplitudes else -(-rows // LANE_POINTS)
    work = groups * (GROUP_WORK + (operations << (width - 4 if amplitudes else width)))
    return Regime(amplitudes, False, min(available, groups) if work >= SHARED_WORK else 1)
