"""The compiled kernels of the gradient engine; importing them imports numba."""
