"""A SIMD vector of sixteen reals as a numba type, so that kernels say what the processor does.

Numba's own loop vectoriser must prove that arrays do not overlap and often gives up; here a load
is one vector load and `fma` is one fused multiply-add. Sixteen floats fill one AVX-512 register
or two of AVX2, and results are the same bits on both. Arrays are flat; index `i` names the
sixteen numbers from 16 i on.
"""

from __future__ import annotations

import operator

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

LANES = 16
FRONT = np.int64(0)
"""A zero that numba takes for any integer; for a literal it would compile the callee again."""
kernel = njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False)
"""For functions that only compiled code calls: without their Python wrappers they compile in half the time."""


class Vector(types.Type):
    """Sixteen numbers of one float type."""

    def __init__(self, scalar):
        self.scalar = scalar
        super().__init__(name=f"Vector({scalar})")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, ir.VectorType(_scalar(kind.scalar), LANES))


def _scalar(kind):
    return ir.FloatType() if kind == types.float32 else ir.DoubleType()


def _address(context, builder, kind, array, index):
    pointer = cgutils.create_struct_proxy(kind)(context, builder, value=array).data
    whole = ir.VectorType(_scalar(kind.dtype), LANES).as_pointer()
    return builder.gep(builder.bitcast(pointer, whole), [index])


@intrinsic
def load(typing, array, index):
    """Vector number `index` of an array."""

    def build(context, builder, signature, args):
        found = builder.load(_address(context, builder, signature.args[0], *args))
        found.align = 4
        return found

    return Vector(array.dtype)(array, types.intp), build


@intrinsic
def store(typing, array, index, value):
    """Write vector number `index` of an array."""

    def build(context, builder, signature, args):
        builder.store(args[2], _address(context, builder, signature.args[0], *args[:2]), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, value), build


@intrinsic
def fill(typing, array, value):
    """A vector of equal numbers, of the array's type."""

    def build(context, builder, signature, args):
        scalar = context.cast(builder, args[1], signature.args[1], signature.args[0].dtype)
        single = ir.VectorType(scalar.type, LANES)
        first = builder.insert_element(ir.Constant(single, ir.Undefined), scalar, ir.Constant(ir.IntType(32), 0))
        mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(first, ir.Constant(single, ir.Undefined), mask)

    return Vector(array.dtype)(array, value), build


def _fused(builder, a, b, c):
    kind = a.type
    width = 32 if kind.element == ir.FloatType() else 64
    function = ir.FunctionType(kind, [kind] * 3)
    return builder.call(
        cgutils.get_or_insert_function(builder.module, function, f"llvm.fma.v{LANES}f{width}"), [a, b, c]
    )


@intrinsic
def fma(typing, a, b, c):
    """a * b + c, rounded once."""

    def build(context, builder, signature, args):
        return _fused(builder, *args)

    return a(a, a, a), build


@intrinsic
def fnma(typing, a, b, c):
    """c - a * b, rounded once."""

    def build(context, builder, signature, args):
        return _fused(builder, builder.fneg(args[0]), args[1], args[2])

    return a(a, a, a), build


@intrinsic
def constant(typing, value):
    """A vector of equal doubles."""

    def build(context, builder, signature, args):
        single = ir.VectorType(ir.DoubleType(), LANES)
        nothing = ir.Constant(single, ir.Undefined)
        first = builder.insert_element(nothing, args[0], ir.Constant(ir.IntType(32), 0))
        mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(first, nothing, mask)

    return Vector(types.float64)(types.float64), build


@intrinsic
def rounded(typing, value):
    """The nearest integers, halves to even."""

    def build(context, builder, signature, args):
        kind = args[0].type
        width = 32 if kind.element == ir.FloatType() else 64
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(kind, [kind]), f"llvm.rint.v{LANES}f{width}"
        )
        return builder.call(function, args)

    return value(value), build


@intrinsic
def cast(typing, array, value):
    """A vector as the array's type."""

    def build(context, builder, signature, args):
        to = ir.VectorType(_scalar(signature.return_type.scalar), LANES)
        if to == args[1].type:
            return args[1]
        return (builder.fptrunc if to.element == ir.FloatType() else builder.fpext)(args[1], to)

    return Vector(array.dtype)(array, value), build


def _flip(bit):
    """The intrinsic that gives lane l the number of lane l ^ 2^bit."""

    @intrinsic
    def flip(typing, value):
        def build(context, builder, signature, args):
            order = [lane ^ (1 << bit) for lane in range(LANES)]
            mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), order)
            return builder.shuffle_vector(args[0], ir.Constant(args[0].type, ir.Undefined), mask)

        return value(value), build

    return flip


flip0, flip1, flip2, flip3 = (_flip(bit) for bit in range(4))


@intrinsic
def select(typing, mask, yes, no):
    """Lane by lane: `yes` where the mask is not zero, else `no`."""

    def build(context, builder, signature, args):
        zero = ir.Constant(args[0].type, [0.0] * LANES)
        return builder.select(builder.fcmp_ordered("!=", args[0], zero), args[1], args[2])

    return yes(mask, yes, yes), build


def _elementwise(symbol, name):
    """Give an operator its meaning on vectors, in place, without a function call around it."""

    @infer_global(symbol)
    class _Typed(AbstractTemplate):
        def generic(self, args, kws):
            return signature(args[0], *args) if args and all(isinstance(a, Vector) for a in args) else None

    @lower_builtin(symbol, *[Vector] * (1 if name == "fneg" else 2))
    def _lowered(context, builder, signature, args):
        return getattr(builder, name)(*args)


for _symbol, _name in ((operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul"), (operator.neg, "fneg")):
    _elementwise(_symbol, _name)
