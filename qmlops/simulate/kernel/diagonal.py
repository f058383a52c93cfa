"""Diagonals: one pass for any number of phases, and all their gradients from one marginal."""

from numba import njit

from qmlops.simulate.kernel.coefficient import multiply
from qmlops.simulate.kernel.vector import fill, fma, fnma, load, store


@njit(error_model="numpy")
def phase_row(tape, operation, tables, high, coefficient, scratch):
    """Write the diagonal's entries at one high index, all low ones, to the front of scratch."""
    size = 1 << tape.shape[2]
    lower = tables + (2 << (tape.shape[1] - tape.shape[2]))
    a, b = load(coefficient, tables + 2 * high), load(coefficient, tables + 2 * high + 1)
    for k in range(size):
        x, y = load(coefficient, lower + 2 * k), load(coefficient, lower + 2 * k + 1)
        store(scratch, 2 * k, fnma(b, y, a * x))
        store(scratch, 2 * k + 1, fma(b, x, a * y))
    t = operation[3]
    while t < operation[4]:
        mask = tape.phases[t, 1]
        x, y = fill(scratch, 1.0), fill(scratch, 0.0)
        active = False
        while t < operation[4] and tape.phases[t, 1] == mask:
            if high & tape.phases[t, 0] == tape.phases[t, 0]:
                c, s = load(coefficient, tape.phases[t, 2]), load(coefficient, tape.phases[t, 2] + 1)
                x, y = fnma(s, y, c * x), fma(s, x, c * y)
                active = True
            t += 1
        if active:
            multiply(scratch, 0, mask, size, x, y)


@njit(error_model="numpy")
def begin(tape, state, first, last, coefficient, scratch):
    """Write the start: the product state behind the first diagonal."""
    low = tape.shape[2]
    tables = tape.shape[5] + (2 << (tape.shape[1] - low)) + (2 << low)
    for high in range(first >> low, last >> low):
        phase_row(tape, tape.diagonal, tables, high, coefficient, scratch)
        for k in range(2 << low):
            store(state, (high << (low + 1)) + k, load(scratch, k))


@njit(error_model="numpy")
def diagonal(tape, operation, state, first, last, coefficient, scratch):
    """Multiply rows by a diagonal."""
    low = tape.shape[2]
    for high in range(first >> low, last >> low):
        phase_row(tape, operation, operation[1], high, coefficient, scratch)
        for k in range(1 << low):
            i = (high << (low + 1)) + 2 * k
            a, b = load(state, i), load(state, i + 1)
            c, s = load(scratch, 2 * k), load(scratch, 2 * k + 1)
            store(state, i, fnma(s, b, c * a))
            store(state, i + 1, fma(s, a, c * b))


@njit(error_model="numpy")
def diagonal_back(tape, operation, state, costate, first, last, coefficient, scratch, found):
    """Un-apply a diagonal from both, and add the gradient of each of its phases to its slot."""
    low = tape.shape[2]
    size = 1 << low
    sums, marginal = 2 * size, 3 * size
    for k in range(size):
        store(scratch, sums + k, fill(scratch, 0.0))
    for high in range(first >> low, last >> low):
        phase_row(tape, operation, operation[1], high, coefficient, scratch)
        whole = fill(scratch, 0.0)
        for k in range(size):
            i = 2 * (high * size + k)
            a, b = load(state, i), load(state, i + 1)
            x, y = load(costate, i), load(costate, i + 1)
            c, s = load(scratch, 2 * k), load(scratch, 2 * k + 1)
            m = fnma(x, b, y * a)
            whole = whole + m
            store(scratch, marginal + k, m)
            store(scratch, sums + k, load(scratch, sums + k) + m)
            store(state, i, fma(s, b, c * a))
            store(state, i + 1, fnma(s, a, c * b))
            store(costate, i, fma(s, y, c * x))
            store(costate, i + 1, fnma(s, x, c * y))
        phase_gradients(tape, operation, high, whole, scratch, found)
    low_gradients(tape, operation, scratch, found)


@njit(error_model="numpy")
def phase_gradients(tape, operation, high, whole, scratch, found):
    """Add one row's marginal to the slots of phases that look at the high index."""
    size = 1 << tape.shape[2]
    for t in range(operation[2], operation[3]):
        upper, slot = tape.phases[t, 0], tape.phases[t, 3]
        if upper and slot >= 0 and high & upper == upper:
            store(found, slot, load(found, slot) + whole)
    mask = -1
    part = fill(scratch, 0.0)
    for t in range(operation[3], operation[4]):
        upper, slot = tape.phases[t, 0], tape.phases[t, 3]
        if slot >= 0 and high & upper == upper:
            if tape.phases[t, 1] != mask:
                mask = tape.phases[t, 1]
                part = _above(scratch, 3 * size, mask, size)
            store(found, slot, load(found, slot) + part)


@njit(error_model="numpy")
def low_gradients(tape, operation, scratch, found):
    """Add the marginal over all rows to the slots of phases that look at low bits only."""
    size = 1 << tape.shape[2]
    for t in range(operation[2], operation[3]):
        slot = tape.phases[t, 3]
        if slot >= 0 and not tape.phases[t, 0]:
            store(found, slot, load(found, slot) + _above(scratch, 2 * size, tape.phases[t, 1], size))


@njit(error_model="numpy")
def _above(table, at, mask, size):
    """The sum of the entries whose index has all bits of the mask."""
    total = fill(table, 0.0)
    k = mask
    while k < size:
        total = total + load(table, at + k)
        k = (k + 1) | mask
    return total
