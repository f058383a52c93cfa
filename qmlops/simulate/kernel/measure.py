"""Expectation values of observable terms, and the costate: the observables applied to the state.

All diagonal terms share one pass: a term is a factor of the high index times one of the low.
"""

from numba import njit

from qmlops.simulate.kernel.vector import LANES, fill, flip0, flip1, flip2, flip3, fma, load, store


@njit(error_model="numpy")
def odd(bits):
    """Whether a number has an odd count of ones."""
    for shift in (32, 16, 8, 4):
        bits ^= bits >> shift
    return 0x6996 >> (bits & 15) & 1


@njit(error_model="numpy")
def factor(kind, mask, value, index):
    """What some bits of an index contribute to a diagonal term: a sign, or zero or one."""
    if kind:
        return 1.0 if index & mask == value else 0.0
    return 1.0 - 2.0 * odd(index & mask)


@njit(error_model="numpy")
def split(tape, t):
    """Kind, high mask and value, low mask and value of a diagonal term."""
    term = tape.terms[t]
    rows = term[4] >> tape.shape[0]
    return term[0], term[1], rows >> tape.shape[2], term[2], rows & ((1 << tape.shape[2]) - 1)


@njit(error_model="numpy")
def measure(tape, state, first, last, scratch, found):
    """Add each term's expectation, lane by lane, to its vector of `found`; lane signs are left out."""
    low = tape.shape[2]
    size = 1 << low
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
        for t in range(len(tape.terms)):
            kind, high_mask, high_value, low_mask, low_value = split(tape, t)
            if tape.terms[t, 5] == 0 and high_mask:
                weight = factor(kind, high_mask, high_value, high)
                if weight != 0.0:
                    part = _weigh(scratch, row, size, kind, low_mask, low_value) if low_mask else whole
                    store(found, t, fma(fill(found, weight), part, load(found, t)))
    for t in range(len(tape.terms)):
        kind, high_mask, high_value, low_mask, low_value = split(tape, t)
        if tape.terms[t, 5]:
            store(found, t, load(found, t) + _string(tape, t, state, state, first, last, fill(state, 0.0), False))
        elif not high_mask:
            store(found, t, load(found, t) + _weigh(scratch, sums, size, kind, low_mask, low_value))


@njit(error_model="numpy")
def _weigh(table, at, size, kind, mask, value):
    total = fill(table, 0.0)
    for k in range(size):
        weight = factor(kind, mask, value, k)
        if weight != 0.0:
            total = fma(fill(table, weight), load(table, at + k), total)
    return total


@njit(error_model="numpy")
def observe(tape, state, costate, first, last, weights, scratch):
    """Write the costate: the sum of weights times terms, applied to the state.

    `weights` has a vector a term, lane signs included.
    """
    low = tape.shape[2]
    size = 1 << low
    table, row = 2 * size, 3 * size
    for k in range(size):
        store(scratch, table + k, fill(scratch, 0.0))
    for t in range(len(tape.terms)):
        kind, high_mask, high_value, low_mask, low_value = split(tape, t)
        if tape.terms[t, 5] == 0 and not high_mask:
            _spread(scratch, table, size, kind, low_mask, low_value, load(weights, t))
    for high in range(first >> low, last >> low):
        whole = fill(scratch, 0.0)
        for k in range(size):
            store(scratch, row + k, load(scratch, table + k))
        for t in range(len(tape.terms)):
            kind, high_mask, high_value, low_mask, low_value = split(tape, t)
            if tape.terms[t, 5] == 0 and high_mask:
                weight = fill(weights, factor(kind, high_mask, high_value, high)) * load(weights, t)
                if low_mask:
                    _spread(scratch, row, size, kind, low_mask, low_value, weight)
                else:
                    whole = whole + weight
        for k in range(size):
            i = 2 * (high * size + k)
            weight = whole + load(scratch, row + k)
            store(costate, i, weight * load(state, i))
            store(costate, i + 1, weight * load(state, i + 1))
    for t in range(len(tape.terms)):
        if tape.terms[t, 5]:
            _string(tape, t, state, costate, first, last, load(weights, t), True)


@njit(error_model="numpy")
def _spread(table, at, size, kind, mask, value, weight):
    for k in range(size):
        sign = factor(kind, mask, value, k)
        if sign != 0.0:
            store(table, at + k, fma(fill(table, sign), weight, load(table, at + k)))


@njit(error_model="numpy")
def _string(tape, t, state, target, first, last, weight, add):
    """Re <state| P |state> for a Pauli string with flips; or with `add`, target += weight · P |state>."""
    lane_bits, low = tape.shape[0], tape.shape[2]
    mask = tape.terms[t, 2] | tape.terms[t, 1] << low
    flips, ys = tape.terms[t, 5] >> lane_bits, tape.terms[t, 6] % 4
    lanes = tape.terms[t, 5] & (LANES - 1) if lane_bits else 0
    total = fill(state, 0.0)
    for row in range(first, last):
        other = row ^ flips
        sign = 1.0 - 2.0 * odd(other & mask)
        a = _moved(load(state, 2 * other), lanes)
        b = _moved(load(state, 2 * other + 1), lanes)
        signed = fill(state, -sign if ys >= 2 else sign)
        x, y = (-b, a) if ys % 2 else (a, b)
        x, y = signed * x, signed * y
        if add:
            store(target, 2 * row, fma(weight, x, load(target, 2 * row)))
            store(target, 2 * row + 1, fma(weight, y, load(target, 2 * row + 1)))
        else:
            total = fma(load(state, 2 * row), x, fma(load(state, 2 * row + 1), y, total))
    return total


@njit(error_model="numpy")
def _moved(value, lanes):
    value = flip0(value) if lanes & 1 else value
    value = flip1(value) if lanes & 2 else value
    value = flip2(value) if lanes & 4 else value
    return flip3(value) if lanes & 8 else value
