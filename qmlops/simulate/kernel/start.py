"""The way back through the first diagonal and the product state, in one reading pass.

At a product state the gradient of a wire's gates needs only the costate contracted with all
other wires. High and low wires are contracted in the pass, the rest happens in small tables.
"""

from qmlops.simulate.kernel.coefficient import double, unit, wire_state
from qmlops.simulate.kernel.diagonal import low_gradients, phase_gradients, phase_row
from qmlops.simulate.kernel.vector import FRONT, LANES, fill, fma, fnma, kernel, load, store
from qmlops.simulate.tape import LANE, LOW, PRODUCT, ROW, STARTS


@kernel
def start_back(tape, k, state, costate, first, last, coefficient, scratch, found, above, below):
    """Contract conj(costate) · diagonal with the product state.

    Over low indices into `above` [high indices]; over the block's high ones, added to `below` [low indices].
    """
    low = tape[0, LOW]
    size = 1 << low
    upper = tape[0, PRODUCT]
    lower = upper + (2 << (tape[0, ROW] - low))
    for j in range(size):
        store(scratch, 2 * size + j, fill(scratch, 0.0))
    for high in range(first >> low, last >> low):
        phase_row(tape, k, tape[k, 1], high, coefficient, scratch)
        u, v = load(coefficient, upper + 2 * high), load(coefficient, upper + 2 * high + 1)
        whole = er = ei = fill(scratch, 0.0)
        for j in range(size):
            i = 2 * (high * size + j)
            a, b = load(state, i), load(state, i + 1)
            x, y = load(costate, i), load(costate, i + 1)
            c, s = load(scratch, 2 * j), load(scratch, 2 * j + 1)
            m = fnma(x, b, y * a)
            whole = whole + m
            store(scratch, 3 * size + j, m)
            store(scratch, 2 * size + j, load(scratch, 2 * size + j) + m)
            z, w = fma(y, s, c * x), fnma(y, c, s * x)
            p, q = load(coefficient, lower + 2 * j), load(coefficient, lower + 2 * j + 1)
            er, ei = fnma(w, q, fma(z, p, er)), fma(w, p, fma(z, q, ei))
            store(below, 2 * j, fnma(w, v, fma(z, u, load(below, 2 * j))))
            store(below, 2 * j + 1, fma(w, u, fma(z, v, load(below, 2 * j + 1))))
        store(above, 2 * high, er)
        store(above, 2 * high + 1, ei)
        phase_gradients(tape, k, high, whole, scratch, found)
    low_gradients(tape, k, scratch, found)


@kernel
def finish_start(tape, coefficient, above, below, scratch, found):
    """The slots of all start factors from the two contractions, which are overwritten."""
    lane_bits, rows, low = tape[0, LANE], tape[0, ROW], tape[0, LOW]
    if lane_bits:
        _finish_lanes(tape, coefficient, below, scratch, found)
        _sum_lanes(above, 1 << (rows - low))
        _sum_lanes(below, 1 << low)
    _wires(tape, coefficient, below, FRONT, lane_bits, low, scratch, found)
    _wires(tape, coefficient, above, FRONT, lane_bits + low, rows - low, scratch, found)


@kernel
def _finish_lanes(tape, coefficient, below, scratch, found):
    """Contract the low rows away for the lane wires, and the lane wires into `below`."""
    lane_bits, low = tape[0, LANE], tape[0, LOW]
    size = 1 << low
    _product(tape, coefficient, lane_bits, low, scratch)
    x = y = fill(scratch, 0.0)
    for j in range(size):
        a, b = load(scratch, 2 * j), load(scratch, 2 * j + 1)
        c, d = load(below, 2 * j), load(below, 2 * j + 1)
        x, y = fnma(b, d, fma(a, c, x)), fma(b, c, fma(a, d, y))
    table = 2 * size
    store(below, table, x)
    store(below, table + 1, y)
    for lane in range(LANES - 1, -1, -1):
        real, imaginary = below[table * LANES + lane], below[(table + 1) * LANES + lane]
        if lane:
            store(below, table + 2 * lane, fill(below, real))
            store(below, table + 2 * lane + 1, fill(below, imaginary))
        else:
            store(below, table, fill(below, real))
            store(below, table + 1, fill(below, imaginary))
    _product(tape, coefficient, FRONT, lane_bits, scratch)
    front = 2 * LANES
    for lane in range(LANES):
        for part in range(2):
            scratch[(front + part) * LANES + lane] = scratch[(2 * lane + part) * LANES + lane]
    x, y = load(scratch, front), load(scratch, front + 1)
    for j in range(size):
        a, b = load(below, 2 * j), load(below, 2 * j + 1)
        store(below, 2 * j, fnma(b, y, a * x))
        store(below, 2 * j + 1, fma(b, x, a * y))
    _wires(tape, coefficient, below, table, FRONT, lane_bits, scratch, found)


