"""The way back through the first diagonal and the product state, in one reading pass.

At a product state the gradient of a wire's gates needs only the costate contracted with all
other wires. High and low wires are contracted in the pass, the rest happens in small tables.
"""

import numpy as np
from numba import njit

from qmlops.simulate.kernel.coefficient import double, wire_state
from qmlops.simulate.kernel.diagonal import low_gradients, phase_gradients, phase_row
from qmlops.simulate.kernel.vector import LANES, fill, fma, fnma, load, store


@njit(error_model="numpy")
def start_back(tape, state, costate, first, last, coefficient, scratch, found, above, below):
    """Contract conj(costate) · diagonal with the product state.

    Over low indices into `above` [high indices]; over the block's high ones, added to `below` [low indices].
    """
    low = tape.shape[2]
    size = 1 << low
    upper = tape.shape[5]
    lower = upper + (2 << (tape.shape[1] - low))
    for k in range(size):
        store(scratch, 2 * size + k, fill(scratch, 0.0))
    for high in range(first >> low, last >> low):
        phase_row(tape, tape.diagonal, tape.diagonal[1], high, coefficient, scratch)
        u, v = load(coefficient, upper + 2 * high), load(coefficient, upper + 2 * high + 1)
        whole = er = ei = fill(scratch, 0.0)
        for k in range(size):
            i = 2 * (high * size + k)
            a, b = load(state, i), load(state, i + 1)
            x, y = load(costate, i), load(costate, i + 1)
            c, s = load(scratch, 2 * k), load(scratch, 2 * k + 1)
            m = fnma(x, b, y * a)
            whole = whole + m
            store(scratch, 3 * size + k, m)
            store(scratch, 2 * size + k, load(scratch, 2 * size + k) + m)
            z, w = fma(y, s, c * x), fnma(y, c, s * x)
            p, q = load(coefficient, lower + 2 * k), load(coefficient, lower + 2 * k + 1)
            er, ei = fnma(w, q, fma(z, p, er)), fma(w, p, fma(z, q, ei))
            store(below, 2 * k, fnma(w, v, fma(z, u, load(below, 2 * k))))
            store(below, 2 * k + 1, fma(w, u, fma(z, v, load(below, 2 * k + 1))))
        store(above, 2 * high, er)
        store(above, 2 * high + 1, ei)
        phase_gradients(tape, tape.diagonal, high, whole, scratch, found)
    low_gradients(tape, tape.diagonal, scratch, found)


@njit(error_model="numpy")
def finish_start(tape, coefficient, above, below, found):
    """The slots of all start factors from the two contractions, which are overwritten."""
    lane_bits, rows, low = tape.shape[0], tape.shape[1], tape.shape[2]
    if lane_bits:
        _finish_lanes(tape, coefficient, below, found)
        _sum_lanes(above, 1 << (rows - low))
        _sum_lanes(below, 1 << low)
    _wires(tape, coefficient, below, lane_bits, low, found)
    _wires(tape, coefficient, above, lane_bits + low, rows - low, found)


@njit(error_model="numpy")
def _finish_lanes(tape, coefficient, below, found):
    """Contract the low rows away for the lane wires, and the lane wires into `below`."""
    lane_bits, low = tape.shape[0], tape.shape[2]
    lanes = np.empty(2 * LANES * LANES, dtype=coefficient.dtype)
    state = np.empty(4 * LANES, dtype=coefficient.dtype)
    _product(tape, coefficient, lane_bits, low, lanes, state, below, True)
    table = np.empty(2 * LANES * LANES, dtype=coefficient.dtype)
    for lane in range(LANES):
        for part in range(2):
            store(table, 2 * lane + part, fill(table, lanes[part * LANES + lane]))
    _product(tape, coefficient, 0, lane_bits, lanes, state, below, False)
    x, y = load(lanes, 0), load(lanes, 1)
    for k in range(1 << low):
        a, b = load(below, 2 * k), load(below, 2 * k + 1)
        store(below, 2 * k, fnma(b, y, a * x))
        store(below, 2 * k + 1, fma(b, x, a * y))
    _wires(tape, coefficient, table, 0, lane_bits, found)


