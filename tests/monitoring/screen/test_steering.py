"""What a run is told, what is said where it cannot hear, and what is told of its answer."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from qmlops.core.control import FILE, commands
from qmlops.core.event import AlertRaised, Event, Obeyed, RunEnded, encode
from qmlops.monitoring.screen.app import Monitor
from qmlops.monitoring.screen.deck import Deck
from qmlops.monitoring.screen.news import News
from qmlops.monitoring.screen.reader import SECONDS, Looked
from qmlops.monitoring.screen.steer import objection
from tests.monitoring.screen.piloted import looked, screen, settled, shown
from tests.monitoring.screen.recorded import DEAD, FAILED, FINISHED, NOW, PAUSED, RUNNING, WAITING

SILENT = {
    WAITING: "has not begun",
    FINISHED: "has finished",
    FAILED: f"qmlops resume {FAILED}",
    DEAD: f"qmlops resume {DEAD}",
}


def said(pilot: Pilot) -> str:
    return "\n".join(note.message for note in pilot.app._notifications)


@pytest.mark.parametrize("name", SILENT)
@pytest.mark.parametrize("key", ["p", "c", "x", "k", "b"])
def test_a_run_that_cannot_hear_says_why_and_is_told_nothing(root: Path, name: str, key: str) -> None:
    track = looked(root).tracks[name]
    assert SILENT[name] in objection(track)
    if key != "p" and name != FINISHED:
        return

    async def run() -> None:
        async with shown(root) as (pilot, deck):
            deck.follow(name)
            await pilot.press(key)
            await settled(pilot)
            assert pilot.app.screen is deck
            assert SILENT[name] in said(pilot)

    asyncio.run(run())
    assert not (root / "runs" / name / FILE).exists()


def test_without_any_run_keys_say_how_to_start_one(tmp_path: Path) -> None:
    async def run() -> None:
        async with shown(tmp_path) as (pilot, _):
            await pilot.press(
                "p", "up", "down", "enter", "space", "s", "z", "plus", "l", "k", "tab", "escape", "n", "v"
            )
            await settled(pilot)
            assert "qmlops run +experiment=vqc" in said(pilot)

    asyncio.run(run())


def test_a_run_that_ends_between_the_look_and_the_command_says_so(root: Path) -> None:
    async def run() -> None:
        async with shown(root) as (pilot, _):
            (root / "runs" / RUNNING / ".lock").unlink()
            await pilot.press("c")
            await settled(pilot)
            assert "is not running" in said(pilot)

    asyncio.run(run())
    assert commands(root / "runs" / RUNNING)[0] == []


def add(root: Path, name: str, event: Event) -> None:
    with (root / "runs" / name / "events.jsonl").open("ab") as file:
        file.write(encode(event, NOW + 1))


ANSWERS = [
    (Obeyed("checkpoint", "saved step 151"), "checkpoint: saved step 151", "information"),
    (AlertRaised("flat", "loss is nan", 151, ("show",)), "flat: loss is nan", "warning"),
    (RunEnded("failed", {}, "The disk is full."), "failed: The disk is full.", "error"),
]


@pytest.mark.parametrize(("event", "text", "severity"), ANSWERS, ids=[text for _, text, _ in ANSWERS])
def test_an_answer_is_told_once_and_nothing_of_before(root: Path, event: Event, text: str, severity: str) -> None:
    async def run() -> None:
        async with shown(root, live=True) as (pilot, deck):
            await waited(deck)
            deck.activate("log")
            assert said(pilot) == ""
            add(root, RUNNING, event)
            for _ in range(20):
                await pilot.pause(SECONDS / 2)
                if said(pilot):
                    break
            for _ in range(20):
                await pilot.pause(SECONDS / 2)
                if deck.said.lines[-1].plain.endswith(text):
                    break
            notes = list(pilot.app._notifications)
            assert [note.message for note in notes] == [f"{RUNNING}\n{text}"]
            assert notes[0].severity == severity
            assert deck.said.lines[-1].plain.endswith(text)

    asyncio.run(run())


async def waited(deck: Deck) -> None:
    for _ in range(20):
        if deck.table.rows:
            return
        await asyncio.sleep(SECONDS)


@pytest.mark.parametrize(
    ("typed", "told"),
    [("plenty", "is no bound"), ("-1", "-1.0 is out of range"), ("5", "Nothing differs yet")],
)
def test_a_budget_that_cannot_be_is_refused_in_the_dialog(root: Path, typed: str, told: str) -> None:
    async def run() -> None:
        async with shown(root) as (pilot, deck):
            await pilot.press("b")
            await settled(pilot)
            pilot.app.screen.query_one("#bound-usd", Input).value = typed
            await pilot.press("enter", "enter")
            await settled(pilot)
            assert told in "\n".join(screen(pilot))
            await pilot.press("escape")
            await settled(pilot)
            assert pilot.app.screen is deck

    asyncio.run(run())
    assert not (root / "runs" / RUNNING / FILE).exists()


def test_a_proposal_that_is_changed_again_is_not_given_without_being_confirmed_anew(root: Path) -> None:
    async def run() -> None:
        async with shown(root) as (pilot, _):
            await pilot.press("b")
            await settled(pilot)
            field = pilot.app.screen.query_one("#bound-shots", Input)
            field.value = "100"
            await pilot.press("enter")
            field.value = "200"
            await settled(pilot)
            await pilot.press("enter")
            await settled(pilot)
            assert not (root / "runs" / RUNNING / FILE).exists()
            await pilot.press("enter")
            await settled(pilot)

    asyncio.run(run())
    (given,) = commands(root / "runs" / RUNNING)[0]
    assert (given.name, given.values["shots"]) == ("budget", 200)


def test_a_folder_that_cannot_be_written_is_told_of(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def refuse(path: str, *rest: int) -> int:
        if str(path).endswith(FILE):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest)

    async def run() -> None:
        async with shown(root) as (pilot, deck):
            deck.follow(PAUSED)
            monkeypatch.setattr(os, "open", refuse)
            await pilot.press("c")
            await settled(pilot)
            assert "Permission denied" in said(pilot)

    asyncio.run(run())


def test_an_alert_rings_the_bell_once_where_it_is_to_and_none_from_before(root: Path) -> None:
    rings, quiet = AlertRaised("lost", "a", 151, ("show", "bell")), AlertRaised("flat", "b", 151, ("show",))
    add(root, RUNNING, quiet)
    project = looked(root)
    news = News(NOW)
    assert not news.rings(project, {RUNNING})
    add(root, RUNNING, rings)
    project = looked(root)
    assert [news.rings(project, changed) for changed in ({PAUSED, "gone"}, {RUNNING}, {RUNNING})] == [
        False,
        True,
        False,
    ]
    assert not News(NOW + 1).rings(project, {RUNNING})


def test_the_dashboard_rings(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[object] = []
    monkeypatch.setattr(Monitor, "bell", lambda app: rung.append(app))

    async def run() -> None:
        async with shown(root) as (pilot, deck):
            add(root, RUNNING, AlertRaised("lost", "a", 151, ("bell",)))
            deck.project = looked(root)
            deck.on_looked(Looked(frozenset({RUNNING})))
            assert rung == [pilot.app]

    asyncio.run(run())