@kernel
def _product(tape, coefficient, bit, bits, scratch):
    """Write the product state of some wires to the front of scratch."""
    unit(scratch, FRONT)
    wire = 2 << bits
    for k in range(bits):
        wire_state(tape, coefficient, bit + k, scratch, wire)
        double(scratch, FRONT, 1 << k, scratch, wire)


@kernel
def _sum_lanes(table, size):
    for k in range(2 * size):
        total = table[LANES * k]
        for lane in range(1, LANES):
            total += table[LANES * k + lane]
        store(table, k, fill(table, total))


@kernel
def _wires(tape, coefficient, table, at, bit, bits, scratch, found):
    """Take the wires off a contraction one by one from the top, each with its environment.

    Scratch holds the product states of the lower wires, one table a wire, then amplitudes a wire.
    """
    states = 4 << bits
    environment = states + 4 * bits
    unit(scratch, FRONT + 2)
    for k in range(bits):
        wire_state(tape, coefficient, bit + k, scratch, states + 4 * k)
        size = 1 << k
        for j in range(2 * size):
            store(scratch, 4 * size + j, load(scratch, 2 * size + j))
        double(scratch, 4 * size, size, scratch, states + 4 * k)
    for k in range(bits - 1, -1, -1):
        state = states + 4 * k
        size = 1 << k
        for half in range(2):
            x = y = fill(scratch, 0.0)
            for j in range(size):
                i = at + 2 * (half * size + j)
                a, b = load(table, i), load(table, i + 1)
                c, d = load(scratch, 2 * (size + j)), load(scratch, 2 * (size + j) + 1)
                x, y = fnma(b, d, fma(a, c, x)), fma(b, c, fma(a, d, y))
            store(scratch, environment + 2 * half, x)
            store(scratch, environment + 2 * half + 1, y)
        ar, ai = load(scratch, state), load(scratch, state + 1)
        br, bi = load(scratch, state + 2), load(scratch, state + 3)
        for j in range(size):
            i = at + 2 * j
            a, b = load(table, i), load(table, i + 1)
            c, d = load(table, i + 2 * size), load(table, i + 2 * size + 1)
            store(table, i, fma(br, c, fnma(bi, d, fnma(ai, b, ar * a))))
            store(table, i + 1, fma(br, d, fma(bi, c, fma(ai, a, ar * b))))
        _factors(tape, coefficient, bit + k, scratch, state, environment, found)


@kernel
def _factors(tape, coefficient, bit, scratch, state, environment, found):
    """The slots of one wire's start factors, last to first; state and environment are used up."""
    wire = tape[1, STARTS] + bit
    for f in range(tape[wire, 1] - 1, tape[wire, 0] - 1, -1):
        slot = tape[f, 2]
        c, s = load(coefficient, tape[f, 1]), load(coefficient, tape[f, 1] + 1)
        if tape[f, 0]:
            a, b = load(scratch, state + 2), load(scratch, state + 3)
            x, y = load(scratch, environment + 2), load(scratch, environment + 3)
            store(found, slot, -fma(x, b, y * a))
            store(scratch, state + 2, fma(s, b, c * a))
            store(scratch, state + 3, fnma(s, a, c * b))
            store(scratch, environment + 2, fnma(s, y, c * x))
            store(scratch, environment + 3, fma(s, x, c * y))
            continue
        total = fill(found, 0.0)
        for k in range(2):
            i, e = state + k, environment + k
            a, b = load(scratch, i), load(scratch, i + 2)
            x, y = load(scratch, e), load(scratch, e + 2)
            change = fnma(x, b, y * a)
            total = total - change if k else total + change
            store(scratch, i, fma(s, b, c * a))
            store(scratch, i + 2, fnma(s, a, c * b))
            store(scratch, e, fma(s, y, c * x))
            store(scratch, e + 2, fnma(s, x, c * y))
        store(found, slot, total)
