"""Notices that the mean of bounded values has changed, at a rate of false alarms that is proven.

The Shiryaev-Roberts e-detector of Shin, Ramdas and Rinaldo 2022, arXiv:2203.03532, with the stakes of
Waudby-Smith and Ramdas 2024, arXiv:2010.09686: M becomes (M + 1) * (1 + stake * (value - null)). As long
as each value has the mean `null` given all before it, or a mean on its other side, M is at most the number
of values on average, wherever one stops. So until M first reaches `apart` there are at least `apart`
values on average, and that it does within T values has a chance of at most T / apart; whatever the
distribution of the values, and though stakes follow the variance that was seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from qmlops.core.bet import kept, stake

_LARGEST = 0.25
"""No variance of values in [0, 1] is larger."""


@dataclass
class Detector:
    """Follows values in [0, 1] whose mean should be `null`, or not on the side of the one of `ends`."""

    null: float
    ends: tuple[float, ...]
    """The nearest means that are to be noticed, one or one on each side."""
    apart: float
    evidence: list[float] = field(default_factory=list)
    """M for each end. Their mean, which alone is looked at, keeps what is said of one."""
    drifting: bool = False
    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    """Of distances from the mean, summed."""

    def __post_init__(self) -> None:
        self.evidence = [0.0] * len(self.ends)

    def see(self, value: float) -> bool:
        """Whether the mean has changed; it counts as changed until the evidence for that has gone down to 1."""
        variance = (_LARGEST + self.squares) / (1 + self.count)
        for number, end in enumerate(self.ends):
            # Without what is added for a change that begins now, evidence can only be lost by a recovery.
            start = self.evidence[number] + (not self.drifting)
            grown = start * (1 + stake(self.null, end, variance) * (value - kept(self.null)))
            # Evidence beyond what raises would have to be lost again before a recovery shows.
            self.evidence[number] = min(grown, self.apart * len(self.ends))
        self._remember(value)
        total = sum(self.evidence) / len(self.ends)
        if self.drifting and total <= 1:
            self.drifting, self.evidence = False, [0.0] * len(self.ends)
        elif total >= self.apart:
            self.drifting = True
        return self.drifting

    def _remember(self, value: float) -> None:
        self.count += 1
        stray = value - self.mean
        self.mean += stray / self.count
        self.squares += stray * (value - self.mean)
