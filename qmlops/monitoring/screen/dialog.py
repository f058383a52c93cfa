"""The two questions that are asked before something is given to a run that cannot be taken back."""

from __future__ import annotations

from dataclasses import asdict
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label

from qmlops.core.budget import Budget
from qmlops.errors import QmlopsError
from qmlops.monitoring.spend import Spend
from qmlops.pipeline.account import bounds

Bounds = dict[str, float | None]


class Confirm(ModalScreen[bool]):
    """Yes or no; no where one leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("y", "dismiss(True)", "yes"),
        ("n,escape", "dismiss(False)", "no"),
    ]

    def __init__(self, question: str, yes: str) -> None:
        super().__init__()
        self.question, self.yes = question, yes

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Label(self.question, markup=False)
            with Horizontal():
                yield Button(f"{self.yes} (y)", id="yes", compact=True)
                yield Button("leave it (n)", id="no", compact=True)

    def on_mount(self) -> None:
        self.query_one("#no").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")


class AskBudget(ModalScreen[Bounds | None]):
    """The bounds as they are, to be changed; what differs is said, and given when it is confirmed."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "leave")]

    def __init__(self, run: str, spend: Spend) -> None:
        super().__init__()
        self.run, self.spend = run, spend
        self.proposed: Bounds | None = None
        """What was said to differ, and waits for a confirmation."""

    def compose(self) -> ComposeResult:
        used = {"usd": f"{self.spend.usd:,.2f}", "shots": f"{self.spend.shots:,}"}
        used |= {"circuits": f"{self.spend.circuits:,}", "minutes": f"{self.spend.seconds / 60:.1f}"}
        with Vertical(classes="dialog"):
            yield Label(f"What {self.run} may spend", classes="title", markup=False)
            for name, bound in asdict(self.spend.budget).items():
                with Horizontal(classes="field"):
                    yield Label(name, classes="name")
                    yield Input(_written(bound), id=f"bound-{name}", compact=True)
                    yield Label(f"{used[name]} used", classes="used")
            yield Label("null is no bound · enter goes on · esc leaves", id="told", markup=False)

    def on_input_changed(self) -> None:
        self.proposed = None

    def on_input_submitted(self) -> None:
        try:
            changes = self._changes()
        except QmlopsError as error:
            self._say(str(error), wrong=True)
            return
        if not changes:
            self._say("Nothing differs yet: write another number, or press esc.", wrong=True)
        elif changes == self.proposed:
            self.dismiss(changes)
        else:
            self.proposed = changes
            old = asdict(self.spend.budget)
            words = [f"{name} {_written(old[name])} → {_written(bound)}" for name, bound in changes.items()]
            self._say(f"{', '.join(words)}. Press enter again to give it, or esc.")

    def _changes(self) -> Bounds:
        """The bounds that differ. Raises ConfigError for what is none."""
        old: Budget = self.spend.budget
        words = [f"budget.{name}={self.query_one(f'#bound-{name}', Input).value.strip()}" for name in asdict(old)]
        return {name: bound for name, bound in bounds(words).items() if bound != asdict(old)[name]}

    def _say(self, text: str, wrong: bool = False) -> None:
        told = self.query_one("#told", Label)
        told.update(text)
        told.set_class(wrong, "wrong")


def _written(bound: float | None) -> str:
    return "null" if bound is None else f"{bound:g}" if bound < 1e6 else str(bound)
