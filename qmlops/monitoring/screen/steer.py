"""What a person tells a run from the dashboard, and why it cannot be told where that is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmlops.monitoring.screen.runs import ALIVE

if TYPE_CHECKING:
    from qmlops.monitoring.track import Track

_REASONS = {
    "waiting": "{name} has not begun; it hears commands from its first event on.",
    "finished": "{name} has finished; there is nothing left to tell it.",
    "failed": "{name} has failed. When that is mended: qmlops resume {name}",
    "interrupted": "{name} was stopped. Go on with: qmlops resume {name}",
    "refused": "{name} is at the end of its budget. Go on with: qmlops resume {name} budget.usd=…",
    "dead": "The process of {name} is gone. Go on with: qmlops resume {name}",
}


def objection(track: Track | None) -> str:
    """Why a run would not hear a command now, and what to do instead; empty where it hears."""
    if track is None:
        return "There is no run to tell anything. Start one with: qmlops run +experiment=vqc"
    if track.state in ALIVE:
        return ""
    return _REASONS.get(track.state, "{name} is " + track.state + ".").format(name=track.name)


def give(track: Track, command: str, **values: object) -> str:
    """Write a command for a run; gives what to say about it. Reads and writes files: not for the screen's thread.

    Raises RunFolderError where nobody would obey.
    """
    from qmlops.pipeline.account import command as give_command

    give_command(track.folder, command, **values)
    return f"{track.name} was told to {_VERBS.get(command, command)}."


_VERBS = {
    "pause": "pause",
    "resume": "go on",
    "checkpoint": "save a checkpoint",
    "stop": "stop after this step",
    "cancel": "cancel the job",
    "budget": "change its budget",
}
