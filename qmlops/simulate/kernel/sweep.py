"""A part of the way forward, a part of the way back.

A part is some operations on some blocks of rows of some groups of points. One call may go all
the way for every k-th group, or take one stage for every k-th block of a large state.
"""

from qmlops.simulate.kernel.coefficient import coefficients, mark
from qmlops.simulate.kernel.group import apply, clear, read_slots, read_values, unapply, write_weights
from qmlops.simulate.kernel.measure import measure, observe
from qmlops.simulate.kernel.start import finish_start
from qmlops.simulate.kernel.vector import LANES, kernel, load, store
from qmlops.simulate.tape import LANE, ROW


@kernel
def gather(tape, state, buffer, part, block):
    """Copy a block of scattered rows into the buffer."""
    for j in range(1 << part.bits):
        row = place(tape, part, block, j)
        store(buffer, 2 * j, load(state, 2 * row))
        store(buffer, 2 * j + 1, load(state, 2 * row + 1))


@kernel
def scatter(tape, state, buffer, part, block):
    """Copy the buffer back to its scattered rows."""
    for j in range(1 << part.bits):
        row = place(tape, part, block, j)
        store(state, 2 * row, load(buffer, 2 * j))
        store(state, 2 * row + 1, load(buffer, 2 * j + 1))


@kernel
def place(tape, part, block, j):
    """The row of the state that is row j of a scattered block."""
    run = part.bits - (tape[0, ROW] - part.shift)
    return (j >> run << part.shift) | (block << run) | (j & ((1 << run) - 1))


@kernel
def forward(tape, reals, strengths, points, part, states, coefficient, sums, found, scratch, buffer, line, constant):
    """States, coefficients and sums [rows × observables + 1], which are added to; the last is the norm."""
    width = 1 if tape[0, LANE] else LANES
    if part.opens:
        mark(points, constant)
    group = part.group
    while group < len(states):
        state, table = states[group], coefficient[group]
        if part.opens:
            before, have = coefficient[max(group - part.step, 0)], group >= part.step
            coefficients(tape, reals, points, constant, group * width, table, before, have, scratch, line)
        for block in range(part.block, part.end):
            rows, first, last = state, block << part.bits, (block + 1) << part.bits
            if part.shift:
                gather(tape, state, buffer, part, block)
                rows, first, last = buffer, 0, 1 << part.bits
            for k in range(part.first, part.last):
                apply(tape, k, rows, first, last, table, scratch)
            if part.shift:
                scatter(tape, state, buffer, part, block)
        if part.closes:
            clear(found)
            measure(tape, state, part.block << part.bits, part.end << part.bits, scratch, found)
            read_values(tape, strengths, found, group * width, sums)
        group += part.step


@kernel
def backward(
    tape, reals, strengths, points, cotangent, part, states, coefficient, sums, costate, gradient, found,
    scratch, buffer, cobuffer, above, below,
):  # fmt: skip
    """The gradient [wanted symbols × rows, to a multiple of sixteen], which is added to; uses the states up."""
    width = 1 if tape[0, LANE] else LANES
    group = part.group
    while group < len(states):
        state, table = states[group], coefficient[group]
        if part.opens:
            write_weights(tape, strengths, cotangent, sums, group * width, found)
            observe(tape, state, costate, part.block << part.bits, part.end << part.bits, found, scratch)
            clear(found)
            clear(below)
        for block in range(part.block, part.end):
            rows, corows, first, last = state, costate, block << part.bits, (block + 1) << part.bits
            if part.shift:
                gather(tape, state, buffer, part, block)
                gather(tape, costate, cobuffer, part, block)
                rows, corows, first, last = buffer, cobuffer, 0, 1 << part.bits
            for k in range(part.last - 1, part.first - 1, -1):
                unapply(tape, k, rows, corows, first, last, table, scratch, found, above, below)
            if part.shift:
                scatter(tape, state, buffer, part, block)
                scatter(tape, costate, cobuffer, part, block)
        if part.closes:
            finish_start(tape, table, above, below, scratch, found)
            read_slots(tape, reals, found, points, group * width, part.wanted, gradient)
        group += part.step
