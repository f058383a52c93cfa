"""Following a file of JSON lines that another process appends to. Imports only the standard library and events."""

from __future__ import annotations

import os
from pathlib import Path

from qmlops.core.event import FILE, Stamped, decode

LIMIT = 1 << 22
"""Bytes of one look, so that a large file holds nobody up, and of the longest line."""
_ANCHOR = 1024
"""Bytes before the position by which a file is known again: a line of them holds its moment to the microsecond."""


class Lines:
    """The whole lines of a growing file, each of them once. A look never raises, and keeps no file open.

    A half line waits for its end. Where the file was cut, rewritten or replaced by another, its lines come
    again from the start, and `restarts` counts it. A line of `longest` bytes or more may be passed over.
    """

    def __init__(self, path: Path, position: int = 0, longest: int = LIMIT) -> None:
        self.path = path
        self.longest = longest
        self.position = position
        """Bytes that were read."""
        self.restarts = 0
        self.behind = False
        """Whether the last look was ended by its limit."""
        self._anchor = b""
        self._passing = False

    def read(self, limit: int = LIMIT) -> list[bytes]:
        """What is new, oldest first, from `limit` bytes or one longer line; nothing where there is no file."""
        try:
            with self.path.open("rb", buffering=0) as file:
                if not self._continued(file.fileno()):
                    self._restart()
                block = os.pread(file.fileno(), limit, self.position)
                if len(block) == limit < self.longest and b"\n" not in block:
                    limit = self.longest
                    block = os.pread(file.fileno(), limit, self.position)
        except OSError:
            self.behind = False
            return []
        self.behind = len(block) == limit
        return self._whole(block)

    def _continued(self, file: int) -> bool:
        """Whether what was read still stands before the position."""
        start = self.position - len(self._anchor)
        return os.pread(file, len(self._anchor), start) == self._anchor

    def _restart(self) -> None:
        self.position, self._anchor, self._passing = 0, b"", False
        self.restarts += 1

    def _whole(self, block: bytes) -> list[bytes]:
        """The whole lines of a block; the position comes after them."""
        end = block.rfind(b"\n") + 1
        taken = block[:end] if end or not self.behind else block
        self.position += len(taken)
        self._anchor = (self._anchor + taken[-_ANCHOR:])[-_ANCHOR:]
        lines = taken.split(b"\n")[:-1]
        if self._passing:
            lines = lines[1:]
        self._passing = len(taken) > end or (self._passing and not end)
        return lines


class Tail:
    """The events of a run folder as they come; see Lines. What is no event of this version is passed over."""

    def __init__(self, folder: Path, position: int = 0) -> None:
        self._lines = Lines(folder / FILE, position)

    @property
    def behind(self) -> bool:
        return self._lines.behind

    @property
    def restarts(self) -> int:
        return self._lines.restarts

    def read(self, limit: int = LIMIT) -> list[Stamped]:
        return [event for event in map(decode, self._lines.read(limit)) if event is not None]
