"""One run from its first event to its last."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

import yaml

from qmlops.config.build import build
from qmlops.config.spec import RunSpec
from qmlops.core.control import append
from qmlops.core.event import Event, EventLog, Note, RunEnded, RunStarted, Stamped, StepDone, history, read
from qmlops.errors import BudgetError, Diverged, QmlopsError, RunFolderError, Stopped
from qmlops.parts.objective import FitsGram
from qmlops.parts.optimizer import State
from qmlops.pipeline.account import account_of, ids_of, new_id
from qmlops.pipeline.alarm import Alarm
from qmlops.pipeline.folder import (
    CONFIG,
    MODEL,
    REQUEST,
    RESULT,
    RUNS,
    claimed,
    explained,
    read_json,
    write_json,
)
from qmlops.pipeline.late import late_bills
from qmlops.pipeline.lost import give_up, refuse_lost
from qmlops.pipeline.prepare import prepare, refuse_unequipped
from qmlops.pipeline.record import Run
from qmlops.pipeline.settle import settled
from qmlops.pipeline.sight import Sight
from qmlops.pipeline.versions import versions
from qmlops.simulate.notice import on_compiling, on_uncompiled
from qmlops.train.checkpoint import load, replace_file, save
from qmlops.train.loop import begin, steps
from qmlops.train.model import QuantumModel, model_of
from qmlops.train.support import fit
from qmlops.train.task import Task

Watch = Callable[[Event], None]
"""Sees every event after it was written."""
_CHECKPOINT_SECONDS = 1.0
_LOOK_SECONDS = 0.05
"""Between two looks for commands: one costs as much as a hundredth of a small step."""
_NOTHING: Mapping[str, float | None] = {}
_COMPILING = "compiling the engine for this machine, once; this takes some seconds"


class Interrupted(QmlopsError):
    """The run was stopped by a person; what it had is saved."""

    exit_code = 130


def start(
    spec: RunSpec, folder: Path, watch: Watch, overrides: list[str], tracked: bool = True, scope: str | None = None
) -> Run:
    """Run a spec in a new folder, to its end. Raises ConfigError before anything is written.

    `tracked` False leaves the tracker to a sweep that follows all of its runs at once; `scope` is
    the sweep's id, with whose other runs the budget is shared. `backend=auto` is settled first, and the
    config that is stored holds the choice.
    """
    spec, why = settled(spec)
    task = prepare(spec)
    refuse_unequipped(spec)
    with claimed(folder, new=True) as taken, explained(taken):
        text = yaml.safe_dump(dict(spec.config), sort_keys=False, allow_unicode=True)
        replace_file(taken / CONFIG, text.encode())
        request = {"schema": 1, "overrides": overrides, "project": str(Path.cwd()), "tracked": tracked}
        request["id"] = new_id()
        request["scope"] = scope or request["id"]
        request["data"] = task.split.digest() if task.split is not None else None
        write_json(taken / REQUEST, request)
        _carry_out(task, taken, request, None, watch, tracked, why)
    return Run(taken)


def resume(folder: Path, watch: Watch, budget: Mapping[str, float | None] = _NOTHING, pay_again: bool = False) -> Run:
    """Go on where the last checkpoint stands, with other bounds of the budget where some are given.

    Jobs in flight are gone on with, and what was paid is not paid again. Raises RunFolderError for
    a run that has finished, and where the journal has lost its jobs unless it may `pay_again`.
    """
    request = read_json(folder / REQUEST)
    folder = folder.resolve()
    with chdir(_project(request)), claimed(folder, new=False), explained(folder):
        if Run(folder).state == "finished":
            raise RunFolderError(f"{folder} has finished; there is nothing to resume.\nSee `qmlops analyze {folder}`.")
        spec = spec_of(folder)
        task = prepare(spec)
        refuse_unequipped(spec)
        if task.split is not None and request.get("data", task.split.digest()) != task.split.digest():
            told = "Put them back, or start a new run: one history cannot be of two sets of data."
            raise RunFolderError(f"The data of {folder} are not those that it was started with.\n{told}")
        run, scope = ids_of(request, folder)
        if pay_again:
            give_up(folder, run, scope)
        refuse_lost(folder, run, scope)
        late_bills(run)
        if budget:
            append(folder, "budget", **budget)
        _carry_out(task, folder, request, load(folder), watch, tracked=True)
    return Run(folder)


def sync(folder: Path) -> str:
    """Send to the run's tracker what is not there yet; gives a line that says where it is."""
    request = read_json(folder / REQUEST)
    folder = folder.resolve()
    with chdir(_project(request)):
        return spec_of(folder).tracker.sync(folder)


