"""The frame of a small chart over steps: where a point stands, and the axes around it."""

from __future__ import annotations

from dataclasses import dataclass

from qmlops.pipeline.report.axis import Axis
from qmlops.pipeline.report.markup import Markup, join, tag

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 360, 236, 56, 12, 14, 42


@dataclass(frozen=True)
class Frame:
    """Where a point stands in the picture, and the axes around it."""

    across: Axis
    up: Axis

    def x(self, value: float) -> str:
        return f"{LEFT + self.across.place(value) * (WIDTH - LEFT - RIGHT):.1f}"

    def y(self, value: float) -> str:
        return f"{HEIGHT - BOTTOM - self.up.place(value) * (HEIGHT - TOP - BOTTOM):.1f}"

    def axes(self, unit: str) -> Markup:
        parts = []
        for value, label in self.up.ticks():
            y = self.y(value)
            parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid"))
            parts.append(tag("text", label, x=LEFT - 8, y=f"{float(y) + 4:.1f}", class_="tick end"))
        base = HEIGHT - BOTTOM
        parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=base, y2=base, class_="base"))
        for value, _ in self.across.ticks():
            if float(value).is_integer():
                parts.append(tag("text", f"{value:,.0f}", x=self.x(value), y=base + 17, class_="tick middle"))
        parts.append(tag("text", "step", x=(LEFT + WIDTH - RIGHT) / 2, y=HEIGHT - 6, class_="label middle"))
        middle = (TOP + base) / 2
        turn = f"rotate(-90 12 {middle})"
        parts.append(tag("text", unit, x=12, y=middle, transform=turn, class_="label middle"))
        return join(parts)
