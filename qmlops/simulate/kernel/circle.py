"""Cosine and sine of sixteen angles at once, the same bits on every machine.

In half-turns the reduction to an eighth of a circle is exact; there the Taylor series to the
seventeenth power are good to the last bit or two of a double.
"""

import math

from qmlops.simulate.kernel.vector import constant, fma, kernel, rounded, select

_SINE = [(-1) ** k * math.pi ** (2 * k + 1) / math.factorial(2 * k + 1) for k in range(9)]
_COSINE = [(-1) ** k * math.pi ** (2 * k) / math.factorial(2 * k) for k in range(10)]
S0, S1, S2, S3, S4, S5, S6, S7, S8 = _SINE
C0, C1, C2, C3, C4, C5, C6, C7, C8, C9 = _COSINE


@kernel
def cosine_and_sine(turns):
    """cos and sin of pi * turns, for a vector of doubles."""
    quarters = rounded(turns * constant(2.0))
    x = fma(quarters, constant(-0.5), turns)
    y = x * x
    s = fma(constant(S8), y, constant(S7))
    s = fma(s, y, constant(S6))
    s = fma(s, y, constant(S5))
    s = fma(s, y, constant(S4))
    s = fma(s, y, constant(S3))
    s = fma(s, y, constant(S2))
    s = fma(s, y, constant(S1))
    s = fma(s, y, constant(S0)) * x
    c = fma(constant(C9), y, constant(C8))
    c = fma(c, y, constant(C7))
    c = fma(c, y, constant(C6))
    c = fma(c, y, constant(C5))
    c = fma(c, y, constant(C4))
    c = fma(c, y, constant(C3))
    c = fma(c, y, constant(C2))
    c = fma(c, y, constant(C1))
    c = fma(c, y, constant(C0))
    half = rounded(quarters * constant(0.5) - constant(0.25))
    odd = fma(half, constant(-2.0), quarters)
    # quarters = 4 a + 2 b + odd: an odd quarter swaps the two, b turns both, an odd one turns the cosine.
    turned = fma(rounded(half * constant(0.5) - constant(0.25)), constant(-2.0), half)
    sign = fma(turned, constant(-2.0), constant(1.0))
    return sign * select(odd, -s, c), sign * select(odd, c, s)
