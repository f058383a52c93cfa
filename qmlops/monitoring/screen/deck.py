"""The dashboard's screen, with all of its keys."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from qmlops.monitoring.screen.keys import KEYS
from qmlops.monitoring.screen.pane_keys import PaneKeys
from qmlops.monitoring.screen.run_keys import RunKeys
from qmlops.monitoring.screen.steer_keys import SteerKeys


class Deck(RunKeys, PaneKeys, SteerKeys):
    """Has an action for each key of the table."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding(key.key, key.action, key.word, show=False) for key in KEYS]
