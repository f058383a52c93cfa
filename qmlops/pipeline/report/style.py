"""The style sheets, read from beside this file; those of the drawing serve circuit.svg alone too."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
COLOURS = (_HERE / "colours.css").read_text(encoding="utf-8")
DRAWING = COLOURS + (_HERE / "drawing.css").read_text(encoding="utf-8")
PAGE = (_HERE / "page.css").read_text(encoding="utf-8")
