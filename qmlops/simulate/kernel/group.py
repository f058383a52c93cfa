"""Operations by their kind, and the sums over terms and slots as numbers of a point."""

import math

from qmlops.simulate.kernel.diagonal import begin, diagonal, diagonal_back
from qmlops.simulate.kernel.measure import factor
from qmlops.simulate.kernel.start import start_back
from qmlops.simulate.kernel.turn import flip, lane_turns, lane_turns_back, turn, turn_back
from qmlops.simulate.kernel.vector import LANES, cast, fill, kernel, load, store
from qmlops.simulate.stage import DIAGONAL, LANE_TURN, ROW_TURN, START
from qmlops.simulate.tape import LANE, SLOT_ROWS, TERMS


@kernel
def apply(tape, k, state, first, last, coefficient, scratch):
    """Operation k on rows [first, last)."""
    kind = tape[k, 0]
    if kind == ROW_TURN:
        at = tape[k, 2]
        turn(state, first, last, tape[k, 1], load(coefficient, at), load(coefficient, at + 1))
    elif kind == LANE_TURN:
        lane_turns(state, first, last, coefficient, tape[k, 2])
    elif kind == DIAGONAL:
        diagonal(tape, k, state, first, last, coefficient, scratch)
    elif kind == START:
        begin(tape, k, state, first, last, coefficient, scratch)
    else:
        flip(state, first, last, tape[k, 1], tape[k, 2], chosen(tape, k, scratch), tape[0, LANE])


@kernel
def unapply(tape, k, state, costate, first, last, coefficient, scratch, found, above, below):
    """Operation k undone on state and costate, its gradients added to `found`."""
    kind = tape[k, 0]
    if kind == ROW_TURN:
        at, slot = tape[k, 2], tape[k, 3]
        c, s = load(coefficient, at), load(coefficient, at + 1)
        total = turn_back(state, costate, first, last, tape[k, 1], c, s)
        store(found, slot, load(found, slot) + total)
    elif kind == LANE_TURN:
        lane_turns_back(state, costate, first, last, coefficient, tape[k, 2], found, tape[k, 3])
    elif kind == DIAGONAL:
        diagonal_back(tape, k, state, costate, first, last, coefficient, scratch, found)
    elif kind == START:
        start_back(tape, k, state, costate, first, last, coefficient, scratch, found, above, below)
    else:
        mask = chosen(tape, k, scratch)
        flip(state, first, last, tape[k, 1], tape[k, 2], mask, tape[0, LANE])
        flip(costate, first, last, tape[k, 1], tape[k, 2], mask, tape[0, LANE])


@kernel
def chosen(tape, k, scratch):
    """One in the lanes that have all lane controls of a flip, else zero; uses scratch."""
    for lane in range(LANES):
        scratch[lane] = 1.0 if lane & tape[k, 3] == tape[k, 3] else 0.0
    return load(scratch, 0)


@kernel
def lane_factor(tape, t, lane):
    """The share of a lane, where lanes are wires, in an observable term."""
    ones = LANES - 1
    return factor(tape[t, 0], tape[t, 3], tape[t, 4] & ones, lane ^ (tape[t, 5] & ones))


@kernel
def read_values(tape, strengths, found, row, sums):
    """Add to a group's sums [rows × observables + 1] from those over terms; the last column is the norm."""
    terms, observables = strengths.shape
    points = 1 if tape[0, LANE] else min(LANES, len(sums) - row)
    for term in range(terms + 1):
        if tape[0, LANE]:
            total = 0.0
            for lane in range(LANES):
                sign = lane_factor(tape, tape[1, TERMS] + term, lane) if term < terms else 1.0
                total += sign * found[LANES * term + lane]
            found[LANES * term] = total
        if term == terms:
            for point in range(points):
                sums[row + point, observables] += found[LANES * term + point]
            continue
        for j in range(observables):
            if strengths[term, j] != 0.0:
                for point in range(points):
                    sums[row + point, j] += strengths[term, j] * found[LANES * term + point]


@kernel
def write_weights(tape, strengths, cotangent, sums, row, weights):
    """The weight of each term in the costate, from a cotangent [rows × observables], over the norms."""
    terms, observables = strengths.shape
    points = 1 if tape[0, LANE] else min(LANES, len(cotangent) - row)
    for term in range(terms):
        store(weights, term, fill(weights, 0.0))
        for j in range(observables):
            if strengths[term, j] != 0.0:
                for point in range(points):
                    share = strengths[term, j] * cotangent[row + point, j]
                    weights[LANES * term + point] += share / sums[row + point, observables]
        if tape[0, LANE]:
            total = weights[LANES * term]
            for lane in range(LANES):
                weights[LANES * term + lane] = total * lane_factor(tape, tape[1, TERMS] + term, lane)


@kernel
def read_slots(tape, reals, found, points, row, first, gradient):
    """Add a group's slots to the gradient, flat: for each symbol from the first on, groups of sixteen rows."""
    begins = tape[1, SLOT_ROWS]
    across = (len(points) + LANES - 1) // LANES
    width = LANES * across
    for slot in range(tape[2, SLOT_ROWS] - begins):
        kind, lanes, form = tape[begins + slot, 0], tape[begins + slot, 1], tape[begins + slot, 2]
        scale = 2 * math.pi if kind % 2 else math.pi
        if tape[0, LANE]:
            value = scale * (_over_lanes(found, slot, kind, lanes) if kind < 2 else found[LANES * slot])
            for k in range(tape[form, 0], tape[form, 1]):
                i, j = tape[k, 0], tape[k, 1]
                if i >= first:
                    gradient[(i - first) * width + row] += reals[k] * value * (points[row, j] if j >= 0 else 1.0)
                if j >= first:
                    gradient[(j - first) * width + row] += reals[k] * value * points[row, i]
            continue
        for k in range(tape[form, 0], tape[form, 1]):
            i, j = tape[k, 0], tape[k, 1]
            value = fill(gradient, scale * reals[k]) * cast(gradient, load(found, slot))
            if j < 0:
                if i >= first:
                    at = (i - first) * across + row // LANES
                    store(gradient, at, load(gradient, at) + value)
                continue
            for lane in range(min(LANES, len(points) - row)):
                share = scale * reals[k] * found[LANES * slot + lane]
                if i >= first:
                    gradient[(i - first) * width + row + lane] += share * points[row + lane, j]
                if j >= first:
                    gradient[(j - first) * width + row + lane] += share * points[row + lane, i]


@kernel
def _over_lanes(found, slot, kind, lanes):
    """One number from a slot whose lanes are wires."""
    total = 0.0
    for lane in range(LANES):
        value = found[LANES * slot + lane]
        if kind == 1:
            total += value if lane & lanes == lanes else 0.0
        elif lanes < 0:
            total += value
        else:
            total += value if lane >> lanes & 1 else -value
    return total


@kernel
def clear(array):
    for k in range(len(array) // LANES):
        store(array, k, fill(array, 0.0))
