"""What one call of a kernel does."""

from __future__ import annotations

from typing import NamedTuple


class Part(NamedTuple):
    """Some operations on some blocks of rows of some groups of points."""

    opens: int
    """Forward: compute coefficients first. Backward: write the costate first."""
    closes: int
    """Forward: measure at the end. Backward: finish the start and read the slots."""
    first: int
    """First operation, as a row of the tape, and the one behind the last."""
    last: int
    block: int
    """First block, and the one behind the last."""
    end: int
    bits: int
    """Rows of a block, as a power of two."""
    shift: int
    """Zero for contiguous blocks; else a block's upper bits are the row's bits from here up."""
    group: int
    """First group, and the step to the next."""
    step: int
    wanted: int
    """The first symbol whose gradient is wanted."""
