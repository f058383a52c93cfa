"""Expectation values of observable terms, and the costate: the observables applied to the state.

All diagonal terms share one pass: a term is a factor of the high index times one of the low.
"""

from qmlops.simulate.kernel.vector import fill, flip0, flip1, flip2, flip3, fma, kernel, load, store
from qmlops.simulate.tape import LANE, LOW, TERMS


@kernel
def odd(bits):
    """Whether a number has an odd count of ones."""
    bits ^= bits >> 32
    bits ^= bits >> 16
    bits ^= bits >> 8
    bits ^= bits >> 4
    return 0x6996 >> (bits & 15) & 1


@kernel
def factor(kind, mask, value, index):
    """What some bits of an index contribute to a diagonal term: a sign, or zero or one."""
    if kind:
        return 1.0 if index & mask == value else 0.0
    return 1.0 - 2.0 * odd(index & mask)


@kernel
def split(tape, t):
    """Kind, high mask and value, low mask and value of a diagonal term."""
    rows = tape[t, 4] >> tape[0, LANE]
    return tape[t, 0], tape[t, 1], rows >> tape[0, LOW], tape[t, 2], rows & ((1 << tape[0, LOW]) - 1)


@kernel
def measure(tape, state, first, last, scratch, found):
    """Add each term's expectation, lane by lane, to its vector of `found`, and the norm behind them.

    Signs of lanes are left out.
    """
    low = tape[0, LOW]
    size = 1 << low
    begin = tape[1, TERMS]
    sums, row = 2 * size, 3 * size
    for k in range(size):
        store(scratch, sums + k, fill(scratch, 0.0))
    for high in range(first >> low, last >> low):
        whole = fill(scratch, 0.0)
        for k in range(size):
            i = 2 * (high * size + k)
            a, b = load(state, i), load(state, i + 1)
            p = fma(b, b, a * a)
            whole = whole + p
            store(scratch, row + k, p)
            store(scratch, sums + k, load(scratch, sums + k) + p)
        for t in range(tape[1, TERMS], tape[2, TERMS]):
            kind, high_mask, high_value, low_mask, low_value = split(tape, t)
            if tape[t, 5] == 0 and high_mask:
                weight = factor(kind, high_mask, high_value, high)
                if weight != 0.0:
                    part = _weigh(scratch, row, size, kind, low_mask, low_value) if low_mask else whole
                    store(found, t - begin, fma(fill(found, weight), part, load(found, t - begin)))
    for t in range(tape[1, TERMS], tape[2, TERMS]):
        kind, high_mask, high_value, low_mask, low_value = split(tape, t)
        if tape[t, 5]:
            part = _expect(tape, t, state, first, last)
            store(found, t - begin, load(found, t - begin) + part)
        elif not high_mask:
            part = _weigh(scratch, sums, size, kind, low_mask, low_value)
            store(found, t - begin, load(found, t - begin) + part)
    norm = tape[2, TERMS] - begin
    for k in range(size):
        store(found, norm, load(found, norm) + load(scratch, sums + k))


@kernel
def _weigh(table, at, size, kind, mask, value):
    total = fill(table, 0.0)
    for k in range(size):
        weight = factor(kind, mask, value, k)
        if weight != 0.0:
            total = fma(fill(table, weight), load(table, at + k), total)
    return total


@kernel
def observe(tape, state, costate, first, last, weights, scratch):
    """Write the costate: the sum of weights times terms, applied to the state.

    `weights` has a vector a term, lane signs included.
    """
    low = tape[0, LOW]
    size = 1 << low
    begin = tape[1, TERMS]
    table, row = 2 * size, 3 * size
    for k in range(size):
        store(scratch, table + k, fill(scratch, 0.0))
    for t in range(tape[1, TERMS], tape[2, TERMS]):
        kind, high_mask, high_value, low_mask, low_value = split(tape, t)
        if tape[t, 5] == 0 and not high_mask:
            _spread(scratch, table, size, kind, low_mask, low_value, load(weights, t - begin))
    for high in range(first >> low, last >> low):
        whole = fill(scratch, 0.0)
        for k in range(size):
            store(scratch, row + k, load(scratch, table + k))
        for t in range(tape[1, TERMS], tape[2, TERMS]):
            kind, high_mask, high_value, low_mask, low_value = split(tape, t)
            if tape[t, 5] == 0 and high_mask:
                weight = fill(weights, factor(kind, high_mask, high_value, high)) * load(weights, t - begin)
                if low_mask:
                    _spread(scratch, row, size, kind, low_mask, low_value, weight)
                else:
                    whole = whole + weight
        for k in range(size):
            i = 2 * (high * size + k)
            weight = whole + load(scratch, row + k)
            store(costate, i, weight * load(state, i))
            store(costate, i + 1, weight * load(state, i + 1))
    for t in range(tape[1, TERMS], tape[2, TERMS]):
        if tape[t, 5]:
            _add(tape, t, state, costate, first, last, load(weights, t - begin))


@kernel
def _spread(table, at, size, kind, mask, value, weight):
    for k in range(size):
        sign = factor(kind, mask, value, k)
        if sign != 0.0:
            store(table, at + k, fma(fill(table, sign), weight, load(table, at + k)))


@kernel
def _expect(tape, t, state, first, last):
    """Re <state| P |state> for a Pauli string with flips."""
    total = fill(state, 0.0)
    for row in range(first, last):
        x, y = _image(tape, t, state, row)
        total = fma(load(state, 2 * row), x, fma(load(state, 2 * row + 1), y, total))
    return total


@kernel
def _add(tape, t, state, target, first, last, weight):
    """target += weight · P |state> for a Pauli string with flips."""
    for row in range(first, last):
        x, y = _image(tape, t, state, row)
        store(target, 2 * row, fma(weight, x, load(target, 2 * row)))
        store(target, 2 * row + 1, fma(weight, y, load(target, 2 * row + 1)))


@kernel
def _image(tape, t, state, row):
    """One row of P |state>, without the signs of lanes."""
    lanes = tape[t, 5] & ((1 << tape[0, LANE]) - 1)
    other = row ^ (tape[t, 5] >> tape[0, LANE])
    sign = 1.0 - 2.0 * odd(other & (tape[t, 2] | tape[t, 1] << tape[0, LOW]))
    if tape[t, 6] & 2:
        sign = -sign
    signed = fill(state, sign)
    a = signed * _moved(load(state, 2 * other), lanes)
    b = signed * _moved(load(state, 2 * other + 1), lanes)
    if tape[t, 6] & 1:
        return -b, a
    return a, b


@kernel
def _moved(value, lanes):
    value = flip0(value) if lanes & 1 else value
    value = flip1(value) if lanes & 2 else value
    value = flip2(value) if lanes & 4 else value
    return flip3(value) if lanes & 8 else value
