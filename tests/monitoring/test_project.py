"""A project follows what comes, goes on and disappears below its folder, whatever state its files are in."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from qmlops.core.event import FILE, Note, RunEnded, StepDone
from qmlops.execute.ledger import FILE as JOURNAL
from qmlops.monitoring import follow, project
from qmlops.monitoring.project import Project
from qmlops.monitoring.track import Track
from qmlops.pipeline.folder import FAILED, REQUEST, claimed
from tests.monitoring.folder import append, made, started, stepped, swept


@pytest.fixture(autouse=True)
def at_every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders, journals and processes are looked at each time, and not once a second."""
    monkeypatch.setattr(project, "_SCAN_SECONDS", 0.0)
    monkeypatch.setattr(follow, "_SILENCE_SECONDS", 0.0)


def looked(folder: Path, *names: str) -> Project:
    found = Project(folder, names)
    found.look_at_all()
    return found


def test_a_folder_without_runs_is_empty_and_filled_later(tmp_path: Path) -> None:
    found = looked(tmp_path)
    assert (found.tracks, found.sweeps, found.newest) == ({}, {}, None)
    made(tmp_path / "runs/a", [started(), *stepped(1)])
    assert found.look() == {"a"} and found.newest == "a"


def test_runs_are_named_by_their_path_below_the_runs_the_oldest_first(tmp_path: Path) -> None:
    for age, name in enumerate(["c", "sweep/0", "a"]):
        request = made(tmp_path / "runs" / name, [started()]) / REQUEST
        os.utime(request, (1e9 + age, 1e9 + age))
    assert list(looked(tmp_path).tracks) == ["c", "sweep/0", "a"]


def test_only_what_is_named_is_followed(tmp_path: Path) -> None:
    for name in ("a", "b", "sweep/0", "sweep/1"):
        made(tmp_path / "runs" / name)
    assert list(looked(tmp_path, "b").tracks) == ["b"]
    assert set(looked(tmp_path, str(tmp_path / "runs/a"), "sweep").tracks) == {"a", "sweep/0", "sweep/1"}


def test_a_look_tells_which_runs_have_changed(tmp_path: Path) -> None:
    first, second = (made(tmp_path / "runs" / name, [started()]) for name in ("a", "b"))
    found = looked(tmp_path)
    assert found.look() == set()
    append(first, stepped(1, 2))
    assert found.look() == {"a"} and found.tracks["a"].step == 2
    assert found.look() == {"a"} and found.tracks["a"].state == "dead"
    shutil.rmtree(second)
    assert found.look() == {"b"} and list(found.tracks) == ["a"]


