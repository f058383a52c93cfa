"""The caller's end of the process that feeds MLflow. Imports only the standard library."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

LOG = "mlflow.log"
HURRIED_SECONDS = 50.0
END = b"end\n"
"""Said by a caller whose runs are all over. A closed pipe without it means that the caller died."""


@dataclass(frozen=True)
class Request:
    """What the process is asked to do: the first line on its standard input."""

    folder: str
    """A run folder, or a sweep's; absolute."""
    uri: str
    experiment: str
    live: bool
    """Whether the caller is the one that runs it."""
    gentle: bool = False
    """Whether it may take no more than what a run beside it leaves over."""

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    def failed(self, why: str) -> str:
        """The line for a person who has to send the rest later."""
        again = f"qmlops sync {os.path.relpath(self.folder)}"
        return f"MLflow: {shown(self.uri)}: {why}\nNothing is lost; send it again with: {again}"


@dataclass(frozen=True, eq=False)
class Sender:
    """The process at work, or the reason why there is none."""

    request: Request
    process: subprocess.Popen[bytes] | None
    patience: float | None
    """Seconds that it may go on after its runs have ended; None: no limit. A gentle one that needs
    more was starved by others: one at normal priority takes its place, for `HURRIED_SECONDS`."""
    reason: str = ""

    @classmethod
    def start(cls, request: Request, patience: float | None) -> Sender:
        """Start the process. Its talk goes into mlflow.log of the folder."""
        try:
            process = _launch(Path(request.folder))
        except OSError as error:
            return cls(request, None, patience, f"the sender could not be started ({error.strerror})")
        assert process.stdin is not None
        with suppress(OSError):  # a process that has died already is noticed by outcome()
            process.stdin.write(request.line())
            process.stdin.flush()
        return cls(request, process, patience)

    def finish(self) -> str:
        """Wait until everything is sent or the patience is used up; never raises for MLflow's sake."""
        return self.outcome()[1]

    def outcome(self) -> tuple[bool, str]:
        """Like finish(), with whether everything was sent."""
        if self.process is None:
            return False, self.request.failed(self.reason)
        try:
            answer, _ = self.process.communicate(END, timeout=self.patience)
        except subprocess.TimeoutExpired:
            self._kill()
            if self.request.gentle:
                return Sender.start(replace(self.request, gentle=False), HURRIED_SECONDS).outcome()
            return False, self.request.failed(f"not everything was sent within {self.patience:.0f} s.")
        except BaseException:
            self._kill()
            raise
        self._tidy()
        try:
            told = json.loads(answer)
            sent, line = bool(told["sent"]), str(told["line"])
        except (ValueError, KeyError, TypeError):
            log = os.path.join(os.path.relpath(self.request.folder), LOG)
            return False, self.request.failed(f"the sender died with code {self.process.returncode}; see {log}.")
        return sent, line if sent else self.request.failed(line)

    def _tidy(self) -> None:
        log = Path(self.request.folder, LOG)
        with suppress(OSError):
            if log.stat().st_size == 0:
                log.unlink()

    def _kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.communicate()


def shown(uri: str) -> str:
    """An address without the name and password that it may hold."""
    return re.sub(r"//[^/@\s]+@", "//***@", uri)


def _launch(folder: Path) -> subprocess.Popen[bytes]:
    """In a process group of its own, so that Ctrl-C reaches the run and not its sender.

    Not in a session of its own: Linux may schedule sessions against each other, and the
    sender's low priority would then mean nothing to the run.
    """
    command = [sys.executable, "-P", "-m", "qmlops.parts.tracker.sink.process"]
    paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
    with _log_file(folder) as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=os.environ | {"PYTHONPATH": paths, "PYTHONWARNINGS": "ignore"},
            process_group=0,
        )


def _log_file(folder: Path) -> BinaryIO:
    try:
        return (folder / LOG).open("ab")
    except OSError:
        return open(os.devnull, "wb")
