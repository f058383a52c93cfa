"""Many runs below one folder, by Hydra's sweepers and launchers; one that fails stops no other."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from traceback import format_exception
from typing import Any

from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.config.sweep import count, job_of, multirun, singles
from qmlops.core.event import Event
from qmlops.errors import BUG, ConfigError, Mistake, QmlopsError
from qmlops.pipeline.account import new_id
from qmlops.pipeline.folder import FAILED, RESULT, SWEEP, all_runs, explained, write_json
from qmlops.pipeline.plan.refusal import with_plan
from qmlops.pipeline.record import Run
from qmlops.pipeline.run import Interrupted, start


@dataclass(frozen=True)
class Sweep:
    """A sweep's folder and the runs in it."""

    folder: Path

    @cached_property
    def runs(self) -> list[Run]:
        """The runs that finished, in the order of their numbers."""
        return [Run(path.parent) for path in self._numbered(RESULT)]

    @cached_property
    def failed(self) -> list[dict[str, Any]]:
        """The jobs that did not: their overrides, what went wrong, and the exit code of it."""
        return [json.loads(path.read_text(encoding="utf-8")) for path in self._numbered(FAILED)]

    @property
    def exit_code(self) -> int:
        """The highest of all jobs."""
        return max((int(job["exit_code"]) for job in self.failed), default=0)

    def _numbered(self, file: str) -> list[Path]:
        return sorted(self.folder.glob(f"*/{file}"), key=lambda path: (len(path.parent.name), path.parent.name))


def sweep(overrides: Sequence[str], quiet: bool = True) -> Sweep:
    """Run a sweep to its end. Raises ConfigError, before anything runs, for a value that cannot be.

    Ctrl-C raises Interrupted, which tells the runs that can be resumed; those not begun are not among them.
    """
    first = _checked(overrides)
    spec = build(first.config)
    folder = Path(first.sweep)
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        described = {"schema": 1, "name": spec.name, "overrides": list(overrides), "project": str(Path.cwd())}
        runs = count(overrides, first.sweeper)
        write_json(folder / SWEEP, described | {"quiet": quiet, "id": new_id(), "runs": runs})
        follower = spec.tracker.follow(folder)
        try:
            multirun(_job, overrides, str(folder))
        except KeyboardInterrupt:
            raise Interrupted(_stopped(folder, runs)) from None
        finally:
            told = follower.finish()
            if told and not quiet:
                print(told, file=sys.stderr)
    return Sweep(folder)


def _stopped(folder: Path, runs: int | None) -> str:
    """What is there, and the commands that go on; `runs` are all that were asked for, where that is known."""
    done = len(Sweep(folder).runs)
    begun = [run for run in all_runs(folder) if not any((run / end).exists() for end in (RESULT, FAILED))]
    head = f"Stopped after {done}{'' if runs is None else f' of {runs}'} runs; what was computed is in {folder}."
    return "\n".join([head, *(f"Go on with: qmlops resume {run}" for run in begun)])


def _checked(overrides: Sequence[str]) -> Any:
    """Compose every value once; gives the first, raises ConfigError with all mistakes together."""
    mistakes: dict[str, Mistake] = {}
    first = None
    for request in singles(overrides):
        try:
            composed = compose(request)
            first = first or composed
            build(composed.config, list(composed.mistakes))
        except ConfigError as error:
            mistakes |= {str(mistake): mistake for mistake in error.mistakes}
    if mistakes:
        raise ConfigError(list(mistakes.values()))
    return first


def _job(node: Any) -> None:
    """One run; what goes wrong is written into its folder and raised no further."""
    job = job_of(node)
    swept = json.loads((job.folder.parent / SWEEP).read_text(encoding="utf-8"))
    overrides = [word.removeprefix("++") for word in job.overrides]
    words = " ".join(overrides)
    try:
        spec = build(job.config, job.mistakes)
        with with_plan(spec):
            run = start(spec, job.folder, _unwatched, overrides, tracked=False, scope=swept["id"])
        line = f"{job.folder.name}: {words}  " + _scores(run)
    except Exception as error:
        if isinstance(error, Interrupted):
            raise KeyboardInterrupt from None
        line = f"{job.folder.name}: {words}  failed"
        _keep(job.folder, words, error)
    if not swept["quiet"]:
        print(line, file=sys.stderr, flush=True)


def _keep(folder: Path, words: str, error: Exception) -> None:
    """Write down why a job failed; a bug of ours with its traceback."""
    known = isinstance(error, QmlopsError)
    folder.mkdir(parents=True, exist_ok=True)
    failed = {
        "overrides": words,
        "error": str(error) if known else f"{type(error).__name__}: {error}",
        "exit_code": error.exit_code if isinstance(error, QmlopsError) else BUG,
        "traceback": [] if known else format_exception(error),
    }
    write_json(folder / FAILED, failed)


def _scores(run: Run) -> str:
    wanted = ("test_accuracy", "energy", "loss")
    metrics = run.result["metrics"]
    return "  ".join(f"{name} {metrics[name]:.4f}" for name in wanted if name in metrics)


def _unwatched(event: Event) -> None:
    return None
