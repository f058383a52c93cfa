"""Hydra's own way of running: sweeps by any sweeper and launcher, and its options for looking."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import hydra
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig

from qmlops.config.compose import MAIN, free, parse, resolve
from qmlops.config.diagnose import COMPOSITION, explain
from qmlops.config.place import register, shipped
from qmlops.errors import ConfigError, Mistake, shown


@dataclass(frozen=True)
class Job:
    """One run of a sweep, as Hydra hands it out."""

    config: Mapping[str, Any]
    folder: Path
    overrides: list[str]
    mistakes: list[Mistake]


def multirun(task: Callable[[DictConfig], None], overrides: Sequence[str], folder: str) -> None:
    """Call `task` for each job of a sweep. Raises ConfigError where the sweep cannot be composed."""
    pinned = [*(free(text) for text in overrides), f"hydra.sweep.dir={_quoted(folder)}"]
    with _command_line(["--multirun", *pinned]):
        try:
            _hydra_main(task)
        except COMPOSITION as error:
            raise ConfigError([explain(error, overrides)[0]]) from error


def hand_on(words: Sequence[str]) -> int:
    """Let Hydra answer by itself, as for `--cfg job`; gives the exit code."""
    with _command_line([free(word) for word in words]):
        try:
            _hydra_main(_nothing)
        except COMPOSITION as error:
            raise ConfigError([explain(error, words)[0]]) from error
    return 0


def job_of(node: DictConfig) -> Job:
    """What a task was given, resolved."""
    register()
    mistakes: list[Mistake] = []
    config = resolve(node, mistakes)
    running = HydraConfig.get()
    return Job(config, Path(running.runtime.output_dir), list(running.overrides.task), mistakes)


def singles(overrides: Sequence[str]) -> Iterator[list[str]]:
    """Requests without commas that show every value of a sweep once, for checking it beforehand.

    The first has the first value of each choice; each other one differs in one place. What is no
    override stays as it is, for `compose` to tell of.
    """
    parsed, choices = _choices(overrides)
    kept = [
        number
        for number, override in enumerate(parsed)
        if override is None or not override.is_sweep_override() or override.is_discrete_sweep()
    ]
    first = [choices[number][0] for number in kept]
    yield first
    for place, number in enumerate(kept):
        for other in choices[number][1:]:
            yield [*first[:place], other, *first[place + 1 :]]


def grid(overrides: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Every run that the basic sweeper makes, in its order: the words by which it differs, and its request.

    Raises ConfigError for a sweep whose values are drawn while it goes on.
    """
    parsed, choices = _choices(overrides)
    drawn = [
        Mistake(_key(text), f"{shown(text)} is drawn while the sweep goes on.", "write the values, as in KEY=1,2,3")
        for text, override in zip(overrides, parsed, strict=True)
        if override is not None and override.is_sweep_override() and not override.is_discrete_sweep()
    ]
    if drawn:
        raise ConfigError(drawn)
    for request in product(*choices):
        words = [word for word, options in zip(request, choices, strict=True) if len(options) > 1]
        yield " ".join(words), list(request)


def count(overrides: Sequence[str], sweeper: str) -> int | None:
    """How many runs a sweep has; None where that shows only while it goes on."""
    if sweeper != f"{BasicSweeper.__module__}.{BasicSweeper.__qualname__}":
        return None
    return prod(len(options) for options in _choices(overrides)[1])


def _choices(overrides: Sequence[str]) -> tuple[list[Override | None], list[list[str]]]:
    """Each override as it was read, and the overrides of one value each that it stands for."""
    parsed = [parse(text) for text in overrides]
    return parsed, [
        [f"{_key(text)}={value}" for value in override.sweep_string_iterator()]
        if override is not None and override.is_discrete_sweep()
        else [text]
        for text, override in zip(overrides, parsed, strict=True)
    ]


def _key(override: str) -> str:
    return override.partition("=")[0]


def _hydra_main(task: Callable[[DictConfig], None]) -> None:
    """Run Hydra. Nothing may be called by its name in a config but installed plugins and Hydra's own loggers."""
    register()
    hydra.main(config_path=str(shipped()), config_name=MAIN, execution_whitelist=[])(task)()


def _nothing(node: DictConfig) -> None:
    return None


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


@contextmanager
def _command_line(words: list[str]) -> Iterator[None]:
    """Hydra reads the process's arguments, and raises whole errors only when it is told to."""
    before, full = sys.argv, os.environ.get("HYDRA_FULL_ERROR")
    sys.argv = ["qmlops", *words]
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        yield
    finally:
        sys.argv = before
        if full is None:
            del os.environ["HYDRA_FULL_ERROR"]
        else:
            os.environ["HYDRA_FULL_ERROR"] = full
