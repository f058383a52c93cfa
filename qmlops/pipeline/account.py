"""A run's account: ids that outlive its processes, the budget with what was added to it, and commands."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from qmlops.config.spec import RunSpec
from qmlops.core.account import Account
from qmlops.core.budget import Budget
from qmlops.core.control import Control, append, commands
from qmlops.core.event import Event
from qmlops.errors import ConfigError, Mistake, RunFolderError, nearest, shown
from qmlops.execute.ledger import IN_FLIGHT, Entry
from qmlops.pipeline.folder import REQUEST, all_runs, in_use, read_json


def new_id() -> str:
    """A name that no other run or sweep has."""
    return secrets.token_hex(8)


def ids_of(request: Mapping[str, Any], folder: Path) -> tuple[str, str]:
    """A run's id, and that of all with which it shares a budget, from its request.json."""
    run = str(request.get("id", folder.resolve()))
    return run, str(request.get("scope", run))


def account_of(request: Mapping[str, Any], spec: RunSpec, folder: Path, emit: Callable[[Event], None]) -> Account:
    """The account of a run from its request.json; budgets that were given by commands hold, the last one first.

    Of other commands only those count that are given from now on.
    """
    run, scope = ids_of(request, folder)
    before, position = commands(folder)
    control = Control(folder, emit, position=position)
    account = Account(run, scope, spec.budget, spec.reuse, emit, control)
    for command in before:
        if command.name == "budget":
            with suppress(ConfigError):
                account.allow(command.values)
    return account


def bounds(words: Sequence[str]) -> dict[str, float | None]:
    """Overrides such as `budget.usd=30` as bounds. Raises ConfigError with every mistake."""
    known = [f"budget.{item.name}" for item in fields(Budget)]
    mistakes, given = [], {}
    for word in words:
        key, _, value = word.partition("=")
        if key not in known:
            why = "it is no bound of the budget, and nothing else can be replaced."
            mistakes.append(Mistake(key, why, nearest(key, known)))
            continue
        try:
            given[key.removeprefix("budget.")] = None if value == "null" else float(value)
        except ValueError:
            mistakes.append(Mistake(key, f"{shown(value)} is no bound.", "write a number, or null"))
    if mistakes:
        raise ConfigError(mistakes)
    Budget(**given)  # type: ignore[arg-type]
    return given


def command(folder: Path, name: str, **values: Any) -> None:
    """Give a command to a run that is under way. Raises RunFolderError for one that is not."""
    if not in_use(folder):
        raise RunFolderError(f"{folder} is not running, so that nobody would obey.\nSee `qmlops analyze {folder}`.")
    append(folder, name, **values)


def left_to_its_run(entry: Entry) -> bool:
    """Whether a job's run is under way, and has been told to cancel it: nothing is done behind its back.

    A run is looked for below ./runs.
    """
    if not entry.job or entry.state not in IN_FLIGHT:
        return False
    for folder in all_runs():
        with suppress(RunFolderError):
            if read_json(folder / REQUEST).get("id") == entry.run:
                command(folder, "cancel", job=entry.token)
                return True
    return False
