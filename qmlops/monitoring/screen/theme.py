"""Two dresses with one accent: one of true colours, and one of the terminal's own sixteen."""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

COLOURS = Theme(
    name="qmlops",
    primary="#4cc9b0",
    secondary="#8a97a6",
    accent="#4cc9b0",
    foreground="#d8dee6",
    background="#0e1216",
    surface="#0e1216",
    panel="#1a2129",
    success="#8fbf7f",
    warning="#e0b060",
    error="#ec6a6f",
    dark=True,
    variables={
        "line": "#33404c",
        "cursor": "#1d3a3b",
        "curve-1": "#4cc9b0",
        "curve-2": "#e0b060",
        "curve-3": "#7fa7f0",
        "curve-4": "#d98fc4",
        "curve-5": "#a9c76f",
        "curve-6": "#c3c9d1",
        "text-muted": "#8a97a6",
        "scrollbar": "#1a2129",
        "scrollbar-background": "#0e1216",
        "input-selection-background": "#1d3a3b",
    },
)
SIXTEEN = Theme(
    name="qmlops-16",
    ansi=True,
    primary="ansi_cyan",
    secondary="ansi_default",
    accent="ansi_cyan",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    dark=True,
    variables=BUILTIN_THEMES["ansi-dark"].variables
    | {
        "line": "ansi_bright_black",
        "cursor": "ansi_blue",
        "curve-1": "ansi_cyan",
        "curve-2": "ansi_yellow",
        "curve-3": "ansi_bright_blue",
        "curve-4": "ansi_magenta",
        "curve-5": "ansi_green",
        "curve-6": "ansi_default",
        "text-muted": "ansi_default",
        "scrollbar": "ansi_bright_black",
        "scrollbar-background": "ansi_default",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_cyan",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_black",
    },
)


def fitting(colours: str | None) -> Theme:
    """The theme for a terminal's colours, as Rich names them: `standard` is sixteen, None is none."""
    return SIXTEEN if colours in ("standard", None) else COLOURS