def test_a_folder_that_is_deleted_while_it_is_looked_at_is_gone_without_a_word(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/a", [started(), *stepped(1)])
    found = looked(tmp_path)
    found._scanned = float("inf")  # so that only its files are looked for
    shutil.rmtree(folder)
    found.look()
    assert found.tracks["a"].step == 1
    found._scanned = float("-inf")
    assert found.look() == {"a"} and found.tracks == {}
    assert found.entries("a") == [] and found.spend("a").usd == 0.0


def test_a_file_that_was_replaced_is_told_from_its_start(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/a", [started(), *stepped(1, 2, 3)])
    found = looked(tmp_path)
    (folder / FILE).unlink()
    append(folder, [started(steps=7), StepDone(1, {"energy": -1.0})])
    assert found.look() == {"a"}
    assert (found.tracks["a"].steps, found.tracks["a"].step, list(found.tracks["a"].series)) == (7, 1, ["energy"])


def test_each_event_is_heard_once_after_its_track_has_taken_it(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/a", [started(), *stepped(1)])
    heard: list[tuple[str, int, str]] = []
    found = Project(tmp_path, (), lambda track, told: heard.append((track.name, track.step, type(told.event).__name__)))
    found.look()
    append(folder, stepped(2))
    found.look()
    found.look()
    assert heard == [("a", 0, "RunStarted"), ("a", 1, "StepDone"), ("a", 2, "StepDone")]


def test_one_look_at_much_is_short_and_the_next_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "_LOOK_SECONDS", -1.0)
    monkeypatch.setattr(follow, "_FIRST_BYTES", 1024)
    monkeypatch.setattr(follow, "_BYTES", 1 << 15)
    for name in ("a", "b"):
        made(tmp_path / "runs" / name, [started(), *stepped(*range(1, 1001))])
    found, seen = Project(tmp_path), list[list[int]]()
    while not seen or found.behind:
        found.look()
        seen.append([track.step for track in found.tracks.values()])
    (none, few), (some, same) = seen[:2]
    assert none == 0 < few == same < 20 and 0 < some < 20, "each is begun in its turn"
    assert {steps[0] for steps in seen[1:] if steps[1] < 1000} == {some}, "then the newest is read to its end"
    assert seen[-1] == [1000, 1000]


def test_a_long_history_holds_no_other_run_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "_LOOK_SECONDS", -1.0)
    monkeypatch.setattr(follow, "_BYTES", 1 << 12)
    live = made(tmp_path / "runs/a", [started(), *stepped(1)])
    made(tmp_path / "runs/b", [started(), *stepped(*range(1, 3001))])
    found, seen = Project(tmp_path), list[int]()
    with claimed(live, new=False):
        found.look(), found.look()
        while found.behind:
            append(live, stepped(len(seen) + 2))
            found.look(), found.look()
            seen.append(found.tracks["a"].step)
    assert seen == [number + 2 for number in range(len(seen))] and len(seen) > 10


def test_runs_that_have_ended_are_looked_at_again_when_folders_are(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/a", [started(), RunEnded("interrupted")])
    found = looked(tmp_path)
    append(folder, [started(resumed_at=1), *stepped(2)])
    assert found.look() == {"a"} and found.tracks["a"].step == 2


def test_an_error_that_ended_a_run_without_an_event_is_its_reason(tmp_path: Path) -> None:
    folder = made(tmp_path / "runs/sweep/0", [started()])
    (folder / FAILED).write_text('{"error": "KeyError: 3"}')
    track = looked(tmp_path).tracks["sweep/0"]
    assert (track.state, track.reason) == ("failed", "KeyError: 3")


@pytest.mark.parametrize("torn", ["", "{", "[1]", '{"overrides": 3, "project": 7, "id": null}', "\x00"])
def test_damaged_files_beside_the_events_take_nothing_but_what_they_told(tmp_path: Path, torn: str) -> None:
    folder = made(swept(tmp_path / "runs/sweep") / "0", [started(), *stepped(1)])
    for name in (folder / REQUEST, folder / FAILED, folder.parent / "sweep.json", folder / "control.jsonl"):
        name.write_text(torn)
    (tmp_path / JOURNAL).write_text("no journal")
    append(folder, [Note("a word")])
    found = looked(tmp_path)
    assert found.tracks["sweep/0"].step == 1 and list(found.sweeps) == ["sweep"]
    assert found.spend("sweep/0").usd == 0.0 and "cannot be read" in found.spend("sweep/0").problem


def test_a_journal_that_another_process_holds_keeps_what_it_told(tmp_path: Path) -> None:
    made(tmp_path / "runs/a", [started()])
    found = looked(tmp_path)
    holder = sqlite3.connect(tmp_path / JOURNAL, isolation_level=None)
    holder.execute("CREATE TABLE job (token)")
    holder.execute("BEGIN EXCLUSIVE")
    found.look()
    assert "locked" in found.spend("a").problem
    holder.execute("DROP TABLE job")
    holder.execute("COMMIT")
    holder.close()
    found.look()
    assert found.spend("a").problem == ""


def test_what_stands_in_a_tracks_place_is_replaced_as_a_whole(tmp_path: Path) -> None:
    made(tmp_path / "runs/a", [started()])
    found = looked(tmp_path)
    before: dict[str, Track] = found.tracks
    made(tmp_path / "runs/b", [started()])
    found.look()
    assert list(before) == ["a"] and list(found.tracks) == ["a", "b"]


def test_a_sweep_is_scored_by_all_that_its_runs_told_as_soon_as_that_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "_LOOK_SECONDS", 0.0)
    sweep = swept(tmp_path / "runs/sweep")
    for number in range(4):
        ended = RunEnded("finished", {"test_accuracy": number / 4})
        made(sweep / str(number), [started(400), *stepped(*range(1, 401)), ended])
    monkeypatch.setattr(project, "_SCAN_SECONDS", 1e9)
    found = Project(tmp_path)
    found.look()
    assert found.behind
    found.look_at_all()
    view = found.sweeps["sweep"]
    assert view.score == "test_accuracy" and list(view.scores.values()) == [0.0, 0.25, 0.5, 0.75]
