"""JAX: a state vector program, jit of vmap of value_and_grad, as a user would write it well.

Real rotations stay real, a diagonal multiplies elementwise, and XLA fuses what it can.
"""

import os

if os.environ.get("OMP_NUM_THREADS") == "1":
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
VERSION = f"jax {jax.__version__}"


def arrays(inputs, weights, bits):
    kind = jnp.float32 if bits == 32 else jnp.float64
    return jnp.array(inputs, dtype=kind), jnp.array(weights, dtype=kind)


def prepare(circuit, bits, threads):
    kind = jnp.complex64 if bits == 32 else jnp.complex128
    n = circuit.width
    column = {name: k for k, name in enumerate([*circuit.inputs, *circuit.weights])}
    signs = np.zeros(2**n)
    for wire in range(n):
        signs += 1 - 2 * (np.arange(2**n) >> (n - 1 - wire) & 1)
    signs = jnp.array(signs, dtype=jnp.float32 if bits == 32 else jnp.float64)

    def matrix(name, t):
        c, s = jnp.cos(t / 2), jnp.sin(t / 2)
        if name == "ry":
            return jnp.array([[c, -s], [s, c]])
        return jnp.array([[c, -1j * s], [-1j * s, c]]).astype(kind)

    def state_of(inputs, weights):
        angles = jnp.concatenate([inputs, weights])
        state = jnp.zeros(2**n, dtype=kind).at[0].set(1)
        for name, wires, angle in circuit.gates:
            t = None if angle is None else angles[column[angle[0]]] * angle[1]
            if name in ("cz", "cx", "zz"):
                a, b = wires
                shape = state.reshape((2,) * n)
                if name == "cx":
                    zero = jnp.take(shape, 0, axis=a)
                    one = jnp.flip(jnp.take(shape, 1, axis=a), axis=b if b < a else b - 1)
                    state = jnp.stack([zero, one], axis=a).reshape(-1)
                    continue
                bits_a, bits_b = (np.arange(2**n) >> (n - 1 - w) & 1 for w in wires)
                if name == "cz":
                    state = state * jnp.array(1 - 2 * (bits_a & bits_b), dtype=signs.dtype)
                else:
                    parity = jnp.array(1 - 2 * (bits_a ^ bits_b), dtype=signs.dtype)
                    state = state * jnp.exp(-0.5j * t * parity).astype(kind)
                continue
            (wire,) = wires
            shape = state.reshape(2**wire, 2, -1)
            if name == "rz":
                phase = jnp.array([jnp.exp(-0.5j * t), jnp.exp(0.5j * t)]).astype(kind)
                state = (shape * phase[None, :, None]).reshape(-1)
                continue
            u = jnp.array([[1, 1], [1, -1]], dtype=signs.dtype) / np.sqrt(2) if name == "h" else matrix(name, t)
            zero, one = shape[:, 0], shape[:, 1]
            rows = [u[0, 0] * zero + u[0, 1] * one, u[1, 0] * zero + u[1, 1] * one]
            state = jnp.stack(rows, axis=1).astype(kind).reshape(-1)
        return state

    def value(weights, inputs):
        state = jax.vmap(state_of, in_axes=(0, None))(inputs, weights)
        chances = jnp.real(state) ** 2 + jnp.imag(state) ** 2
        return jnp.mean(chances @ signs)

    compiled = jax.jit(jax.value_and_grad(value))

    def step(inputs, weights):
        found, gradient = compiled(jnp.asarray(weights, signs.dtype), jnp.asarray(inputs, signs.dtype))
        return float(found), np.asarray(gradient)

    return step
