"""A process that is killed at any point leaves one job at the provider, or one in doubt, and never two."""

from __future__ import annotations

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


@pytest.mark.parametrize(("point", "idempotent"), CASES)
def test_a_run_that_was_killed_goes_on_with_exactly_one_job(point: str, idempotent: bool, tmp_path: Path) -> None:
    (tmp_path / "provider").mkdir()
    code = (
        "import sys; from pathlib import Path; from tests.execute.test_killed import die_at, run;"
        f"die_at({point!r}); run(Path(sys.argv[1]), {idempotent})"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-500:]
    if point == "after the sending mark" and not idempotent:
        for _ in range(2):
            with pytest.raises(UnknownJob):
                run(tmp_path, idempotent)
        assert not jobs(tmp_path / "provider")
        return
    (found,) = run(tmp_path, idempotent)
    (job,) = jobs(tmp_path / "provider")
    (entry,) = entries(tmp_path / FILE)
    assert (entry.state, entry.job, entry.token) == ("done", job["job"], job["token"])
    assert bills(tmp_path / FILE, "run") == [("USD", 6.0, 6, 600)]
    (tmp_path / "other" / "provider").mkdir(parents=True)
    np.testing.assert_array_equal(found.values, run(tmp_path / "other", idempotent)[0].values)
