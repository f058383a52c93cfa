"""A process that is killed at any point leaves one job at the provider, or one in doubt, and never two."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qmlops.core.account import Account
from qmlops.core.budget import Budget
from qmlops.errors import UnknownJob
from qmlops.execute.connect import connect
from qmlops.execute.journal import Journal
from qmlops.execute.ledger import FILE, bills, entries
from qmlops.execute.run import execute
from tests.execute.conftest import work
from tests.execute.provider import Scripted, ScriptedSession, jobs

POINTS: dict[str, tuple[Any, str, bool]] = {
    "after the intent": (Journal, "claim", False),
    "after the sending mark": (ScriptedSession, "submit", False),
    "while it is sent": (ScriptedSession, "submit", True),
    "before the name is stored": (Journal, "accept", False),
    "after the name is stored": (Journal, "accept", True),
    "while it waits": (ScriptedSession, "status", True),
    "before the result is stored": (Journal, "finish", False),
    "after the result is stored": (Journal, "finish", True),
    "before the bill": (ScriptedSession, "cost", False),
}
"""A method in which the process dies, and whether it has done its work by then."""


def run(folder: Path, idempotent: bool) -> Any:
    backend = Scripted(folder=str(folder / "provider"), idempotent=idempotent)
    account = Account("run", "run", Budget(usd=100.0), folder=folder)
    return execute(connect(backend, account), [work()], "step-1")


def die_at(point: str) -> None:
    """Kill this process in a method, before or after its work."""
    owner, name, after = POINTS[point]
    real = getattr(owner, name)

    def dying(*arguments: Any) -> None:
        if after:
            real(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, dying)


CASES = [(point, False) for point in POINTS] + [("after the sending mark", True), ("while it is sent", True)]
"""Whether the provider takes equal tokens for one request matters only while one is sent."""


def die_everywhere(folder: Path) -> None:
    """One process a case, each with a provider and a journal of its own, all killed; prints by which signal."""
    signals = []
    for number, (point, idempotent) in enumerate(CASES):
        (folder / str(number) / "provider").mkdir(parents=True)
        child = os.fork()
        if not child:
            die_at(point)
            run(folder / str(number), idempotent)
            os._exit(0)
        signals.append(os.WTERMSIG(os.waitpid(child, 0)[1]))
    print(json.dumps(signals))


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which every case was killed; one interpreter imports Cirq for all of them."""
    folder = tmp_path_factory.mktemp("killed")
    code = "import sys, pathlib, tests.execute.test_killed as it; it.die_everywhere(pathlib.Path(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [signal.SIGKILL] * len(CASES)
    return folder


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{point}-{idempotent}" for point, idempotent in CASES])
def test_a_run_that_was_killed_goes_on_with_exactly_one_job(number: int, killed: Path, tmp_path: Path) -> None:
    (point, idempotent), folder = CASES[number], killed / str(number)
    if point == "after the sending mark" and not idempotent:
        for _ in range(2):
            with pytest.raises(UnknownJob):
                run(folder, idempotent)
        assert not jobs(folder / "provider")
        return
    (found,) = run(folder, idempotent)
    (job,) = jobs(folder / "provider")
    (entry,) = entries(folder / FILE)
    assert (entry.state, entry.job, entry.token) == ("done", job["job"], job["token"])
    assert bills(folder / FILE, "run") == [("USD", 6.0, 6, 600)]
    (tmp_path / "provider").mkdir()
    np.testing.assert_array_equal(found.values, run(tmp_path, idempotent)[0].values)
