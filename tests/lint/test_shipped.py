"""Our own conf is clean by our own hooks."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from qmlops.cli.hook import check, circuit
from qmlops.config.spec import RunSpec
from qmlops.pipeline.api import spec

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "conf").rglob("*.yaml"))
GROUPS = sorted({str(Path(name).parent) for name in FILES})


@cache
def composed(overrides: tuple[str, ...]) -> RunSpec:
    return spec(overrides)


def test_all_files_are_seen() -> None:
    assert len(FILES) >= 90 and len(GROUPS) >= 15


@pytest.mark.parametrize("group", GROUPS)
def test_both_hooks_find_nothing_in_what_is_shipped(group: str, monkeypatch: Any, capsys: Any) -> None:
    # A request is composed once for both hooks, which is most of the time.
    monkeypatch.setattr("qmlops.pipeline.api.spec", lambda words: composed(tuple(words)))
    monkeypatch.chdir(ROOT)
    files = [name for name in FILES if str(Path(name).parent) == group]
    assert (check(files), circuit(files), capsys.readouterr().out) == (0, 0, "")
