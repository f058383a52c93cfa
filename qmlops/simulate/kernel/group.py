"""One group of points through the whole tape: sixteen points in lanes, or one point."""

import math

import numpy as np
from numba import njit

from qmlops.simulate.kernel.coefficient import coefficients
from qmlops.simulate.kernel.diagonal import begin, diagonal, diagonal_back
from qmlops.simulate.kernel.measure import factor
from qmlops.simulate.kernel.turn import flip, lane_turns, lane_turns_back, turn, turn_back
from qmlops.simulate.kernel.vector import LANES, fill, load, store


@njit(error_model="numpy")
def apply(tape, operation, state, first, last, coefficient, scratch):
    """One operation of a tape on rows [first, last)."""
    kind = operation[0]
    if kind == 0:
        at = operation[2]
        turn(state, first, last, operation[1], load(coefficient, at), load(coefficient, at + 1))
    elif kind == 1:
        lane_turns(state, first, last, coefficient, operation[2])
    elif kind == 2:
        diagonal(tape, operation, state, first, last, coefficient, scratch)
    else:
        flip(state, first, last, operation[1], operation[2], chosen(tape, operation, scratch), tape.shape[0])


@njit(error_model="numpy")
def unapply(tape, operation, state, costate, first, last, coefficient, scratch, found):
    """One operation undone on state and costate, its gradients added to `found`."""
    kind = operation[0]
    if kind == 0:
        at, slot = operation[2], operation[3]
        c, s = load(coefficient, at), load(coefficient, at + 1)
        total = turn_back(state, costate, first, last, operation[1], c, s)
        store(found, slot, load(found, slot) + total)
    elif kind == 1:
        lane_turns_back(state, costate, first, last, coefficient, operation[2], found, operation[3])
    elif kind == 2:
        diagonal_back(tape, operation, state, costate, first, last, coefficient, scratch, found)
    else:
        mask = chosen(tape, operation, scratch)
        flip(state, first, last, operation[1], operation[2], mask, tape.shape[0])
        flip(costate, first, last, operation[1], operation[2], mask, tape.shape[0])


@njit(error_model="numpy")
def chosen(tape, operation, scratch):
    """One in the lanes that have all lane controls of a flip, else zero; uses scratch."""
    for lane in range(LANES):
        scratch[lane] = 1.0 if lane & operation[3] == operation[3] else 0.0
    return load(scratch, 0)


@njit(error_model="numpy")
def prepare(tape, angles, row, state, coefficient, scratch):
    """The final state of the group that begins at a row; fills its coefficients."""
    coefficients(tape, angles, row, len(angles), coefficient)
    rows = 1 << tape.shape[1]
    begin(tape, state, 0, rows, coefficient, scratch)
    for operation in tape.operations:
        apply(tape, operation, state, 0, rows, coefficient, scratch)


@njit(error_model="numpy")
def lane_factor(tape, t, lane):
    """The share of a lane, where lanes are wires, in an observable term."""
    ones = LANES - 1
    term = tape.terms[t]
    return factor(term[0], term[3], term[4] & ones, lane ^ (term[5] & ones))


@njit(error_model="numpy")
def read_values(tape, strengths, found, row, values):
    """Values of a group's points [rows × observables] from the sums over terms."""
    for t in range(len(tape.terms)):
        if tape.shape[0]:
            total = 0.0
            for lane in range(LANES):
                total += lane_factor(tape, t, lane) * found[LANES * t + lane]
            for k in range(strengths.shape[1]):
                values[row, k] += strengths[t, k] * total
        else:
            for lane in range(min(LANES, len(values) - row)):
                for k in range(strengths.shape[1]):
                    values[row + lane, k] += strengths[t, k] * found[LANES * t + lane]


@njit(error_model="numpy")
def write_weights(tape, strengths, cotangent, row, weights):
    """The weight of each term in the costate, from a cotangent [rows × observables]."""
    for t in range(len(tape.terms)):
        for lane in range(LANES):
            point = row if tape.shape[0] else min(row + lane, len(cotangent) - 1)
            total = 0.0
            for k in range(strengths.shape[1]):
                total += strengths[t, k] * cotangent[point, k]
            weights[LANES * t + lane] = total * lane_factor(tape, t, lane) if tape.shape[0] else total


@njit(error_model="numpy")
def read_slots(tape, found, row, gradient):
    """Add a group's slots to the gradient in the angles [rows × angles]."""
    for slot in range(len(tape.slots)):
        kind, lanes, form = tape.slots[slot, 0], tape.slots[slot, 1], tape.slots[slot, 2]
        scale = 2 * math.pi if kind % 2 else math.pi
        points = 1 if tape.shape[0] else min(LANES, len(gradient) - row)
        for point in range(points):
            value = found[LANES * slot + point] * 1.0
            if tape.shape[0] and kind < 2:
                value = _over_lanes(found, slot, kind, lanes)
            for k in range(tape.forms[form], tape.forms[form + 1]):
                gradient[row + point, tape.angles[k]] += scale * tape.factors[k] * value


@njit(error_model="numpy")
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


@njit(error_model="numpy")
def clear(array, vectors):
    for k in range(vectors):
        store(array, k, fill(array, 0.0))


@njit(error_model="numpy")
def scratch_for(tape, like):
    """Room for the kernels' tables of one block."""
    return np.empty((4 << tape.shape[2]) * LANES + LANES, dtype=like.dtype)
