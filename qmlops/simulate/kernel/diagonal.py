"""Diagonals: one pass for any number of phases, and all their gradients from one marginal."""

from qmlops.simulate.kernel.coefficient import multiply
from qmlops.simulate.kernel.vector import FRONT, fill, fma, fnma, kernel, load, store
from qmlops.simulate.tape import LOW, PRODUCT, ROW


@kernel
def phase_row(tape, k, tables, high, coefficient, scratch):
    """Write the diagonal's entries at one high index, all low ones, to the front of scratch."""
    size = 1 << tape[0, LOW]
    lower = tables + (2 << (tape[0, ROW] - tape[0, LOW]))
    a, b = load(coefficient, tables + 2 * high), load(coefficient, tables + 2 * high + 1)
    for j in range(size):
        x, y = load(coefficient, lower + 2 * j), load(coefficient, lower + 2 * j + 1)
        store(scratch, 2 * j, fnma(b, y, a * x))
        store(scratch, 2 * j + 1, fma(b, x, a * y))
    t = tape[k, 3]
    while t < tape[k, 4]:
        mask = tape[t, 1]
        x, y = fill(scratch, 1.0), fill(scratch, 0.0)
        active = False
        while t < tape[k, 4] and tape[t, 1] == mask:
            if high & tape[t, 0] == tape[t, 0]:
                c, s = load(coefficient, tape[t, 2]), load(coefficient, tape[t, 2] + 1)
                x, y = fnma(s, y, c * x), fma(s, x, c * y)
                active = True
            t += 1
        if active:
            multiply(scratch, FRONT, mask, size, x, y)


@kernel
def begin(tape, k, state, first, last, coefficient, scratch):
    """Write the start: the product state behind the first diagonal."""
    low = tape[0, LOW]
    tables = tape[0, PRODUCT] + (2 << (tape[0, ROW] - low)) + (2 << low)
    for high in range(first >> low, last >> low):
        phase_row(tape, k, tables, high, coefficient, scratch)
        for j in range(2 << low):
            store(state, (high << (low + 1)) + j, load(scratch, j))


@kernel
def diagonal(tape, k, state, first, last, coefficient, scratch):
    """Multiply rows by a diagonal."""
    low = tape[0, LOW]
    for high in range(first >> low, last >> low):
        phase_row(tape, k, tape[k, 1], high, coefficient, scratch)
        for j in range(1 << low):
            i = (high << (low + 1)) + 2 * j
            a, b = load(state, i), load(state, i + 1)
            c, s = load(scratch, 2 * j), load(scratch, 2 * j + 1)
            store(state, i, fnma(s, b, c * a))
            store(state, i + 1, fma(s, a, c * b))


@kernel
def diagonal_back(tape, k, state, costate, first, last, coefficient, scratch, found):
    """Un-apply a diagonal from both, and add the gradient of each of its phases to its slot."""
    size = 1 << tape[0, LOW]
    sums, marginal = 2 * size, 3 * size
    for j in range(size):
        store(scratch, sums + j, fill(scratch, 0.0))
    for high in range(first // size, last // size):
        phase_row(tape, k, tape[k, 1], high, coefficient, scratch)
        whole = fill(scratch, 0.0)
        for j in range(size):
            i = 2 * (high * size + j)
            a, b = load(state, i), load(state, i + 1)
            x, y = load(costate, i), load(costate, i + 1)
            c, s = load(scratch, 2 * j), load(scratch, 2 * j + 1)
            m = fnma(x, b, y * a)
            whole = whole + m
            store(scratch, marginal + j, m)
            store(scratch, sums + j, load(scratch, sums + j) + m)
            store(state, i, fma(s, b, c * a))
            store(state, i + 1, fnma(s, a, c * b))
            store(costate, i, fma(s, y, c * x))
            store(costate, i + 1, fnma(s, x, c * y))
        phase_gradients(tape, k, high, whole, scratch, found)
    low_gradients(tape, k, scratch, found)


@kernel
def phase_gradients(tape, k, high, whole, scratch, found):
    """Add one row's marginal to the slots of phases that look at the high index."""
    size = 1 << tape[0, LOW]
    for t in range(tape[k, 2], tape[k, 3]):
        upper, slot = tape[t, 0], tape[t, 3]
        if upper and slot >= 0 and high & upper == upper:
            store(found, slot, load(found, slot) + whole)
    mask = -1
    part = fill(scratch, 0.0)
    for t in range(tape[k, 3], tape[k, 4]):
        upper, slot = tape[t, 0], tape[t, 3]
        if slot >= 0 and high & upper == upper:
            if tape[t, 1] != mask:
                mask = tape[t, 1]
                part = _above(scratch, 3 * size, mask, size)
            store(found, slot, load(found, slot) + part)


@kernel
def low_gradients(tape, k, scratch, found):
    """Add the marginal over all rows to the slots of phases that look at low bits only."""
    size = 1 << tape[0, LOW]
    for t in range(tape[k, 2], tape[k, 3]):
        slot = tape[t, 3]
        if slot >= 0 and not tape[t, 0]:
            store(found, slot, load(found, slot) + _above(scratch, 2 * size, tape[t, 1], size))


@kernel
def _above(table, at, mask, size):
    """The sum of the entries whose index has all bits of the mask."""
    total = fill(table, 0.0)
    j = mask
    while j < size:
        total = total + load(table, at + j)
        j = (j + 1) | mask
    return total
