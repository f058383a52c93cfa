"""The plan of the screen: nothing overlaps, nothing is left empty, every pane can be reached."""

from __future__ import annotations

from itertools import combinations

import pytest
from textual.geometry import Region

from qmlops.monitoring.screen.keys import PANES
from qmlops.monitoring.screen.layout import RUNS, TABS, plan

SIZES = [(80, 22), (120, 38), (200, 58), (60, 18), (110, 30), (170, 46), (300, 100), (109, 90), (400, 29)]


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("front", PANES)
def test_panes_fill_the_space_without_overlap_and_the_one_in_front_is_shown(size: tuple[int, int], front: str) -> None:
    arranged = plan(*size, 9, [front])
    places = {name: region for name, region in arranged.regions.items() if name != TABS}
    whole = Region(0, 0, *size)
    assert {RUNS, front} <= set(places)
    assert all(whole.contains_region(region) and region.area for region in places.values())
    assert sum(region.area for region in places.values()) == whole.area
    assert not any(one.overlaps(other) for one, other in combinations(places.values(), 2))


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
def test_every_pane_is_in_sight_or_behind_a_tab(size: tuple[int, int]) -> None:
    arranged = plan(*size, 9, [])
    assert set(PANES) == set(arranged.stack) | (set(arranged.regions) - {RUNS, TABS})
    front = [name for name in arranged.stack if name in arranged.regions]
    assert len(front) == 1
    strip, pane = arranged.regions[TABS], arranged.regions[front[0]]
    assert (strip.y, strip.height, strip.x, strip.right) == (pane.y, 1, pane.x + 1, pane.right - 1)


@pytest.mark.parametrize(("size", "count"), [((80, 22), 2), ((120, 38), 4), ((200, 58), 9)])
def test_more_panes_are_shown_at_once_where_there_is_more_room(size: tuple[int, int], count: int) -> None:
    assert len(plan(*size, 9, []).regions) - 1 == count


def test_of_panes_that_share_a_place_the_last_one_that_was_called_is_in_front() -> None:
    assert "log" in plan(80, 22, 9, ["log", "curves"]).regions
    assert "log" in plan(120, 38, 9, ["curves", "state", "log"]).regions


@pytest.mark.parametrize("name", [RUNS, *PANES])
def test_one_alone_has_all_of_the_space(name: str) -> None:
    assert plan(80, 22, 9, [], name).regions == {name: Region(0, 0, 80, 22)}


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (5, 3), (20, 4)])
def test_no_size_is_too_small_for_a_plan(size: tuple[int, int]) -> None:
    assert all(region.area >= 0 for region in plan(*size, 9, []).regions.values())


@pytest.mark.parametrize("size", [(80, 22), (120, 38)])
def test_the_list_of_runs_takes_no_more_room_than_it_needs(size: tuple[int, int]) -> None:
    assert [plan(*size, rows, []).regions[RUNS].height for rows in (0, 2, 4)] == [5, 5, 7]
    assert plan(*size, 500, []).regions[RUNS].height <= size[1] * 2 // 5
