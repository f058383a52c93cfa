"""Commands to a run: JSON lines that others append to its `control.jsonl`, and how the run obeys them.

Imports only the standard library beside errors and events, so that whoever gives a command needs
nothing else. A line is `{"command": NAME, "time": SECONDS, …}`; the run answers each with an event.
"""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qmlops.core.event import Event, Obeyed
from qmlops.errors import QmlopsError, Stopped

FILE = "control.jsonl"
COMMANDS = {
    "pause": "submit nothing and take no step until `resume`; jobs in flight go on",
    "resume": "go on after a pause",
    "stop": "end the run with a checkpoint; jobs in flight stay, and a resume collects them",
    "checkpoint": "save the state now",
    "budget": "replace what may be spent: usd, shots, circuits, minutes",
    "cancel": "cancel the job whose token or name begins with `job`; all of them without it",
}
_PAUSE_SECONDS = 0.2

Handler = Callable[[Mapping[str, Any]], str]
"""Carries a command out and says what came of it."""


def idle() -> None:
    """Does nothing meanwhile."""


@dataclass(frozen=True)
class Command:
    """One line."""

    name: str
    values: Mapping[str, Any]


def append(folder: Path, name: str, **values: Any) -> None:
    """Give a command to a run, whether it is running or not."""
    line = json.dumps({"command": name, "time": time.time(), **values}).encode() + b"\n"
    file = os.open(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, line)
    finally:
        os.close(file)


def commands(folder: Path, position: int = 0) -> tuple[list[Command], int]:
    """The whole commands after a byte position, and the position after them; what is no command is passed over."""
    try:
        with (folder / FILE).open("rb") as file:
            file.seek(position)
            block = file.read()
    except FileNotFoundError:
        return [], 0
    whole = block[: block.rfind(b"\n") + 1]
    return [found for line in whole.splitlines() if (found := _command(line)) is not None], position + len(whole)


def _command(line: bytes) -> Command | None:
    try:
        body = json.loads(line)
        return Command(str(body.pop("command")), body)
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return None


@dataclass
class Control:
    """The run's own end. `folder` None: nobody commands."""

    folder: Path | None
    emit: Callable[[Event], None]
    handlers: dict[str, Handler] = field(default_factory=dict)
    """By the command's name; `pause`, `resume` and `stop` are carried out here."""
    paused: bool = False
    position: int = 0
    """Bytes that were read."""
    ordered: deque[Command] = field(default_factory=deque)
    """What the run commands itself."""
    meanwhile: Callable[[], None] = idle
    """Called at each look, also while the run waits for a job or is paused."""

    def order(self, name: str, by: str) -> None:
        """A command of the run itself, such as of an alert; it is carried out at the next look."""
        self.ordered.append(Command(name, {"by": by}))

    def obey(self) -> None:
        """Carry out what is new, and wait while paused. Raises Stopped. Costs one look at the file's size."""
        self.look()
        while self.paused:
            time.sleep(_PAUSE_SECONDS)
            self.look()

    def look(self) -> None:
        """Carry out what is new, without waiting. Raises Stopped."""
        self.meanwhile()
        while self.ordered:
            self._carry_out(self.ordered.popleft())
        if self.folder is None:
            return
        try:
            size = os.stat(self.folder / FILE).st_size
        except FileNotFoundError:
            size = 0
        if size < self.position:
            # Commands are only ever appended, so that a shorter file is another one.
            self.position = 0
        if size == self.position:
            return
        found, self.position = commands(self.folder, self.position)
        for command in found:
            self._carry_out(command)

    def _carry_out(self, command: Command) -> None:
        by = command.values.get("by")
        if command.name == "stop":
            self.emit(Obeyed("stop", f"stopping, by {by}" if by else "stopping"))
            raise Stopped(f"Stopped by {by or '`qmlops stop`'}; what was computed is saved.")
        if command.name in ("pause", "resume"):
            self.paused = command.name == "pause"
            outcome = "going on" if not self.paused else f"paused by {by}" if by else "paused"
        elif command.name in self.handlers:
            try:
                outcome = self.handlers[command.name](command.values)
            except QmlopsError as error:
                outcome = f"refused: {error}"
        else:
            known = command.name in COMMANDS
            outcome = "nothing to do" if known else "not known; known: " + ", ".join(COMMANDS)
        self.emit(Obeyed(command.name, outcome))
