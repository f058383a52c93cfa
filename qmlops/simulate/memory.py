"""How much memory there is, and how much a state takes."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

_SHARE = 0.8


@cache
def usable_bytes() -> int:
    """Bytes that work may hold: four fifths of the machine's or the container's memory."""
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            limits.append(int(Path(path).read_text()))
        except (OSError, ValueError):
            continue
    return int(min(limits) * _SHARE)


def in_words(size: float) -> str:
    """A size such as `16 GiB`."""
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:.3g} PiB"


def too_wide(backend: str, width: int, bytes_a_state: int) -> str | None:
    """A sentence that refuses a width whose smallest piece of work does not fit; else None."""
    room = usable_bytes()
    if width < 60 and bytes_a_state <= room:
        return None
    need = f"2^{width} amplitudes" if width >= 60 else in_words(bytes_a_state)
    return f"{width} qubits need {need} on backend={backend}, and {in_words(room)} can be used."
