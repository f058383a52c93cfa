"""A terminal of a size with a process in it: what it writes and when, keys, its time and its memory."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import termios
import threading
import time
from collections.abc import Sequence
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


class Terminal:
    """Reads all that comes, as a terminal does. `close` ends the process."""

    def __init__(self, command: Sequence[str], columns: int, rows: int, folder: Path) -> None:
        self.began = time.monotonic()
        self.text = b""
        self._news = threading.Condition()
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execv(command[0], command)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                block = os.read(self._file, 1 << 16)
            except OSError:
                return
            with self._news:
                self.text += block
                self._news.notify_all()

    def until(self, word: str, seconds: float = 60.0, after: int = 0) -> float:
        """Seconds until a word has come behind a place in the text. Raises TimeoutError."""
        began = time.monotonic()
        with self._news:
            if not self._news.wait_for(lambda: word.encode() in self.text[after:], seconds):
                raise TimeoutError(f"{word!r} did not come in {seconds} s: {self.text[-2000:]!r}")
        return time.monotonic() - began

    def press(self, key: str, seconds: float = 10.0) -> float:
        """Seconds from a key, in a moment of silence, to the first that is written after it."""
        self.silence()
        with self._news:
            before, began = len(self.text), time.monotonic()
            os.write(self._file, key.encode())
            if not self._news.wait_for(lambda: len(self.text) > before, seconds):
                raise TimeoutError(f"nothing was written after {key!r}")
        return time.monotonic() - began

    def silence(self, seconds: float = 0.03, at_most: float = 0.5) -> None:
        """Wait until nothing has been written for a while."""
        until = time.monotonic() + at_most
        with self._news:
            while self._news.wait(seconds) and time.monotonic() < until:
                pass

    def processor(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """The most that was resident at once, in MB."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self._reader.join()
        os.close(self._file)
