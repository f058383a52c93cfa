"""Nothing that happens to files, clock or terminal ends the dashboard."""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import time
from pathlib import Path

import pytest
from textual.pilot import Pilot

from qmlops.monitoring.project import Project
from qmlops.monitoring.screen.app import Monitor
from qmlops.monitoring.screen.keys import KEYS, PANES
from qmlops.monitoring.screen.reader import SECONDS
from qmlops.monitoring.screen.theme import COLOURS, SIXTEEN, fitting
from tests.monitoring.screen.piloted import looked, screen, settled, shown
from tests.monitoring.screen.recorded import FINISHED, PAUSED, RUNNING, SWEEP


def test_a_hundred_sizes_one_after_the_other(root: Path) -> None:
    draw = random.Random(7)

    async def run() -> None:
        async with shown(root) as (pilot, deck):
            for turn in range(100):
                most = (240, 70) if turn % 20 == 0 else (80, 26)
                await pilot.resize_terminal(draw.randint(1, most[0]), draw.randint(1, most[1]))
            await pilot.resize_terminal(120, 40)
            await settled(pilot)
            assert RUNNING in "\n".join(screen(pilot)) and deck.is_attached

    asyncio.run(run())


@pytest.mark.parametrize("size", [(60, 20), (20, 6), (1, 1)], ids="{0[0]}x{0[1]}".format)
def test_every_pane_on_a_narrow_terminal(root: Path, size: tuple[int, int]) -> None:
    async def run() -> None:
        async with shown(root, size) as (pilot, deck):
            for name in (RUNNING, PAUSED, SWEEP):
                deck.follow(name)
                for pane in PANES:
                    deck.activate(pane)
                    await pilot.pause()
            lines = screen(pilot) if size[0] > 1 else []
            assert all(len(line) <= size[0] for line in lines)
            if size == (60, 20):
                assert any("running" in line for line in lines) and any("config" in line for line in lines)

    asyncio.run(run())


def test_folders_that_are_deleted_torn_and_written_anew_while_one_looks(root: Path) -> None:
    async def run() -> None:
        async with shown(root, live=True) as (pilot, deck):
            deck.follow(RUNNING)
            events = root / "runs" / RUNNING / "events.jsonl"
            text = events.read_bytes()
            events.write_bytes(text[:-40])
            await pilot.pause(2 * SECONDS)
            events.write_bytes(b'{"event": "StepDone", "time": "x"}\n\xff\xfe{{{\n' + text[: len(text) // 2])
            await pilot.pause(2 * SECONDS)
            shutil.rmtree(root / "runs" / RUNNING)
            shutil.rmtree(root / "runs" / SWEEP)
            (root / "journal.db").write_bytes(b"no journal at all")
            await gone(pilot, deck, RUNNING)
            assert deck.table.cursor == PAUSED
            shutil.rmtree(root / "runs")
            await gone(pilot, deck, FINISHED)
            assert "No run has been started here yet." in "\n".join(screen(pilot))

    asyncio.run(run())


async def gone(pilot: Pilot, deck: object, name: str) -> None:
    """Wait until a run is not listed any more, for ten looks at most."""
    for _ in range(20):
        await pilot.pause(SECONDS)
        if name not in "\n".join(screen(pilot)):
            return


def test_a_clock_that_jumps_back_and_far_ahead(root: Path) -> None:
    async def run() -> None:
        async with shown(root, (200, 60)) as (pilot, deck):
            for moment in (0.0, 4e9, -1.0):
                patch.setattr(time, "time", lambda moment=moment: moment)
                deck.present()
                await settled(pilot)
                assert RUNNING in "\n".join(screen(pilot))

    with pytest.MonkeyPatch.context() as patch:
        asyncio.run(run())


def test_any_keys_in_any_order(root: Path) -> None:
    draw = random.Random(3)
    keys = [key.key for key in KEYS if key.action not in ("leave", "palette", "stop")]

    async def run() -> None:
        async with shown(root, (90, 26)) as (pilot, deck):
            for _ in range(40):
                await pilot.press(draw.choice(keys))
            while pilot.app.screen is not deck:
                await pilot.press("escape")
                await settled(pilot)
            await pilot.press("escape", "escape")
            await settled(pilot)
            assert deck.table.has_focus

    asyncio.run(run())


def test_the_thread_that_reads_ends_with_the_dashboard(root: Path) -> None:
    async def run() -> None:
        async with shown(root, live=True) as (_, deck):
            reader = deck.reader
            assert reader._thread is not None and reader._thread.is_alive()
        assert not reader._thread.is_alive()

    asyncio.run(run())


def test_the_screen_reads_no_file_itself(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        async with shown(root) as (pilot, deck):
            monkeypatch.setattr(Project, "look", lambda self: pytest.fail("the screen has looked"))
            monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("the screen has opened a file"))
            monkeypatch.setattr("os.open", lambda *_: pytest.fail("the screen has opened a file"))
            for pane in PANES:
                deck.activate(pane)
                deck.present()
                await pilot.pause()
            monkeypatch.undo()

    asyncio.run(run())


def test_sixteen_colours_have_a_theme_of_their_own_and_no_colour_leaves_words(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fitting("truecolor") is fitting("256") is COLOURS
    assert fitting("standard") is fitting(None) is SIXTEEN
    assert SIXTEEN.variables.keys() >= COLOURS.variables.keys()
    monkeypatch.setenv("NO_COLOR", "1")

    async def run() -> None:
        app = Monitor(looked(root), live=False)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            assert app.theme == SIXTEEN.name
            text = "\n".join(screen(pilot))
            assert all(word in text for word in ("● running", "‖ paused", "✓ finished", "✗ failed", "† dead"))
            styles = re.findall(r"-r\d+ \{([^}]*)\}", app.export_screenshot())
            assert len({fill for style in styles for fill in re.findall(r"fill: (#\w+)", style)}) <= 3

    asyncio.run(run())


def test_what_has_not_changed_is_not_painted_again(root: Path) -> None:
    painted: list[int] = []

    async def run() -> None:
        async with shown(root) as (pilot, deck):
            await settled(pilot)
            for pane in (deck.table, *deck.panes.values(), deck.tabs, deck.head):
                pane.refresh = lambda *_, **__: painted.append(1)  # type: ignore[method-assign]
            deck.present()
            await settled(pilot)
            assert painted == []
            deck.table.choose(FINISHED)
            assert painted

    asyncio.run(run())


def test_words_with_brackets_are_no_markup(root: Path) -> None:
    async def run() -> None:
        async with shown(root) as (pilot, deck):
            await pilot.press("f", *"[b", "left_square_bracket", "slash", "enter")
            await settled(pilot)
            assert "filter: [b[/" in "\n".join(screen(pilot))
            await pilot.press("escape", "y", "slash", *"[/x]")
            await settled(pilot)
            assert "No line has '[/x]'." in "\n".join(screen(pilot))
            assert deck.is_attached

    asyncio.run(run())


def test_a_reader_that_fails_ends_the_dashboard_instead_of_leaving_it_with_old_figures(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(project: Project) -> set[str]:
        raise ArithmeticError("a bug of ours")

    async def run() -> None:
        async with shown(root, live=True) as (pilot, _):
            monkeypatch.setattr(Project, "look", fail)
            await pilot.pause(3.0)

    with pytest.raises(ArithmeticError, match="a bug of ours"):
        asyncio.run(run())
