"""What kernels multiply with: sines and cosines, phase tables, and the product state."""

import math

import numpy as np
from numba import njit

from qmlops.simulate.kernel.vector import LANES, fill, fma, fnma, load, store


@njit(error_model="numpy")
def evaluate(tape, form, angles, row):
    """A form at a point, in half-turns."""
    value = tape.constants[form]
    for k in range(tape.forms[form], tape.forms[form + 1]):
        value += tape.factors[k] * angles[row, tape.angles[k]]
    return value


@njit(error_model="numpy")
def coefficients(tape, angles, row, rows, coefficient):
    """Write the coefficients of up to sixteen points from `row` on, or of one point whose wires are lanes."""
    lane_bits = tape.shape[0]
    points = 1 if lane_bits else min(LANES, rows - row)
    for entry in tape.entries:
        before = math.nan
        c = s = 0.0
        for point in range(points):
            value = evaluate(tape, entry[1], angles, row + point)
            if value != before:
                before = value
                turns = math.pi * value if entry[0] else math.pi / 2 * value
                c, s = math.cos(turns), math.sin(turns)
            coefficient[LANES * entry[2] + point] = c
            coefficient[LANES * (entry[2] + 1) + point] = s
        for lane in range(points, LANES):
            coefficient[LANES * entry[2] + lane] = c
            coefficient[LANES * (entry[2] + 1) + lane] = s
        if lane_bits:
            _spread(entry, coefficient)
    _start(tape, coefficient)
    _tables(tape, tape.diagonal, coefficient)
    for operation in tape.operations:
        if operation[0] == 2:
            _tables(tape, operation, coefficient)
    _times_product(tape, coefficient)


@njit(error_model="numpy")
def _spread(entry, coefficient):
    """Where lanes are wires: a phase acts on lanes with all its bits, a turn's sine has two signs."""
    at = LANES * entry[2]
    for lane in range(LANES):
        if entry[0] and lane & entry[3] != entry[3]:
            coefficient[at + lane] = 1.0
            coefficient[at + LANES + lane] = 0.0
        elif not entry[0] and entry[3] >= 0 and not lane >> entry[3] & 1:
            coefficient[at + LANES + lane] = -coefficient[at + LANES + lane]


@njit(error_model="numpy")
def _tables(tape, operation, coefficient):
    """Two tables whose product, with the cross terms, is the diagonal: one a high index, one a low."""
    low, high = 1 << tape.shape[2], 1 << (tape.shape[1] - tape.shape[2])
    for k in range(low + high):
        store(coefficient, operation[1] + 2 * k, fill(coefficient, 1.0))
        store(coefficient, operation[1] + 2 * k + 1, fill(coefficient, 0.0))
    for t in range(operation[2], operation[3]):
        upper, lower, at = tape.phases[t, 0], tape.phases[t, 1], tape.phases[t, 2]
        if upper:
            multiply(coefficient, operation[1], upper, high, load(coefficient, at), load(coefficient, at + 1))
        else:
            where = operation[1] + 2 * high
            multiply(coefficient, where, lower, low, load(coefficient, at), load(coefficient, at + 1))


@njit(error_model="numpy")
def multiply(table, at, mask, size, real, imaginary):
    """Multiply the entries whose index has all bits of the mask."""
    k = mask
    while k < size:
        a, b = load(table, at + 2 * k), load(table, at + 2 * k + 1)
        store(table, at + 2 * k, fnma(imaginary, b, real * a))
        store(table, at + 2 * k + 1, fma(imaginary, a, real * b))
        k = (k + 1) | mask


@njit(error_model="numpy")
def wire_state(tape, coefficient, bit, state):
    """Write the two amplitudes that the start gives a wire: real and imaginary of each."""
    store(state, 0, fill(state, 1.0))
    for k in range(1, 4):
        store(state, k, fill(state, 0.0))
    for f in range(tape.wires[bit], tape.wires[bit + 1]):
        at = tape.start[f, 1]
        c, s = load(coefficient, at), load(coefficient, at + 1)
        if tape.start[f, 0]:
            x, y = load(state, 2), load(state, 3)
            store(state, 2, fnma(s, y, c * x))
            store(state, 3, fma(s, x, c * y))
        else:
            for k in range(2):
                x, y = load(state, k), load(state, k + 2)
                store(state, k, fnma(s, y, c * x))
                store(state, k + 2, fma(s, x, c * y))


@njit(error_model="numpy")
def _start(tape, coefficient):
    """Write the product state of the start as a table over high and one over low indices."""
    lane_bits, rows, low = tape.shape[0], tape.shape[1], tape.shape[2]
    state = np.empty(4 * LANES, dtype=coefficient.dtype)
    high_at = tape.shape[5]
    low_at = high_at + (2 << (rows - low))
    for at in (high_at, low_at):
        store(coefficient, at, fill(coefficient, 1.0))
        store(coefficient, at + 1, fill(coefficient, 0.0))
    for bit in range(lane_bits):
        wire_state(tape, coefficient, bit, state)
        for lane in range(LANES):
            if lane >> bit & 1:
                state[lane] = state[2 * LANES + lane]
                state[LANES + lane] = state[3 * LANES + lane]
        multiply(coefficient, low_at, 0, 1, load(state, 0), load(state, 1))
    for bit in range(rows):
        wire_state(tape, coefficient, lane_bits + bit, state)
        if bit < low:
            double(coefficient, low_at, 1 << bit, state)
        else:
            double(coefficient, high_at, 1 << (bit - low), state)


@njit(error_model="numpy")
def double(table, at, size, state):
    """Add a wire on top of a product table of so many entries."""
    ar, ai, br, bi = load(state, 0), load(state, 1), load(state, 2), load(state, 3)
    for k in range(size):
        x, y = load(table, at + 2 * k), load(table, at + 2 * k + 1)
        store(table, at + 2 * (k + size), fnma(bi, y, br * x))
        store(table, at + 2 * (k + size) + 1, fma(bi, x, br * y))
        store(table, at + 2 * k, fnma(ai, y, ar * x))
        store(table, at + 2 * k + 1, fma(ai, x, ar * y))


@njit(error_model="numpy")
def _times_product(tape, coefficient):
    """The tables of the start: product state times first diagonal."""
    at, first = tape.shape[5], tape.diagonal[1]
    size = (1 << (tape.shape[1] - tape.shape[2])) + (1 << tape.shape[2])
    for k in range(size):
        a, b = load(coefficient, at + 2 * k), load(coefficient, at + 2 * k + 1)
        c, d = load(coefficient, first + 2 * k), load(coefficient, first + 2 * k + 1)
        store(coefficient, at + 2 * (size + k), fnma(b, d, a * c))
        store(coefficient, at + 2 * (size + k) + 1, fma(b, c, a * d))