@njit(error_model="numpy")
def _product(tape, coefficient, bit, bits, lanes, state, below, contract):
    """Write into lanes: `below` contracted with a product table, or the product over the lane bits."""
    table = np.empty((2 << bits) * LANES, dtype=coefficient.dtype)
    store(table, 0, fill(table, 1.0))
    store(table, 1, fill(table, 0.0))
    for k in range(bits):
        wire_state(tape, coefficient, bit + k, state)
        double(table, 0, 1 << k, state)
    if not contract:
        for lane in range(LANES):
            for part in range(2):
                lanes[part * LANES + lane] = table[(2 * lane + part) * LANES + lane]
        return
    x = y = fill(table, 0.0)
    for k in range(1 << bits):
        a, b = load(table, 2 * k), load(table, 2 * k + 1)
        c, d = load(below, 2 * k), load(below, 2 * k + 1)
        x, y = fnma(b, d, fma(a, c, x)), fma(b, c, fma(a, d, y))
    store(lanes, 0, x)
    store(lanes, 1, y)


@njit(error_model="numpy")
def _sum_lanes(table, size):
    for k in range(2 * size):
        total = table.dtype.type(0.0)
        for lane in range(LANES):
            total += table[LANES * k + lane]
        store(table, k, fill(table, total))


@njit(error_model="numpy")
def _wires(tape, coefficient, table, bit, bits, found):
    """Take the wires off a contraction one by one from the top, each with its environment."""
    lower = np.empty((4 << bits) * LANES, dtype=coefficient.dtype)
    states = np.empty(4 * max(bits, 1) * LANES, dtype=coefficient.dtype)
    store(lower, 2, fill(lower, 1.0))
    store(lower, 3, fill(lower, 0.0))
    for k in range(bits):
        state = states[4 * LANES * k : 4 * LANES * (k + 1)]
        wire_state(tape, coefficient, bit + k, state)
        size = 1 << k
        for j in range(2 * size):
            store(lower, 4 * size + j, load(lower, 2 * size + j))
        double(lower, 4 * size, size, state)
    environment = np.empty(4 * LANES, dtype=coefficient.dtype)
    for k in range(bits - 1, -1, -1):
        state = states[4 * LANES * k : 4 * LANES * (k + 1)]
        size = 1 << k
        for half in range(2):
            x = y = fill(table, 0.0)
            for j in range(size):
                a, b = load(table, 2 * (half * size + j)), load(table, 2 * (half * size + j) + 1)
                c, d = load(lower, 2 * (size + j)), load(lower, 2 * (size + j) + 1)
                x, y = fnma(b, d, fma(a, c, x)), fma(b, c, fma(a, d, y))
            store(environment, 2 * half, x)
            store(environment, 2 * half + 1, y)
        ar, ai, br, bi = load(state, 0), load(state, 1), load(state, 2), load(state, 3)
        for j in range(size):
            a, b = load(table, 2 * j), load(table, 2 * j + 1)
            c, d = load(table, 2 * (size + j)), load(table, 2 * (size + j) + 1)
            store(table, 2 * j, fma(br, c, fnma(bi, d, fnma(ai, b, ar * a))))
            store(table, 2 * j + 1, fma(br, d, fma(bi, c, fma(ai, a, ar * b))))
        _factors(tape, coefficient, bit + k, state, environment, found)


@njit(error_model="numpy")
def _factors(tape, coefficient, bit, state, environment, found):
    """The slots of one wire's start factors, last to first; state and environment are used up."""
    for f in range(tape.wires[bit + 1] - 1, tape.wires[bit] - 1, -1):
        at, slot = tape.start[f, 1], tape.start[f, 2]
        c, s = load(coefficient, at), load(coefficient, at + 1)
        if tape.start[f, 0]:
            a, b = load(state, 2), load(state, 3)
            x, y = load(environment, 2), load(environment, 3)
            store(found, slot, -(fma(x, b, y * a)))
            store(state, 2, fma(s, b, c * a))
            store(state, 3, fnma(s, a, c * b))
            store(environment, 2, fnma(s, y, c * x))
            store(environment, 3, fma(s, x, c * y))
            continue
        total = fill(found, 0.0)
        for k in range(2):
            a, b = load(state, k), load(state, k + 2)
            x, y = load(environment, k), load(environment, k + 2)
            change = fnma(x, b, y * a)
            total = total - change if k else total + change
            store(state, k, fma(s, b, c * a))
            store(state, k + 2, fnma(s, a, c * b))
            store(environment, k, fma(s, y, c * x))
            store(environment, k + 2, fnma(s, x, c * y))
        store(found, slot, total)
