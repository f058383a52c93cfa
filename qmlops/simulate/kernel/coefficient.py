"""What kernels multiply with: sines and cosines, phase tables, and the product state."""

from qmlops.simulate.kernel.circle import cosine_and_sine
from qmlops.simulate.kernel.vector import FRONT, LANES, cast, fill, fma, fnma, kernel, load, store
from qmlops.simulate.stage import DIAGONAL, START
from qmlops.simulate.tape import ENTRIES, LANE, LOW, OPERATIONS, PRODUCT, ROW, STARTS


@kernel
def evaluate(tape, reals, form, points, row):
    """A form at a point, in half-turns."""
    value = reals[form]
    for k in range(tape[form, 0], tape[form, 1]):
        term = reals[k] * points[row, tape[k, 0]]
        if tape[k, 1] >= 0:
            term *= points[row, tape[k, 1]]
        value += term
    return value


@kernel
def mark(points, constant):
    """Mark the symbols that are equal at all points."""
    for k in range(len(constant)):
        constant[k] = 1
    for row in range(1, len(points)):
        for k in range(len(constant)):
            constant[k] &= points[row, k] == points[0, k]


@kernel
def coefficients(tape, reals, points, constant, row, coefficient, before, have, scratch, line):
    """Write the coefficients of up to sixteen points from `row` on, or of one point whose wires are lanes.

    With `have`, what depends on `constant` symbols only is taken from `before`, another group's.
    """
    count = 1 if tape[0, LANE] else min(LANES, len(points) - row)
    for e in range(tape[1, ENTRIES], tape[2, ENTRIES]):
        form, at = tape[e, 1], tape[e, 2]
        same = _is_constant(tape, form, constant)
        if same and have:
            store(coefficient, at, load(before, at))
            store(coefficient, at + 1, load(before, at + 1))
            continue
        half = 1.0 if tape[e, 0] else 0.5
        if same or count == 1:
            store(line, 0, fill(line, half * evaluate(tape, reals, form, points, row)))
        else:
            for lane in range(LANES):
                line[lane] = half * evaluate(tape, reals, form, points, row + min(lane, count - 1))
        c, s = cosine_and_sine(load(line, 0))
        store(coefficient, at, cast(coefficient, c))
        store(coefficient, at + 1, cast(coefficient, s))
        if tape[0, LANE]:
            _spread(tape[e, 0], tape[e, 3], LANES * at, coefficient)
    _start(tape, coefficient, scratch)
    for k in range(tape[1, OPERATIONS], tape[2, OPERATIONS]):
        if tape[k, 0] == DIAGONAL or tape[k, 0] == START:
            _tables(tape, k, coefficient)
    _times_product(tape, coefficient)


@kernel
def _is_constant(tape, form, constant):
    """Whether all symbols of a form are equal at all points."""
    same = True
    for k in range(tape[form, 0], tape[form, 1]):
        same &= constant[tape[k, 0]] == 1 and (tape[k, 1] < 0 or constant[tape[k, 1]] == 1)
    return same


@kernel
def _spread(phase, lanes, at, coefficient):
    """Where lanes are wires: a phase acts on lanes with all its bits, a turn's sine has two signs."""
    for lane in range(LANES):
        if phase and lane & lanes != lanes:
            coefficient[at + lane] = 1.0
            coefficient[at + LANES + lane] = 0.0
        elif not phase and lanes >= 0 and not lane >> lanes & 1:
            coefficient[at + LANES + lane] = -coefficient[at + LANES + lane]


@kernel
def _tables(tape, k, coefficient):
    """Two tables whose product, with the cross terms, is the diagonal: one a high index, one a low."""
    at = tape[k, 1]
    low, high = 1 << tape[0, LOW], 1 << (tape[0, ROW] - tape[0, LOW])
    for j in range(low + high):
        unit(coefficient, at + 2 * j)
    for t in range(tape[k, 2], tape[k, 3]):
        upper, lower = tape[t, 0], tape[t, 1]
        c, s = load(coefficient, tape[t, 2]), load(coefficient, tape[t, 2] + 1)
        where, mask, size = (at, upper, high) if upper else (at + 2 * high, lower, low)
        multiply(coefficient, where, mask, size, c, s)


