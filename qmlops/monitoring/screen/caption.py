"""The words in the borders of a pane."""

from __future__ import annotations

from typing import Literal

from textual.content import Content
from textual.widget import Widget

Edge = Literal["border_title", "border_subtitle"]


def caption(widget: Widget, edge: Edge, text: str) -> None:
    """Write a text into a border, unless it stands there: writing paints the whole widget again.

    The text is shown as it is, whatever brackets a person has typed into it.
    """
    wanted = Content(text) if text else None
    if getattr(widget, edge) != (wanted and wanted.markup):
        setattr(widget, edge, wanted)
