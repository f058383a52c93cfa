"""Forward and backward as C functions of addresses, so that calling them needs no Numba."""

from __future__ import annotations

from numba import cfunc, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from qmlops.simulate.kernel import sweep
from qmlops.simulate.kernel.vector import LANES, kernel
from qmlops.simulate.part import Part
from qmlops.simulate.tape import COEFFICIENTS, COLUMNS, FORMS, LANE, LOW, ROW, SLOTS, TERMS

INTEGERS, DOUBLES, BYTES = (types.CPointer(kind) for kind in (types.int64, types.float64, types.uint8))
SCALARS = {"float32": types.float32, "float64": types.float64}


@intrinsic
def at(typing, pointer, shape):
    """The array of so many rows, or rows and columns, that begins at a pointer."""
    dimensions = shape.count if isinstance(shape, types.BaseTuple) else 1
    whole = types.UniTuple(types.intp, dimensions)
    array = types.Array(pointer.dtype, dimensions, "C")

    def build(context, builder, signature, args):
        sizes = context.cast(builder, args[1], signature.args[1], whole if dimensions > 1 else types.intp)
        lengths = cgutils.unpack_tuple(builder, sizes) if dimensions > 1 else [sizes]
        width = context.get_constant(types.intp, array.dtype.bitwidth // 8)
        strides = [builder.mul(width, lengths[1]), width] if dimensions > 1 else [width]
        made = make_array(array)(context, builder)
        populate_array(made, args[0], lengths, strides, width, meminfo=None)
        return made._getvalue()

    return array(pointer, shape), build


@kernel
def _sizes(tape, rows):
    """Groups of points, terms, and the lengths of a state, of its coefficients and of what is found."""
    groups = rows if tape[0, LANE] else (rows + LANES - 1) // LANES
    terms = tape[2, TERMS] - tape[1, TERMS]
    return (
        groups,
        terms,
        2 * LANES << tape[0, ROW],
        LANES * tape[0, COEFFICIENTS],
        LANES * max(tape[0, SLOTS], terms + 1),
    )


def _forward(scalar):
    many = types.CPointer(scalar)
    given = [INTEGERS, INTEGERS, DOUBLES, DOUBLES, DOUBLES, many, many, DOUBLES, many, many, many, DOUBLES, BYTES]

    @cfunc(types.void(*given), error_model="numpy", _nrt=False)
    def entry(call, tape, reals, strengths, points, states, coefficient, sums, found, scratch, buffer, line, constant):
        rows, symbols, observables = call[0], call[1], call[2]
        part = Part(
            call[3], call[4], call[5], call[6], call[7], call[8], call[9], call[10], call[11], call[12], call[13]
        )
        table = at(tape, (tape[2 * COLUMNS + FORMS], COLUMNS))
        groups, terms, state, coefficients, slots = _sizes(table, rows)
        sweep.forward(
            table,
            at(reals, len(table)),
            at(strengths, (terms, observables)),
            at(points, (rows, symbols)),
            part,
            at(states, (groups, state)),
            at(coefficient, (groups, coefficients)),
            at(sums, (rows, observables + 1)),
            at(found, slots),
            at(scratch, 0),
            at(buffer, 0),
            at(line, LANES),
            at(constant, symbols),
        )

    return entry


def _backward(scalar):
    many = types.CPointer(scalar)
    given = [INTEGERS, INTEGERS, DOUBLES, DOUBLES, DOUBLES, DOUBLES, many, many, DOUBLES, many, DOUBLES, *(many,) * 6]

    @cfunc(types.void(*given), error_model="numpy", _nrt=False)
    def entry(
        call, tape, reals, strengths, points, cotangent, states, coefficient, sums, costate, gradient, found,
        scratch, buffer, cobuffer, above, below,
    ):  # fmt: skip
        rows, symbols, observables = call[0], call[1], call[2]
        part = Part(
            call[3], call[4], call[5], call[6], call[7], call[8], call[9], call[10], call[11], call[12], call[13]
        )
        table = at(tape, (tape[2 * COLUMNS + FORMS], COLUMNS))
        groups, terms, state, coefficients, slots = _sizes(table, rows)
        sweep.backward(
            table,
            at(reals, len(table)),
            at(strengths, (terms, observables)),
            at(points, (rows, symbols)),
            at(cotangent, (rows, observables)),
            part,
            at(states, (groups, state)),
            at(coefficient, (groups, coefficients)),
            at(sums, (rows, observables + 1)),
            at(costate, state),
            at(gradient, 0),
            at(found, slots),
            at(scratch, 0),
            at(buffer, 0),
            at(cobuffer, 0),
            at(above, 0),
            at(below, LANES * ((2 << table[0, LOW]) + 2 * LANES)),
        )

    return entry


ENTRIES = {"forward": _forward, "backward": _backward}