@kernel
def unit(table, at):
    """Write a complex one."""
    store(table, at, fill(table, 1.0))
    store(table, at + 1, fill(table, 0.0))


@kernel
def multiply(table, at, mask, size, real, imaginary):
    """Multiply the entries whose index has all bits of the mask."""
    k = mask
    while k < size:
        a, b = load(table, at + 2 * k), load(table, at + 2 * k + 1)
        store(table, at + 2 * k, fnma(imaginary, b, real * a))
        store(table, at + 2 * k + 1, fma(imaginary, a, real * b))
        k = (k + 1) | mask


@kernel
def wire_state(tape, coefficient, bit, state, at):
    """Write the two amplitudes that the start gives a wire: real and imaginary of each, from vector `at` on."""
    store(state, at, fill(state, 1.0))
    for k in range(1, 4):
        store(state, at + k, fill(state, 0.0))
    wire = tape[1, STARTS] + bit
    for f in range(tape[wire, 0], tape[wire, 1]):
        c, s = load(coefficient, tape[f, 1]), load(coefficient, tape[f, 1] + 1)
        if tape[f, 0]:
            x, y = load(state, at + 2), load(state, at + 3)
            store(state, at + 2, fnma(s, y, c * x))
            store(state, at + 3, fma(s, x, c * y))
        else:
            for k in range(at, at + 2):
                x, y = load(state, k), load(state, k + 2)
                store(state, k, fnma(s, y, c * x))
                store(state, k + 2, fma(s, x, c * y))


@kernel
def _start(tape, coefficient, scratch):
    """Write the product state of the start as a table over high and one over low indices."""
    lane_bits, rows, low = tape[0, LANE], tape[0, ROW], tape[0, LOW]
    high_at = tape[0, PRODUCT]
    low_at = high_at + (2 << (rows - low))
    unit(coefficient, high_at)
    unit(coefficient, low_at)
    for bit in range(lane_bits):
        wire_state(tape, coefficient, bit, scratch, FRONT)
        for lane in range(LANES):
            if lane >> bit & 1:
                scratch[lane] = scratch[2 * LANES + lane]
                scratch[LANES + lane] = scratch[3 * LANES + lane]
        multiply(coefficient, low_at, FRONT, FRONT + 1, load(scratch, 0), load(scratch, 1))
    for bit in range(rows):
        wire_state(tape, coefficient, lane_bits + bit, scratch, FRONT)
        at, size = (low_at, 1 << bit) if bit < low else (high_at, 1 << (bit - low))
        double(coefficient, at, size, scratch, FRONT)


@kernel
def double(table, at, size, state, wire):
    """Add a wire on top of a product table of so many entries."""
    ar, ai = load(state, wire), load(state, wire + 1)
    br, bi = load(state, wire + 2), load(state, wire + 3)
    for k in range(size):
        x, y = load(table, at + 2 * k), load(table, at + 2 * k + 1)
        store(table, at + 2 * (k + size), fnma(bi, y, br * x))
        store(table, at + 2 * (k + size) + 1, fma(bi, x, br * y))
        store(table, at + 2 * k, fnma(ai, y, ar * x))
        store(table, at + 2 * k + 1, fma(ai, x, ar * y))


@kernel
def _times_product(tape, coefficient):
    """The tables of the start: product state times first diagonal."""
    at, first = tape[0, PRODUCT], tape[tape[1, OPERATIONS], 1]
    size = (1 << (tape[0, ROW] - tape[0, LOW])) + (1 << tape[0, LOW])
    for k in range(size):
        a, b = load(coefficient, at + 2 * k), load(coefficient, at + 2 * k + 1)
        c, d = load(coefficient, first + 2 * k), load(coefficient, first + 2 * k + 1)
        store(coefficient, at + 2 * (size + k), fnma(b, d, a * c))
        store(coefficient, at + 2 * (size + k) + 1, fma(b, c, a * d))
