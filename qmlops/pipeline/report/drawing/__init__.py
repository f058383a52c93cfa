"""A program drawn: as SVG for people, as text for terminals."""

from __future__ import annotations

from qmlops.pipeline.report.drawing.picture import draw, standalone, text

__all__ = ["draw", "standalone", "text"]
