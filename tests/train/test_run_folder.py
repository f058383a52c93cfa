"""A run folder belongs to one process, and what the system refuses becomes a clear error that harms nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from qmlops.core.event import FILE, Event, StepDone, history, read
from qmlops.errors import RunFolderError
from qmlops.pipeline import folder
from qmlops.pipeline.folder import all_runs, claimed, explained, find
from qmlops.pipeline.record import Run
from qmlops.pipeline.run import resume, start
from qmlops.train.checkpoint import load
from tests.train.small_runs import MOONS, outcome

OVERRIDES = (*MOONS, "steps=12")


def ignore(event: Event) -> None:
    """Watches nothing."""


def test_a_run_that_goes_on_cannot_be_resumed_beside_itself(spec_of: Callable[..., Any], tmp_path: Path) -> None:
    folder, refusals = tmp_path / "run", []

    def watch(event: Event) -> None:
        if isinstance(event, StepDone) and event.step == 5:
            with pytest.raises(RunFolderError, match="in use by another process") as refusal:
                resume(folder, ignore)
            refusals.append(refusal)

    start(spec_of(*OVERRIDES), folder, watch, list(OVERRIDES))
    assert len(refusals) == 1
    assert [event.step for event in outcome(folder)["history"]] == list(range(1, 13))


def test_a_second_run_of_the_same_name_gets_a_folder_of_its_own(run_of: Callable[..., Any]) -> None:
    first = run_of(*OVERRIDES)
    before = {path: path.read_bytes() for path in first.folder.rglob("*") if path.is_file()}
    second = run_of(*OVERRIDES)
    assert second.folder.name == "run-2"
    assert {path: path.read_bytes() for path in first.folder.rglob("*") if path.is_file()} == before


def test_runs_that_begin_at_once_get_a_folder_each(tmp_path: Path) -> None:
    count, rounds = 8, 10
    together = Barrier(count)

    def claim(number: int) -> Path:
        together.wait()
        with claimed(tmp_path / f"round-{number // count}", new=True) as taken:
            together.wait()
            return taken

    with ThreadPoolExecutor(count) as pool:
        taken = list(pool.map(claim, range(count * rounds)))
    assert len(set(taken)) == count * rounds
    assert all(path.is_dir() for path in taken)


def test_a_run_that_began_and_ended_before_the_lock_keeps_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = folder._vacant

    def look(path: Path) -> bool:
        vacant = real(path)
        if path == tmp_path / "run":
            (path / FILE).touch()
        return vacant

    monkeypatch.setattr(folder, "_vacant", look)
    with claimed(tmp_path / "run", new=True) as taken:
        assert taken == tmp_path / "run-2"


def test_an_empty_folder_that_was_named_is_used(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with claimed(tmp_path / "run", new=True) as taken:
        assert taken == tmp_path / "run"


def test_an_error_of_another_file_is_not_told_as_the_folders(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="elsewhere"), explained(tmp_path / "run"):
        (tmp_path / "elsewhere").read_text()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EFBIG, "the file would be larger than is allowed"),
        (errno.EACCES, "permission is denied"),
    ],
)
def test_a_folder_that_cannot_be_made_is_named(
    code: int, words: str, spec_of: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(code, os.strerror(code))

    spec = spec_of(*OVERRIDES)
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(RunFolderError, match=words) as refusal:
        start(spec, tmp_path / "run", ignore, list(OVERRIDES))
    assert str(tmp_path / "run") in str(refusal.value)
    assert refusal.value.exit_code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_a_read_only_folder_is_refused(spec_of: Callable[..., Any], tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(RunFolderError, match="permission is denied"):
            start(spec_of(*OVERRIDES), tmp_path / "run", ignore, list(OVERRIDES))
    finally:
        tmp_path.chmod(0o700)


def test_a_path_through_a_file_is_refused(spec_of: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RunFolderError, match="a part of the path is a file"):
        start(spec_of(*OVERRIDES), tmp_path / "file" / "run", ignore, list(OVERRIDES))
    assert (tmp_path / "file").read_text() == "mine"


def failing_after(calls: int, real: Callable[..., Any]) -> Callable[..., Any]:
    """The real call so many times, and a full disk from then on."""
    left = [calls]

    def call(*given: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*given)

    return call


@pytest.mark.parametrize(("name", "calls"), [("write", 4), ("write", 13), ("fsync", 4), ("fsync", 7), ("replace", 3)])
def test_a_disk_that_fills_up_leaves_what_was_written_and_the_run_can_go_on(
    name: str,
    calls: int,
    spec_of: Callable[..., Any],
    run_of: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, folder = run_of(*OVERRIDES, name="whole"), tmp_path / "full"
    spec = spec_of(*OVERRIDES)
    with monkeypatch.context() as patch:
        patch.setattr(os, name, failing_after(calls, getattr(os, name)))
        with pytest.raises(RunFolderError, match="the disk is full"):
            start(spec, folder, ignore, list(OVERRIDES))
    assert Run(folder).state == "unfinished"
    written = history(read(folder))
    assert written == outcome(whole.folder)["history"][: len(written)]
    saved = load(folder)
    assert saved is None or saved.step <= 12
    assert resume(folder, ignore).state == "finished"
    assert outcome(folder) == outcome(whole.folder)


def test_an_event_that_is_written_by_half_is_no_event(
    spec_of: Callable[..., Any], run_of: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, folder, real, calls = run_of(*OVERRIDES, name="whole"), tmp_path / "full", os.write, [6]

    def half(file: int, content: bytes) -> int:
        calls[0] -= 1
        return real(file, content if calls[0] else content[: len(content) // 2])

    spec = spec_of(*OVERRIDES)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(RunFolderError, match="the disk is full"):
            start(spec, folder, ignore, list(OVERRIDES))
    assert not (folder / FILE).read_bytes().endswith(b"\n")
    assert len(read(folder)) == 5
    resume(folder, ignore)
    assert outcome(folder) == outcome(whole.folder)


def test_a_run_is_found_by_path_name_start_and_latest(
    run_of: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("runs/2026-01-01_vqc", "runs/2026-01-02_vqc"):
        run_of(*MOONS, "steps=1", name=name)
    monkeypatch.chdir(tmp_path)
    assert len(all_runs()) == 2
    assert find("latest").name == "2026-01-02_vqc" == find("2026-01-02").name
    assert find(str(tmp_path / "runs/2026-01-01_vqc")).name == "2026-01-01_vqc" == find("2026-01-01_vqc").name
    for wrong, words in (("2026", "fits 2 runs"), ("2026-01-02_vqe", r"vqc'\?$"), ("x", r"latest\.$")):
        with pytest.raises(RunFolderError, match=words):
            find(wrong)


@pytest.mark.parametrize("name", ["model.json", "weights.npz", "config.yaml", "MLmodel"])
def test_a_model_that_was_changed_or_lost_a_file_is_refused(name: str, run_of: Callable[..., Any]) -> None:
    run = run_of(*MOONS, "steps=1")
    path = run.folder / "model" / name
    content = path.read_bytes()
    for place in (len(content) // 3, len(content) - 2):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(RunFolderError):
            _ = Run(run.folder).model
    path.unlink()
    with pytest.raises(RunFolderError, match=name):
        _ = Run(run.folder).model
    path.write_bytes(content)
    assert Run(run.folder).model.predict([[0.0, 0.0]]).shape == (1,)
