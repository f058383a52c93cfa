"""Turns and flips on rows and on lanes, forward, and backward on state and costate at once."""

from qmlops.simulate.kernel.vector import fill, flip0, flip1, flip2, flip3, fma, fnma, kernel, load, select, store


@kernel
def turn(state, first, last, bit, c, s):
    """[[c, -s], [s, c]] on a bit of the rows in [first, last)."""
    below = (1 << bit) - 1
    for k in range((last - first) >> 1):
        i = 2 * (first + (k >> bit << (bit + 1) | k & below))
        j = i + (2 << bit)
        for part in range(2):
            a, b = load(state, i + part), load(state, j + part)
            store(state, i + part, fnma(s, b, c * a))
            store(state, j + part, fma(s, a, c * b))


@kernel
def turn_back(state, costate, first, last, bit, c, s):
    """Un-apply a turn from both; gives Re <costate| (lower with upper, antisymmetric) |state>."""
    below = (1 << bit) - 1
    found = fill(state, 0.0)
    for k in range((last - first) >> 1):
        i = 2 * (first + (k >> bit << (bit + 1) | k & below))
        j = i + (2 << bit)
        for part in range(2):
            a, b = load(state, i + part), load(state, j + part)
            x, y = load(costate, i + part), load(costate, j + part)
            found = fnma(x, b, fma(y, a, found))
            store(state, i + part, fma(s, b, c * a))
            store(state, j + part, fnma(s, a, c * b))
            store(costate, i + part, fma(s, y, c * x))
            store(costate, j + part, fnma(s, x, c * y))
    return found


@kernel
def lane_turns(state, first, last, coefficient, at):
    """Four turns, one a lane bit, in one pass; sines carry the sign of their lane."""
    c0, s0 = load(coefficient, at), load(coefficient, at + 1)
    c1, s1 = load(coefficient, at + 2), load(coefficient, at + 3)
    c2, s2 = load(coefficient, at + 4), load(coefficient, at + 5)
    c3, s3 = load(coefficient, at + 6), load(coefficient, at + 7)
    for k in range(2 * first, 2 * last):
        a = load(state, k)
        a = fma(s0, flip0(a), c0 * a)
        a = fma(s1, flip1(a), c1 * a)
        a = fma(s2, flip2(a), c2 * a)
        store(state, k, fma(s3, flip3(a), c3 * a))


@kernel
def lane_turns_back(state, costate, first, last, coefficient, at, found, slot):
    """Un-apply four lane turns from both; adds costate times flipped state to four slots."""
    c0, s0 = load(coefficient, at), load(coefficient, at + 1)
    c1, s1 = load(coefficient, at + 2), load(coefficient, at + 3)
    c2, s2 = load(coefficient, at + 4), load(coefficient, at + 5)
    c3, s3 = load(coefficient, at + 6), load(coefficient, at + 7)
    d0 = d1 = d2 = d3 = fill(state, 0.0)
    for k in range(2 * first, 2 * last):
        a, x = load(state, k), load(costate, k)
        f = flip0(a)
        d0 = fma(x, f, d0)
        a, x = fnma(s0, f, c0 * a), fnma(s0, flip0(x), c0 * x)
        f = flip1(a)
        d1 = fma(x, f, d1)
        a, x = fnma(s1, f, c1 * a), fnma(s1, flip1(x), c1 * x)
        f = flip2(a)
        d2 = fma(x, f, d2)
        a, x = fnma(s2, f, c2 * a), fnma(s2, flip2(x), c2 * x)
        f = flip3(a)
        d3 = fma(x, f, d3)
        store(state, k, fnma(s3, f, c3 * a))
        store(costate, k, fnma(s3, flip3(x), c3 * x))
    store(found, slot, load(found, slot) + d0)
    store(found, slot + 1, load(found, slot + 1) + d1)
    store(found, slot + 2, load(found, slot + 2) + d2)
    store(found, slot + 3, load(found, slot + 3) + d3)


@kernel
def flip(state, first, last, target, controls, chosen, lane_bits):
    """Swap the halves of an index bit, where the row has all control bits and the lane is chosen."""
    if target >= lane_bits:
        bit = target - lane_bits
        below = (1 << bit) - 1
        for k in range((last - first) >> 1):
            row = first + (k >> bit << (bit + 1) | k & below)
            if row & controls == controls:
                for i in range(2 * row, 2 * row + 2):
                    a, b = load(state, i), load(state, i + (2 << bit))
                    store(state, i, select(chosen, b, a))
                    store(state, i + (2 << bit), select(chosen, a, b))
        return
    for row in range(first, last):
        if row & controls == controls:
            for i in range(2 * row, 2 * row + 2):
                a = load(state, i)
                b = flip0(a) if target == 0 else flip1(a) if target == 1 else flip2(a) if target == 2 else flip3(a)
                store(state, i, select(chosen, b, a))
