"""The list of runs: its order, its rows, and what a mouse does with it."""

from __future__ import annotations

import asyncio
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest

from qmlops.monitoring.screen.run_table import fitting
from qmlops.monitoring.screen.runs import GLYPHS, ORDERS, Listing, Row, age
from tests.monitoring.screen.piloted import looked, screen, settled, shown
from tests.monitoring.screen.recorded import DEAD, FAILED, FINISHED, NOW, PAUSED, RUNNING, SWEEP, WAITING

MEMBERS = [f"{SWEEP}/{number}" for number in range(4)]


def names(root: Path, **chosen: str) -> list[str]:
    return [row.name for row in Listing(**chosen).rows(looked(root), NOW)]


def test_the_newest_stands_first_and_members_below_their_sweep(root: Path) -> None:
    assert names(root) == [WAITING, RUNNING, PAUSED, FINISHED, FAILED, DEAD, SWEEP, *MEMBERS]


@pytest.mark.parametrize(
    ("order", "first"),
    [("run", SWEEP), ("state", RUNNING), ("progress", FINISHED), ("score", FINISHED), ("spend", PAUSED)],
)
def test_each_order_has_its_first(root: Path, order: str, first: str) -> None:
    found = [name for name in names(root, order=order) if name not in MEMBERS]
    assert found[0] == first or (order == "progress" and found[1] == first)
    assert sorted(names(root, order=order)) == sorted(names(root))


def test_a_table_of_orders_covers_every_column() -> None:
    row = Row("a", "running", 0.5, "5/10", None, 1.0, False, "1.00", 0.0)
    wide = fitting([row], 200)
    assert set(wide) == set(ORDERS) and sum(wide.values()) == 200


@pytest.mark.parametrize("width", range(20, 200, 7))
def test_columns_fill_every_width_and_keep_the_state_and_the_name(width: int) -> None:
    row = Row("2026-11-22_vqc", "running", 0.5, "5/10", None, 1.0, False, "1.00", 0.0)
    columns = fitting([row], width)
    assert list(columns)[:2] == ["state", "run"]
    assert sum(columns.values()) == max(width, sum(columns.values()) - columns["run"] + 1)


def test_words_filter_by_name_and_state_and_a_sweep_is_kept_for_its_members(root: Path) -> None:
    assert names(root, words="paused") == [PAUSED]
    assert names(root, words="depths/2 fin") == [SWEEP, f"{SWEEP}/2"]
    assert names(root, words="2027-01-15 vqc") == [RUNNING]
    assert names(root, words="nothing of it") == []


def test_a_row_says_state_progress_score_spend_and_age(root: Path) -> None:
    rows = {row.name: row for row in Listing().rows(looked(root), NOW)}
    paused = rows[PAUSED]
    assert (paused.state, paused.progress, paused.steps) == ("paused", 0.1, "40/400")
    assert (paused.spend, paused.age) == ("2.91", "2 h")
    assert rows[FINISHED].score == ("energy", -1.1373)
    assert (rows[DEAD].state, rows[WAITING].state, rows[FAILED].state) == ("dead", "waiting", "failed")
    sweep = rows[SWEEP]
    view = looked(root).sweeps[SWEEP]
    assert (sweep.state, sweep.steps, sweep.lost) == ("finished", "4/4 runs", 1)
    assert view.best is not None and sweep.score == (view.score, view.scores[view.best])


def test_a_large_sweep_is_folded_until_someone_unfolds_it(root: Path) -> None:
    project = looked(root)
    listing = Listing()
    (sweep,) = project.sweeps.values()
    assert not listing.folded(sweep) and listing.folded(replace(sweep, members=MEMBERS * 3))
    listing.fold(SWEEP)
    assert listing.folded(sweep) and MEMBERS[0] not in [row.name for row in listing.rows(project, NOW)]


AGES = [(-5, "1 s"), (59, "59 s"), (3599, "59 min"), (90000, "1 d"), (math.inf, "–")]


@pytest.mark.parametrize(("seconds", "told"), AGES)
def test_ages_have_one_unit_and_never_run_backwards(seconds: float, told: str) -> None:
    assert age(seconds) == told


def test_states_are_told_apart_without_colour() -> None:
    assert len(set(GLYPHS.values())) == len(GLYPHS) == 8


def test_a_click_selects_a_row_sorts_by_a_column_and_opens_a_tab(root: Path) -> None:
    async def run() -> None:
        async with shown(root, (80, 24)) as (pilot, deck):
            lines = screen(pilot)
            row = next(number for number, line in enumerate(lines) if FINISHED in line)
            await pilot.click(offset=(20, row))
            await settled(pilot)
            assert deck.table.cursor == FINISHED
            await pilot.click(offset=(lines[2].index("score") + 1, 2))
            await settled(pilot)
            assert deck.table.listing.order == "score"
            tabs = next(number for number, line in enumerate(lines) if "curves  circuit" in line)
            await pilot.click(offset=(lines[tabs].index("jobs") + 1, tabs))
            await settled(pilot)
            assert deck.active == "jobs" and deck.panes["jobs"].size.area
            await pilot.click(offset=(lines[-1].index("? keys"), 23))
            await settled(pilot)
            assert pilot.app.screen is not deck

    asyncio.run(run())


def test_the_cursor_stays_on_its_run_when_the_order_changes_and_leaves_one_that_is_gone(root: Path) -> None:
    async def run() -> None:
        async with shown(root) as (pilot, deck):
            deck.follow(FAILED)
            deck.action_order()
            await settled(pilot)
            assert deck.table.cursor == FAILED
            for name in ("events.jsonl", "request.json"):
                (root / "runs" / FAILED / name).unlink()
            deck.project = looked(root)
            deck.present()
            assert deck.table.cursor == RUNNING and not deck.pinned

    asyncio.run(run())


def test_arrows_scroll_the_list_under_its_head(root: Path) -> None:
    async def run() -> None:
        async with shown(root, (80, 24)) as (pilot, deck):
            await pilot.press(*["down"] * 9)
            await settled(pilot)
            lines = screen(pilot)
            assert lines[2].startswith("│state") and any(deck.table.cursor.rpartition("/")[2] in line for line in lines)
            assert deck.table.scroll_offset.y > 0 and deck.table.cursor == MEMBERS[3]

    asyncio.run(run())


def test_a_selected_sweep_shows_its_pane_and_its_members_and_after_it_what_was_shown_before(root: Path) -> None:
    async def run() -> None:
        async with shown(root) as (pilot, deck):
            deck.follow(SWEEP)
            await settled(pilot)
            assert deck.active == "sweep" and deck.curves.overlaid == MEMBERS
            legend = re.findall(r"━ ([a-d]) (\d)\b", "\n".join(screen(pilot)))
            assert sorted(legend) == [("a", "0"), ("b", "1"), ("c", "2"), ("d", "3")]
            assert deck.track.name == deck.project.sweeps[SWEEP].best
            deck.follow(FINISHED)
            await settled(pilot)
            assert deck.active == "curves" and "circuit" in deck.board.plan().regions and deck.curves.overlaid == []

    asyncio.run(run())
