"""The keys of the dashboard: one table, from which bindings, footer, help and palette are made."""

from __future__ import annotations

from dataclasses import dataclass

PANES = (
    *("curves", "circuit", "state", "jobs", "spend", "device", "alerts", "sweep", "log"),
    "config",
)
"""In the order of their tabs and numbers; the last one has no number."""


@dataclass(frozen=True)
class Key:
    """What one key does."""

    key: str
    """As Textual names it, such as `plus` or `shift+tab`."""
    action: str
    """Of the screen, such as `pane('curves')`."""
    word: str
    """What the footer says beside it."""
    told: str
    """What the help says, and the palette."""
    group: str
    """Runs, Panes, Curves, Steering or Screen."""
    shown: str = ""
    """As a person reads it; empty: the key itself."""
    footer: bool = False
    palette: bool = True

    @property
    def label(self) -> str:
        return self.shown or self.key


KEYS = (
    Key("up", "move(-1)", "up", "the run above", "Runs", "↑", palette=False),
    Key("down", "move(1)", "down", "the run below", "Runs", "↓", palette=False),
    Key("pageup", "move(-10)", "up", "ten runs up", "Runs", "pg↑", palette=False),
    Key("pagedown", "move(10)", "down", "ten runs down", "Runs", "pg↓", palette=False),
    Key("enter", "open", "open", "go into the pane; fold or unfold a sweep", "Runs"),
    Key("escape", "back", "runs", "back to the runs, out of a filter or zoom", "Runs", "esc"),
    Key("n", "newest", "newest", "follow the newest run again", "Runs"),
    Key(
        "space",
        "overlay",
        "overlay",
        "lay its curves over others, or take them off",
        "Runs",
        footer=True,
    ),
    Key("s", "order", "sort", "sort by the next column", "Runs", footer=True),
    Key("f", "filter", "filter", "filter: only runs with these words", "Runs", footer=True),
    Key("slash", "find", "find", "find in log or config; elsewhere filter runs", "Runs", "/"),
    Key("tab", "turn(1)", "pane", "the next pane", "Panes", footer=True),
    Key("shift+tab", "turn(-1)", "back", "the pane before", "Panes", "⇧tab"),
    *(
        Key(str(number), f"pane('{name}')", name, f"show {name}", "Panes")
        for number, name in enumerate(PANES[:-1], start=1)
    ),
    Key("y", "pane('config')", "config", "show config, as YAML", "Panes"),
    Key("z", "maximal", "zoom", "let the pane fill the screen, or not", "Panes", footer=True),
    Key("v", "others", "values", "draw other values", "Curves"),
    Key("l", "logarithmic", "scale", "logarithmic scale", "Curves", footer=True),
    Key("m", "smooth", "smooth", "smooth: none, some, much", "Curves", footer=True),
    Key("plus", "zoom(0.5)", "closer", "half as many steps", "Curves", "+"),
    Key("minus", "zoom(2.0)", "wider", "twice as many steps", "Curves", "-"),
    Key("0", "whole", "whole", "all steps", "Curves"),
    Key("left", "pan(-1)", "earlier", "earlier steps", "Curves", "←"),
    Key("right", "pan(1)", "later", "later steps", "Curves", "→"),
    Key("p", "pause", "pause", "pause the run, or let it go on", "Steering", footer=True),
    Key("c", "checkpoint", "save", "save a checkpoint now", "Steering"),
    Key("x", "stop", "stop", "stop after this step, with a checkpoint", "Steering", footer=True),
    Key("k", "cancel", "cancel", "cancel the job that is selected", "Steering"),
    Key("b", "budget", "budget", "change what may be spent", "Steering", footer=True),
    Key("question_mark", "help", "keys", "these keys", "Screen", "?", footer=True),
    Key("ctrl+p", "palette", "commands", "everything by name", "Screen", "^p", palette=False),
    Key("q", "leave", "quit", "leave; runs go on", "Screen", footer=True),
)
GROUPS = tuple(dict.fromkeys(key.group for key in KEYS))


def number_of(pane: str) -> str:
    """What a person types for a pane."""
    return next(key.key for key in KEYS if key.action == f"pane('{pane}')")
