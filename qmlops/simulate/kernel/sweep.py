"""The entry points: values and gradients of all groups of points, groups spread over threads.

Each thread takes every k-th group, so that equal inputs give equal bits for any number of
threads.
"""

import numpy as np
from numba import njit, prange

from qmlops.simulate.kernel.group import (
    clear,
    prepare,
    read_slots,
    read_values,
    scratch_for,
    unapply,
    write_weights,
)
from qmlops.simulate.kernel.measure import measure, observe
from qmlops.simulate.kernel.start import finish_start, start_back
from qmlops.simulate.kernel.vector import LANES


@njit(error_model="numpy")
def _forward(tape, strengths, angles, worker, workers, states, coefficient, values):
    scratch = scratch_for(tape, states)
    found = np.empty(max(len(tape.terms), 1) * LANES, dtype=states.dtype)
    step = 1 if tape.shape[0] else LANES
    for group in range(worker, len(states), workers):
        row = group * step
        prepare(tape, angles, row, states[group], coefficient[group], scratch)
        clear(found, len(tape.terms))
        measure(tape, states[group], 0, 1 << tape.shape[1], scratch, found)
        read_values(tape, strengths, found, row, values)


@njit(error_model="numpy")
def _backward(tape, strengths, cotangent, worker, workers, states, costate, coefficient, gradient):
    rows, low = 1 << tape.shape[1], tape.shape[2]
    scratch = scratch_for(tape, states)
    weights = np.empty(max(len(tape.terms), 1) * LANES, dtype=states.dtype)
    found = np.empty(max(len(tape.slots), 1) * LANES, dtype=states.dtype)
    above = np.empty((2 * rows >> low) * LANES, dtype=states.dtype)
    below = np.empty((2 << low) * LANES, dtype=states.dtype)
    step = 1 if tape.shape[0] else LANES
    for group in range(worker, len(states), workers):
        row = group * step
        state, table = states[group], coefficient[group]
        write_weights(tape, strengths, cotangent, row, weights)
        observe(tape, state, costate, 0, rows, weights, scratch)
        clear(found, len(tape.slots))
        for k in range(len(tape.operations) - 1, -1, -1):
            unapply(tape, tape.operations[k], state, costate, 0, rows, table, scratch, found)
        clear(below, 2 << low)
        start_back(tape, state, costate, 0, rows, table, scratch, found, above, below)
        finish_start(tape, table, above, below, found)
        read_slots(tape, found, row, gradient)


@njit(error_model="numpy", cache=True, nogil=True)
def forward(tape, strengths, angles, states, coefficient, values):
    """Final states and values of all groups."""
    _forward(tape, strengths, angles, 0, 1, states, coefficient, values)


@njit(error_model="numpy", cache=True, nogil=True)
def backward(tape, strengths, cotangent, states, costates, coefficient, gradient):
    """The gradient in the angles; uses the states up."""
    _backward(tape, strengths, cotangent, 0, 1, states, costates[0], coefficient, gradient)


@njit(error_model="numpy", cache=True, nogil=True, parallel=True)
def forward_threads(tape, strengths, angles, states, coefficient, values):
    """As forward, over all threads."""
    workers = 2
    for worker in prange(workers):
        _forward(tape, strengths, angles, worker, workers, states, coefficient, values)


@njit(error_model="numpy", cache=True, nogil=True, parallel=True)
def backward_threads(tape, strengths, cotangent, states, costates, coefficient, gradient):
    """As backward, over all threads."""
    workers = len(costates)
    for worker in prange(workers):
        _backward(tape, strengths, cotangent, worker, workers, states, costates[worker], coefficient, gradient)
