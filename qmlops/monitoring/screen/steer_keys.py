"""The keys that tell a run something: pause, checkpoint, stop, cancel, budget; and those of the screen."""

from __future__ import annotations

from functools import partial

from qmlops.errors import QmlopsError
from qmlops.monitoring.pane.jobs import Jobs
from qmlops.monitoring.screen.dialog import AskBudget, Bounds, Confirm
from qmlops.monitoring.screen.guide import Guide
from qmlops.monitoring.screen.stage import Stage
from qmlops.monitoring.screen.steer import give, objection
from qmlops.monitoring.track import Track


class SteerKeys(Stage):
    """A command is a line in a file, written in a thread; what came of it is told when the run answers."""

    def action_pause(self) -> None:
        if (track := self._listening()) is not None:
            self._give(track, "resume" if track.state == "paused" else "pause")

    def action_checkpoint(self) -> None:
        if (track := self._listening()) is not None:
            self._give(track, "checkpoint")

    def action_stop(self) -> None:
        if (track := self._listening()) is not None:
            question = f"Stop {track.name} after this step?\nIt saves a checkpoint, and a resume goes on from there."
            self.app.push_screen(Confirm(question, "stop it"), partial(self._if_so, track, "stop", {}))

    def action_cancel(self) -> None:
        if (track := self._listening()) is None:
            return
        jobs = self.panes["jobs"]
        token = jobs.selected() if isinstance(jobs, Jobs) and "jobs" in self.board.plan().regions else None
        if token is None:
            self._seek_job()
            return
        question = f"Ask the provider to cancel the job {token} of {track.name}?\nWhat it has cost may be billed."
        self.app.push_screen(Confirm(question, "cancel the job"), partial(self._if_so, track, "cancel", {"job": token}))

    def _seek_job(self) -> None:
        """Bring the jobs into sight, where none is selected."""
        self.activate("jobs")
        self.notify("Select a job that is under way, with enter and the arrows, and press k again.", markup=False)

    def action_budget(self) -> None:
        if (track := self._listening()) is not None:
            with self.reader.lock:
                spend = self.project.spend(track.name)
            self.app.push_screen(AskBudget(track.name, spend), partial(self._raise, track))

    def action_help(self) -> None:
        self.app.push_screen(Guide())

    def action_palette(self) -> None:
        self.app.action_command_palette()

    def action_leave(self) -> None:
        self.app.exit()

    def _listening(self) -> Track | None:
        """The run that keys speak of, where it hears commands; else what to do instead is said."""
        track = self.track
        if why := objection(track):
            self.notify(why, severity="warning", markup=False)
            return None
        return track

    def _if_so(self, track: Track, command: str, values: dict[str, str], sure: bool | None) -> None:
        if sure:
            self._give(track, command, **values)

    def _raise(self, track: Track, bounds: Bounds | None) -> None:
        if bounds:
            self._give(track, "budget", **bounds)

    def _give(self, track: Track, command: str, **values: object) -> None:
        self.run_worker(partial(self._write, track, command, values), thread=True, group="commands")

    def _write(self, track: Track, command: str, values: dict[str, object]) -> None:
        try:
            text, severity = give(track, command, **values), "information"
        except (QmlopsError, OSError) as error:
            text, severity = str(error), "error"
        self.app.call_from_thread(self.notify, text, severity=severity, markup=False)
