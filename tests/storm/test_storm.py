"""A short version of experiments/exactly_once, in a process of its own that may be forked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).resolve().parents[2] / "experiments/exactly_once/run.py"


def storm(*words: str) -> Any:
    done = subprocess.run([sys.executable, str(SCRIPT), "--json", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_jobs_that_meet_faults_and_kills_are_neither_lost_nor_paid_twice() -> None:
    (row,) = storm("--providers", "ionq", "--jobs", "30", "--kills", "6", "--alone", "no", "--seed", "5")["journal"]
    assert (row["jobs"], row["kills"]) == (30, 6) and sum(row["faults"].values()) > 0
    assert [row[key] for key in ("lost", "paid_twice", "stray", "silent")] == [0, 0, 0, 0]
    assert row["done"] + row["unknown"] == 30
    assert row["accepted"] == row["done"] + row["unknown_and_there"]
