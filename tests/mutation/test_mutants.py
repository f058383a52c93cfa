"""A wrong request is refused by the key that is wrong, or runs; it never ends in a traceback."""

from __future__ import annotations

import math
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.core.event import StepDone
from qmlops.errors import ConfigError, QmlopsError
from qmlops.parts.objective import FitsGram
from qmlops.pipeline.prepare import prepare
from qmlops.train.loop import begin, steps
from qmlops.train.support import fit
from tests.mutation.mutants import BASES, MUTANTS, Mutant, dump, experiment_of, keys, lay_out, mutant, request

LONGEST = 60
"""Seconds that one request may take, on a machine that has much else to do."""


def one_step(overrides: list[str]) -> StepDone | None:
    """What a request gives after its first step; None where there is nothing to step."""
    composed = compose(overrides)
    task = prepare(build(composed.config, list(composed.mistakes)))
    if isinstance(task.spec.objective, FitsGram):
        return fit(task)[1]
    return next((event for event, _ in steps(task, begin(task))), None)


def tried(made: Mutant, folder: Path, monkeypatch: pytest.MonkeyPatch) -> QmlopsError | StepDone | None:
    lay_out(made, folder)
    monkeypatch.chdir(folder)

    def stop(*_: Any) -> None:
        raise TimeoutError(f"{made.told} took more than {LONGEST} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST)
    try:
        return one_step(made.overrides)
    except QmlopsError as error:
        return error
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def names_it(error: QmlopsError, named: str) -> bool:
    """Whether a rejection names a key or one above it, or the file with a line."""
    paths = [item.path for item in error.mistakes] if isinstance(error, ConfigError) else []
    if named.endswith(".yaml"):  # what the damage made of it, a key or a file, stands before each mistake
        return bool(paths) and "config" not in paths and all(paths)
    if named in str(error):
        return True
    return any(path and (path.startswith(named) or named.startswith(f"{path}.")) for path in paths)


@pytest.mark.parametrize("base", BASES)
def test_the_base_itself_runs(base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Mutant(["+experiment=mutant"], request(dump(experiment_of(base))), "", base)
    event = tried(made, tmp_path, monkeypatch)
    assert isinstance(event, StepDone), event
    assert len(keys(base)) >= 35


def test_mutants_are_of_many_kinds() -> None:
    made = [mutant(number) for number in range(150)]
    assert len({item.told.partition(":")[0] for item in made}) == len(BASES)
    assert len({item.named for item in made}) > 60
    ways = Counter("text" if item.named == "mutant.yaml" else len(item.overrides) for item in made)
    assert min(ways.values()) >= 10 and len(ways) == 3


@pytest.mark.parametrize("number", range(MUTANTS))
def test_a_mutant_is_refused_by_its_key_or_runs(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = mutant(number)
    began = time.monotonic()
    outcome = tried(made, tmp_path, monkeypatch)
    print(f"{number} {time.monotonic() - began:.1f} s {made.told} -> {str(outcome)[:300]}")
    if isinstance(outcome, QmlopsError):
        assert names_it(outcome, made.named), f"{made.told}\n{outcome}"
        assert len(str(outcome)) < 10_000, "a rejection is read by people"
    elif outcome is not None:
        assert not math.isnan(outcome.metrics["loss"])
