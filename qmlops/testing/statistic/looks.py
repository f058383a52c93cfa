"""When a test looks that may look only some times: each look has twice the shots of the one before."""

from __future__ import annotations

import math


def halvings(most: int, looks: int) -> list[int]:
    """Shots in all at each look, ascending, the last of them `most`."""
    return sorted({math.ceil(most / 2**number) for number in range(looks)})
