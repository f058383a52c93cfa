"""Jobs at providers, and the one that a person picks."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from qmlops.core.event import JobMoved, Stamped
from qmlops.monitoring.pane.jobs import Jobs
from qmlops.monitoring.track import Track
from tests.monitoring.pane.stage import NOW, Stage, play, project, run, shown

HEAD = "   state     waited       cost  shots  circuits  backend    job"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qmlops.monitoring.pane.jobs.time", lambda: NOW)


def job(token: str, state: str, **told: Any) -> JobMoved:
    return JobMoved(f"job-{token}", token, "simulator", state, 16, 1600, **({"cost": 0.97} | told))


def sent(*jobs: tuple[float, JobMoved]) -> Track:
    """A run whose jobs were moved so many seconds ago."""
    track = run()
    for age, moved in jobs:
        track.take(Stamped(NOW - age, moved))
    return track


MANY = sent(*((9000.0 - number, job(f"t{number:03}", "done")) for number in range(199)), (10.0, job("open", "queued")))


def test_a_job_tells_its_state_its_place_how_long_it_waits_and_what_it_costs() -> None:
    track = sent(
        *((7500, job("a", "sending")), (7400, job("a", "queued", place=3))),
        *((8000, job("b", "sending")), (7999, job("b", "unknown", cost=None))),
        *((9000, job("c", "sending")), (8970, job("c", "failed", cost=12.5, reason="out of order"))),
    )
    assert shown("jobs", track, size=(110, 12)) == [
        "1 queued · 1 failed · 1 unknown · k cancels ▸",
        "   state      place      waited        cost  shots  circuits  backend    job    reason",
        "▸  ○ queued       3   2 h 5 min   ~0.97 USD  1,600        16  simulator  job-a",
        "   ? unknown         2 h 13 min   not known  1,600        16  simulator  job-b",
        "   ✗ failed                30 s  ~12.50 USD  1,600        16  simulator  job-c  out of order",
    ]


def test_what_is_missed_least_goes_first_where_there_is_no_room() -> None:
    track = sent((7500, job("a", "queued", place=3)))
    assert shown("jobs", track, size=(38, 8))[1:] == [
        "   state        waited       cost",
        "▸  ○ queued  2 h 5 min  ~0.97 USD",
    ]


def test_what_the_provider_has_billed_is_no_estimate() -> None:
    entry: Any = type("Row", (), {"token": "a", "billed": 1})
    track = sent((30, job("a", "queued")), (10, job("a", "done")))
    assert "~0.97 USD" in shown("jobs", track)[2]
    assert "  0.97 USD" in shown("jobs", track, project(rows=[entry]))[2]


def test_the_picked_job_can_be_cancelled_until_it_has_ended() -> None:
    track = sent((30, job("a", "done")), (20, job("b", "queued")), (10, job("c", "running")))

    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        pane = stage.pane
        assert isinstance(pane, Jobs) and pane.selected() is None
        pane.show(track, project())
        assert pane.selected() == "c"
        pane.focus()
        await pilot.press("down")
        assert pane.selected() == "b"
        await pilot.press("down", "down", "down")
        assert pane.selected() is None and stage.seen()[4].startswith("▸  ✓ done")
        await pilot.press("up")
        track.take(Stamped(NOW, job("d", "queued")))
        pane.show(track, project())
        assert pane.selected() == "b" and stage.seen()[4].startswith("▸  ○ queued")
        track.take(Stamped(NOW, job("b", "cancelled")))
        pane.show(track, project())
        assert pane.selected() is None

    play("jobs", act)


def test_until_a_person_picks_the_newest_open_job_is_the_one() -> None:
    track = sent((30, job("a", "queued")))

    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        pane = stage.pane
        assert isinstance(pane, Jobs)
        pane.show(track, project())
        assert pane.selected() == "a"
        for moved in (job("a", "done"), job("b", "queued")):
            track.take(Stamped(NOW, moved))
            pane.show(track, project())
        assert pane.selected() == "b"

    play("jobs", act)


def test_a_click_picks_the_job_below_it() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.show(MANY, project())
        await pilot.pause()
        await pilot.click(offset=(10, 5))
        assert [row[0] for row in stage.seen()[2:7]] == [" ", " ", " ", "▸", " "]
        await pilot.click(offset=(10, 1))
        assert stage.seen()[5][0] == "▸"

    play("jobs", act)


def test_two_hundred_jobs_scroll_below_their_heads_and_the_picked_one_stays_in_sight() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.show(MANY, project())
        await pilot.pause()
        stage.pane.focus()
        for keys, place in ((["end"], 17), (["pageup"], 7), (["home"], 2), (["pagedown", "pagedown"], 17)):
            await pilot.press(*keys)
            await pilot.pause()
            rows, hint = stage.seen(), " · k cancels ▸" if keys == ["home"] else ""
            assert rows[:2] == ["1 queued · 199 done" + hint, HEAD]
            assert [row[:1] for row in rows].index("▸") == place and len(rows) == 18

    play("jobs", act, size=(76, 18))


def test_of_more_than_three_hundred_jobs_the_newest_are_listed_and_all_are_counted() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.show(sent(*((9000.0 - number, job(f"t{number}", "done")) for number in range(1300))), project())
        await pilot.pause()
        assert stage.seen()[0] == "1,300 done"
        assert "job-t1299" in stage.seen()[2]
        assert len(stage.pane.lines) == 2 + 300 + 1
        assert stage.pane.lines[-1].plain == "   and 1,000 earlier ones"

    play("jobs", act)


def test_another_run_has_its_own_picked_job() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        pane = stage.pane
        assert isinstance(pane, Jobs)
        pane.show(sent((10, job("a", "queued"))), project())
        pane.show(run(), project())
        assert pane.selected() is None
        pane.show(sent((10, job("b", "queued"))), project())
        assert pane.selected() == "b"

    play("jobs", act)