def spec_of(folder: Path) -> RunSpec:
    """The RunSpec that a run was started with."""
    try:
        return build(yaml.safe_load((folder / CONFIG).read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError):
        raise RunFolderError(f"{folder / CONFIG} cannot be read, so the run cannot be made again.") from None


def _project(request: dict[str, Any]) -> str:
    project = str(request.get("project", "."))
    if not os.path.isdir(project):
        raise RunFolderError(f"The run was started in {project}, which is not there any more.")
    return project


def _carry_out(
    task: Task,
    folder: Path,
    request: Mapping[str, Any],
    state: State | None,
    watch: Watch,
    tracked: bool,
    why: str = "",
) -> None:
    spec, name = task.spec, folder.name if folder.parent == RUNS else folder
    with _log(folder, watch) as write:
        alarm, past = Alarm(spec.alerts, folder, write), read(folder)
        emit = alarm.emit
        task = task.opened(account_of(request, spec, folder, emit))
        alarm.begin(task.account, past)
        resumed = state.step if state is not None else (0 if past else None)
        emit(RunStarted(folder.name, spec.name, spec.steps, spec.seed, resumed, spec.config, versions(), os.getpid()))
        if why:
            emit(Note(why))
        follower = spec.tracker.follow(folder) if tracked else None
        try:
            with on_compiling(lambda: emit(Note(_COMPILING))), on_uncompiled(lambda line: emit(Note(line))):
                model = _trained(task, folder, state, emit)
            _finish(task, folder, model, emit)
        except KeyboardInterrupt:
            watch(Note("stopping; what was computed is saved"))
            emit(RunEnded("interrupted", reason="stopped by Ctrl-C"))
            raise Interrupted(f"Stopped and saved.\nGo on with: qmlops resume {name}") from None
        except Stopped as stop:
            emit(RunEnded("interrupted", reason=str(stop)))
            raise Stopped(f"{stop}\nGo on with: qmlops resume {name}") from None
        except BudgetError as refusal:
            emit(RunEnded("refused", reason=str(refusal)))
            raise BudgetError(f"{refusal}\nGo on with: qmlops resume {name} {refusal.allow}", refusal.allow) from None
        except QmlopsError as error:
            emit(RunEnded("failed", reason=str(error)))
            raise
        finally:
            if follower is not None:
                told = follower.finish()
                if told:
                    watch(Note(told))


@contextmanager
def _log(folder: Path, watch: Watch) -> Iterator[Callable[[Event], Stamped]]:
    log = EventLog(folder)

    def write(event: Event) -> Stamped:
        stamped = log.write(event)
        watch(event)
        return stamped

    try:
        yield write
    finally:
        log.close()


def _trained(task: Task, folder: Path, state: State | None, emit: Watch) -> QuantumModel:
    sight = Sight(task, emit)
    if isinstance(task.spec.objective, FitsGram):
        support, event = fit(task)
        emit(event)
        sight.fitted(event)
        return model_of(task, support=support)
    return model_of(task, _stepped(task, folder, state or begin(task), emit, sight))


def _stepped(task: Task, folder: Path, state: State, emit: Watch, sight: Sight) -> State:
    """Step to the end, with a checkpoint a second, one on command, and one however it ends."""
    saved_at, saved, control = time.monotonic(), -1, task.account.control
    looked_at = saved_at

    def keep(values: Mapping[str, Any]) -> str:
        save(folder, state)
        return f"saved step {state.step}"

    control.handlers["checkpoint"] = keep
    try:
        control.obey()
        for event, after in sight.watched(steps(task, state)):
            emit(event)
            _refuse_divergence(event)
            state = after
            if time.monotonic() - saved_at > _CHECKPOINT_SECONDS:
                save(folder, state)
                saved_at, saved = time.monotonic(), state.step
            if control.ordered or time.monotonic() - looked_at > _LOOK_SECONDS:
                control.obey()
                looked_at = time.monotonic()
    finally:
        if saved != state.step:
            save(folder, state)
    if state.done and state.step < task.spec.steps:
        emit(Note(f"converged after {state.step} steps"))
    return state


def _refuse_divergence(event: StepDone) -> None:
    """Raise Diverged for a loss from which no step leads back; the checkpoint stays before it."""
    loss = event.metrics["loss"]
    if not math.isfinite(loss):
        told = "Look at what the data and the angles hold, or take smaller steps, as with a smaller optimizer.rate."
        raise Diverged(f"The loss is {loss} at step {event.step}.\n{told}")


def _finish(task: Task, folder: Path, model: QuantumModel, emit: Watch) -> None:
    """Save the model, score it, write the report, and say so."""
    from qmlops.pipeline.evaluate import evaluate
    from qmlops.pipeline.report import write_report

    written = read(folder)
    events: list[StepDone] = history(written)
    model.save(folder / MODEL)
    result = evaluate(model, task.split)
    circuits = sum(event.metrics.get("circuits", 0) for event in events)
    result["metrics"] |= {
        "steps": float(events[-1].step),
        "circuits": circuits,
        "train_seconds": seconds_spent(written),
    }
    kind = type(task.spec.objective).__name__.lower()
    write_json(folder / RESULT, {"schema": 1, "run": folder.name, "name": task.spec.name, "kind": kind} | result)
    write_report(folder)
    emit(RunEnded("finished", result["metrics"]))


def seconds_spent(events: list[Stamped]) -> float:
    """Wall time from each start to the last event before the next one, interruptions left out."""
    starts = [number for number, stamped in enumerate(events) if isinstance(stamped.event, RunStarted)]
    ends = [*(number - 1 for number in starts[1:]), len(events) - 1]
    return sum(events[end].time - events[begin].time for begin, end in zip(starts, ends, strict=True))
