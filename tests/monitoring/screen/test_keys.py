"""Every key of the table does what the help says; a key without a test here fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input

from qmlops.core.control import commands
from qmlops.monitoring.screen.deck import Deck
from qmlops.monitoring.screen.dialog import AskBudget, Confirm
from qmlops.monitoring.screen.guide import Guide
from qmlops.monitoring.screen.keys import KEYS, PANES
from tests.monitoring.screen.piloted import screen, settled, shown
from tests.monitoring.screen.recorded import FAILED, FINISHED, PAUSED, RUNNING, SWEEP, TOKENS, WAITING

Check = Callable[[Pilot, Deck], Awaitable[None]]
CHECKS: dict[str, Check] = {}


def checks(*keys: str) -> Callable[[Check], Check]:
    def enter(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(keys, check))
        return check

    return enter


def told(deck: Deck, name: str = RUNNING) -> list[tuple[str, dict[str, object]]]:
    """The commands that a run was given."""
    return [(command.name, {k: v for k, v in command.values.items() if k != "time"}) for command in _given(deck, name)]


def _given(deck: Deck, name: str) -> list:
    return commands(deck.project.tracks[name].folder)[0]


async def press(pilot: Pilot, *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot)


@checks("up", "down", "pageup", "pagedown")
async def the_cursor_moves_by_one_row_and_stays_in_the_list(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "down")
    assert deck.table.cursor == PAUSED and deck.track.name == PAUSED
    await press(pilot, "up", "up", "up")
    assert deck.table.cursor == WAITING
    assert deck.pinned
    await press(pilot, "pagedown")
    assert deck.table.cursor == f"{SWEEP}/3"
    await press(pilot, "pageup")
    assert deck.table.cursor == WAITING


@checks("enter")
async def enter_goes_into_the_pane_and_folds_a_sweep(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "4", "enter")
    assert deck.panes["jobs"].has_focus
    await press(pilot, "escape")
    deck.follow(SWEEP)
    before = len(deck.table.rows)
    await press(pilot, "enter")
    assert len(deck.table.rows) == before - 4
    await press(pilot, "enter")
    assert len(deck.table.rows) == before


@checks("escape")
async def escape_leaves_pane_zoom_and_filter(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "9", "enter", "z", "escape")
    assert deck.table.has_focus and not deck.board.maximal
    await press(pilot, "f", "v", "q", "e", "enter")
    assert [row.name for row in deck.table.rows] == [FINISHED]
    await press(pilot, "escape")
    assert len(deck.table.rows) == 11


@checks("n")
async def n_follows_the_newest_run_again(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "down", "down")
    assert deck.pinned
    await press(pilot, "n")
    assert deck.table.cursor == RUNNING and not deck.pinned


@checks("space")
async def space_lays_a_run_over_others_and_takes_it_off(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "space", "down", "space")
    assert deck.overlaid == deck.curves.overlaid == [RUNNING, PAUSED]
    text = "\n".join(screen(pilot))
    assert f"━ b {PAUSED}" in text and f"━ a {RUNNING}" in text
    await press(pilot, "space")
    assert deck.overlaid == [RUNNING]


@checks("s")
async def s_sorts_by_the_next_column(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "s")
    names = [row.name for row in deck.table.rows if not row.depth]
    assert names == sorted(names)
    assert "run ▾" in screen(pilot)[2]
    for _ in range(5):
        await press(pilot, "s")
    assert deck.table.listing.order == "age"
    assert deck.table.cursor == RUNNING


@checks("f")
async def f_filters_while_one_types(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "f", "f", "a", "i")
    assert [row.name for row in deck.table.rows] == [FAILED, SWEEP, f"{SWEEP}/3"]
    await press(pilot, "enter")
    assert deck.table.has_focus and not deck.query_one("#ask", Input).has_focus


@checks("slash")
async def slash_finds_in_the_config_and_filters_runs_elsewhere(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "y", "slash", *"rate")
    assert [line.plain for line in deck.config.lines] == ["optimizer: {kind: adam, rate: 0.05}"]
    await press(pilot, "enter", "9", "slash", *"compiling", "enter")
    assert len(deck.said.lines) == 1
    await press(pilot, "1", "slash", *"vqe")
    assert [row.name for row in deck.table.rows] == [FINISHED]


@checks("tab", "shift+tab")
async def tab_turns_the_panes(pilot: Pilot, deck: Deck) -> None:
    seen = []
    for _ in PANES:
        await press(pilot, "tab")
        seen.append(deck.active)
    assert seen == [*PANES[1:], PANES[0]]
    await press(pilot, "shift+tab")
    assert deck.active == PANES[-1] and PANES[-1] in deck.board.plan().regions


@checks(*(key.key for key in KEYS if key.action.startswith("pane(")))
async def a_number_shows_its_pane(pilot: Pilot, deck: Deck) -> None:
    for key in KEYS:
        if key.action.startswith("pane("):
            await press(pilot, key.key)
            assert key.action == f"pane('{deck.active}')"
            pane = deck.panes[deck.active]
            assert deck.active in deck.board.plan().regions and pane.size.area and deck.table.has_focus


@checks("z")
async def z_gives_the_screen_to_the_pane_and_takes_it_back(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "2", "z")
    assert deck.panes["circuit"].outer_size == deck.board.size
    await press(pilot, "tab")
    assert deck.panes["state"].outer_size == deck.board.size
    await press(pilot, "z")
    assert {"runs", "curves", "state"} <= set(deck.board.plan().regions)


@checks("v")
async def v_draws_other_values(pilot: Pilot, deck: Deck) -> None:
    assert "gradient norm" in "\n".join(screen(pilot))
    await press(pilot, "v")
    assert deck.curves.view.page == 1
    assert "gradient norm" not in "\n".join(screen(pilot)) and "gradient SNR" in "\n".join(screen(pilot))


@checks("l")
async def l_takes_the_logarithm(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "l")
    assert deck.curves.view.log and "log scale" in "\n".join(screen(pilot))
    await press(pilot, "l")
    assert not deck.curves.view.log


@checks("m")
async def m_smooths_in_three_stages(pilot: Pilot, deck: Deck) -> None:
    weights = []
    for _ in range(3):
        await press(pilot, "m")
        weights.append(deck.curves.view.weight)
    assert weights == [0.9, 0.98, 0.0]


@checks("plus", "minus", "0", "left", "right")
async def zoom_and_pan_move_the_window(pilot: Pilot, deck: Deck) -> None:
    curves = deck.curves
    await press(pilot, "plus")
    assert curves.view.window(150) == (75, 150)
    await press(pilot, "plus", "left", "left")
    assert curves.view.window(150) == (95, 132)
    await press(pilot, "right")
    assert curves.view.window(150) == (104, 141)
    await press(pilot, "minus")
    assert curves.view.window(150) == (67, 141)
    await press(pilot, "0")
    assert curves.view.window(150) == (0, 150)


@checks("p")
async def p_pauses_and_goes_on(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "p")
    assert told(deck) == [("pause", {})]
    await press(pilot, "down", "p")
    assert told(deck, PAUSED) == [("resume", {})]


@checks("c")
async def c_saves_a_checkpoint(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "c")
    assert told(deck) == [("checkpoint", {})]


@checks("x")
async def x_stops_when_one_is_sure(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "x")
    assert isinstance(pilot.app.screen, Confirm)
    await press(pilot, "n")
    assert told(deck) == []
    await press(pilot, "x", "y")
    assert told(deck) == [("stop", {})]


@checks("k")
async def k_cancels_the_selected_job_when_one_is_sure(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "down", "k")
    assert deck.active == "jobs" and told(deck, PAUSED) == []
    token = deck.panes["jobs"].selected()
    assert token in TOKENS
    await press(pilot, "k", "y")
    assert told(deck, PAUSED) == [("cancel", {"job": token})]


@checks("b")
async def b_raises_the_budget_after_two_confirmations(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "b")
    assert isinstance(pilot.app.screen, AskBudget)
    field = pilot.app.screen.query_one("#bound-usd", Input)
    assert field.value == "5"
    field.value = "30"
    await press(pilot, "enter")
    assert told(deck) == [] and "usd 5 → 30" in "\n".join(screen(pilot))
    await press(pilot, "enter")
    assert told(deck) == [("budget", {"usd": 30.0})]


@checks("question_mark")
async def the_help_names_every_key(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "question_mark")
    assert isinstance(pilot.app.screen, Guide)
    text = "\n".join(screen(pilot))
    assert all(f"{key.label}" in text for key in KEYS)
    assert all(key.told in text for key in KEYS if not key.action.startswith("pane("))
    await press(pilot, "escape")
    assert pilot.app.screen is deck


@checks("ctrl+p")
async def the_palette_finds_actions_and_runs(pilot: Pilot, deck: Deck) -> None:
    await press(pilot, "ctrl+p")
    assert CommandPalette.is_open(pilot.app)
    await press(pilot, *"vqe", "enter", "enter")
    assert deck.table.cursor == FINISHED
    await press(pilot, "ctrl+p", *"logar", "enter", "enter")
    assert deck.curves.view.log


@checks("q")
async def q_leaves(pilot: Pilot, deck: Deck) -> None:
    await pilot.press("q")
    assert pilot.app._exit


@pytest.mark.parametrize("key", [key.key for key in KEYS])
def test_every_key_of_the_table_has_a_check(key: str) -> None:
    assert key in CHECKS


@pytest.mark.parametrize("check", dict.fromkeys(CHECKS.values()), ids=lambda check: check.__name__)
def test_key(check: Check, root: Path) -> None:
    async def run() -> None:
        async with shown(root) as (pilot, deck):
            await check(pilot, deck)

    asyncio.run(run())


def test_no_key_stands_twice_in_the_table_and_none_is_left_over() -> None:
    keys = [key.key for key in KEYS]
    assert len(set(keys)) == len(keys) >= 38
    assert set(CHECKS) == set(keys)
