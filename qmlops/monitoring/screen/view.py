"""Which part of its curves a person looks at, and how."""

from __future__ import annotations

from dataclasses import dataclass, replace

SMOOTHINGS = {"": 0.0, "smoothed": 0.9, "much smoothed": 0.98}
"""Weights of the past, by what is said of them."""
LEAST = 4
"""Steps that a window never has fewer of."""


@dataclass(frozen=True)
class View:
    """A window on the steps, a scale and a smoothing. The window follows the newest step unless it was panned."""

    span: int | None = None
    """Steps in the window; None: all."""
    back: int = 0
    """Steps between the window's end and the newest step."""
    log: bool = False
    smoothing: str = ""
    page: int = 0
    """Which of the values are drawn: the usual ones first; after the last page comes the first."""

    @property
    def weight(self) -> float:
        return SMOOTHINGS[self.smoothing]

    def window(self, newest: int) -> tuple[int, int]:
        """First and last step of the window, while `newest` is the last one that there is."""
        last = max(newest - self.back, min(self.span or 0, newest))
        return (0 if self.span is None else max(last - self.span, 0)), max(last, 1)

    def zoomed(self, factor: float, newest: int) -> View:
        """A window of `factor` times as many steps, with the same end."""
        first, last = self.window(newest)
        span = max(int((last - first) * factor), LEAST)
        return self.whole() if span >= newest else replace(self, span=span)

    def panned(self, quarters: int, newest: int) -> View:
        """The window moved by quarters of itself, and never out of the steps."""
        if self.span is None:
            return self
        back = self.back - quarters * max(self.span // 4, 1)
        return replace(self, back=min(max(back, 0), max(newest - self.span, 0)))

    def whole(self) -> View:
        return replace(self, span=None, back=0)

    def smoother(self) -> View:
        """The next smoothing; after the last one the first."""
        names = list(SMOOTHINGS)
        return replace(self, smoothing=names[(names.index(self.smoothing) + 1) % len(names)])

    def told(self, newest: int) -> str:
        """What differs from all steps as they are."""
        first, last = self.window(newest)
        words = [f"steps {first:,} to {last:,}"] if self.span is not None else []
        return " · ".join([*words, *(["log scale"] if self.log else []), *([self.smoothing] if self.smoothing else [])])
