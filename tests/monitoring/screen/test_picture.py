"""The screen at three sizes, as text.

`QMLOPS_RENEW=1 pytest tests/monitoring/screen/test_picture.py` writes tests/monitoring/snapshots anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from textual.color import Color

from qmlops.monitoring.project import Project
from qmlops.monitoring.screen.app import picture
from qmlops.monitoring.screen.theme import COLOURS
from tests.monitoring.screen.piloted import lines_of

SNAPSHOTS = Path(__file__).parent.parent / "snapshots"
SIZES = [(80, 24), (120, 40), (200, 60)]


def taken(root: Path, file: Path, size: tuple[int, int]) -> str:
    picture(Project(root), file, size)
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
def test_the_picture_is_what_was_last_agreed_to(root: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    lines = lines_of(taken(root, tmp_path / "screen.svg", size))
    assert len(lines) == size[1] and max(map(len, lines)) <= size[0]
    agreed = SNAPSHOTS / f"{size[0]}x{size[1]}.txt"
    if os.environ.get("QMLOPS_RENEW"):
        agreed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lines == agreed.read_text(encoding="utf-8").splitlines()


def test_a_picture_has_the_accent_and_no_colour_beside_those_of_the_theme(root: Path, tmp_path: Path) -> None:
    svg = taken(root, tmp_path / "screen.svg", (120, 40))
    fills = {Color.parse(found) for found in re.findall(r"-r\d+ \{ fill: (#[0-9a-f]{6})", svg)}
    named = [COLOURS.primary, COLOURS.warning, COLOURS.error, COLOURS.success, *COLOURS.variables.values()]
    known = [Color.parse(name) for name in named if name]
    vivid = [colour for colour in fills if colour.hsl.s > 0.35]
    assert any(_near(colour, known[0]) for colour in vivid)
    assert all(any(_near(colour, other) for other in known) for colour in vivid)


def _near(one: Color, other: Color) -> bool:
    """Equal but for rounding."""
    return all(abs(a - b) <= 1 for a, b in zip(one.rgb, other.rgb, strict=True))


def test_a_project_without_runs_says_how_to_start_one(tmp_path: Path) -> None:
    text = "\n".join(lines_of(taken(tmp_path, tmp_path / "screen.svg", (80, 24))))
    assert "No run has been started here yet." in text and "qmlops run +experiment=vqc" in text


def test_a_picture_that_cannot_be_written_is_an_error(root: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError):
        picture(Project(root), tmp_path / "nowhere" / "screen.svg", (80, 24))
