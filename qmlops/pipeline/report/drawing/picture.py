"""The picture of a program: wires, gates in columns and rows, and what is read at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmlops.core.angles import separate
from qmlops.core.label import labels
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.shape import Shape, shape
from qmlops.pipeline.report.drawing.glyph import HEIGHT, glyph, read_mark
from qmlops.pipeline.report.drawing.layout import Column, columns, rows
from qmlops.pipeline.report.markup import Markup, counted, join, tag
from qmlops.pipeline.report.style import DRAWING

if TYPE_CHECKING:
    import cirq

PAGE = 960
WIRE, START, MARGIN = 46, 36, 14
MOST_GATES, KEPT = 400, 150


def draw(program: Program) -> Markup:
    """An SVG without style of its own. Of more than 400 gates, the first and last 150 are drawn."""
    head, left_out, tail = _cut(program)
    before, after = _columns(program, head), _columns(program, tail)
    gap = [Column((), 130.0)] if left_out else []
    lines = rows([*before, *gap, *after], PAGE)
    height = program.width * WIRE + MARGIN
    reads = _reads(program)
    widths = [START + sum(item.width for item in line) for line in lines]
    end = 30 + 7 * max(map(len, reads.values()), default=0)
    across = max(*widths, widths[-1] + end) + 8
    parts = []
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        last = number == len(lines) - 1
        inside = _line(program, line, width, left_out) + (_ends(reads, width) if last else [])
        parts.append(tag("g", *inside, transform=f"translate(0 {number * height})"))
    size = {"width": f"{across:.0f}", "height": len(lines) * height}
    about = f"Circuit on {counted(program.width, 'qubit')} with {counted(len(program.weights), 'weight')}"
    return tag(
        "svg",
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {size['width']} {size['height']}",
        **size,
        class_="circuit",
        role="img",
        aria_label=about,
    )


def standalone(svg: Markup) -> Markup:
    """The same picture as a file of its own, with its style and a ground to stand on."""
    ground = join([tag("style", Markup(DRAWING)), tag("rect", width="100%", height="100%", class_="ground")])
    opening, rest = svg.split(">", 1)
    return Markup(f"{opening}>{ground}{rest}")


def text(program: Program) -> str:
    """Cirq's own text diagram, of the same gates as the picture."""
    import cirq

    head, left_out, tail = _cut(program)
    parts = [cirq.Circuit(head).to_text_diagram()]
    if left_out:
        parts += [f"… {left_out} gates …", cirq.Circuit(tail).to_text_diagram()]
    return "\n\n".join(parts) + "\n"


def _cut(program: Program) -> tuple[list[cirq.Operation], int, list[cirq.Operation]]:
    """The gates to draw first, how many are left out, and those to draw last."""
    every = list(program.circuit.all_operations())
    if len(every) <= MOST_GATES:
        return every, 0, []
    return every[:KEPT], len(every) - 2 * KEPT, every[-KEPT:]


def _columns(program: Program, operations: list[cirq.Operation]) -> list[Column]:
    import cirq

    part = Program(cirq.Circuit(operations), program.width, program.inputs, program.weights, ())
    own = separate(part)
    angles = dict(zip(own.names, labels(own.angles, program.symbols), strict=True))
    shapes: list[Shape] = [shape(operation, angles) for operation in own.circuit.all_operations()]
    return columns(shapes, program.width)


def _line(program: Program, line: list[Column], width: float, left_out: int) -> list[Markup]:
    parts = []
    for wire in range(program.width):
        y = wire * WIRE + WIRE / 2
        parts.append(tag("text", "q", tag("tspan", wire, dy=3, class_="sub"), x=4, y=y + 4, class_="wirename"))
        parts.append(tag("line", x1=START - 6, x2=f"{width:.1f}", y1=y, y2=y, class_="wire"))
    x = float(START)
    inputs = frozenset(program.inputs)
    for column in line:
        centre = x + column.width / 2
        if not column.shapes:
            middle = program.width * WIRE / 2
            parts.append(
                tag("rect", x=x + 4, y=4, width=column.width - 8, height=2 * middle - 8, class_="left-out", rx=6)
            )
            parts.append(tag("text", f"{left_out:,} more gates", x=centre, y=middle + 4, class_="more"))
        parts += [glyph(item, centre, WIRE, inputs) for item in column.shapes]
        x += column.width
    return parts


def _reads(program: Program) -> dict[int, str]:
    """What the readout looks at on each wire: Pauli letters, or the bit of a projector."""
    found: dict[int, set[str]] = {}
    for observable in program.observables:
        if isinstance(observable, PauliSum):
            pairs = [pair for _, pauli in observable.terms for pair in pauli]
        else:
            pairs = [(wire, f"|{bit}⟩") for wire, bit in observable.bits]
        for wire, what in pairs:
            found.setdefault(wire, set()).add(what)
    return {wire: " ".join(sorted(what)) for wire, what in sorted(found.items())}


def _ends(reads: dict[int, str], x: float) -> list[Markup]:
    return [join([read_mark(x, wire * WIRE + WIRE / 2, HEIGHT, what)]) for wire, what in reads.items()]
