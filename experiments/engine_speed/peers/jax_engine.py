"""JAX: jit of value_and_grad of vmap, with what a careful user would do by hand.

One-qubit gates on a wire are multiplied before they meet the state, and fixed CZ runs are one sign
pattern. Few wires: elementwise, which XLA fuses; more: one contraction a matrix, because XLA's
fusion of long elementwise chains computes them again and again.
"""

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
VERSION = f"jax {jax.__version__}"
ELEMENTWISE = 6


def arrays(inputs, weights, bits):
    kind = jnp.float32 if bits == 32 else jnp.float64
    return jnp.array(inputs, dtype=kind), jnp.array(weights, dtype=kind)


def merged(circuit):
    """Steps: ("one", wire, gates), ("signs", pairs), ("cx", pair) or ("zz", pair, angle)."""
    waiting = {}
    steps = []

    def flush(wires):
        for wire in wires:
            if wire in waiting:
                steps.append(("one", wire, waiting.pop(wire)))

    for name, wires, angle in circuit.gates:
        if len(wires) == 1:
            waiting.setdefault(wires[0], []).append((name, angle))
            continue
        flush(wires)
        if name == "cz" and steps and steps[-1][0] == "signs":
            steps[-1][1].append(wires)
        elif name == "cz":
            steps.append(("signs", [wires]))
        else:
            steps.append((name, wires, angle))
    flush(list(waiting))
    return steps


def prepare(circuit, bits, threads):
    kind, real = (jnp.complex64, jnp.float32) if bits == 32 else (jnp.complex128, jnp.float64)
    n = circuit.width
    column = {name: k for k, name in enumerate([*circuit.inputs, *circuit.weights])}
    steps = merged(circuit)
    index = np.arange(2**n)

    def bit(wire):
        return index >> (n - 1 - wire) & 1

    total = jnp.array(sum(1 - 2 * bit(wire) for wire in range(n)), dtype=real)

    def matrix(name, t):
        c, s = jnp.cos(t / 2), jnp.sin(t / 2)
        if name == "ry":
            return jnp.array([[c, -s], [s, c]]).astype(kind)
        if name == "rz":
            return jnp.array([[c - 1j * s, 0], [0, c + 1j * s]]).astype(kind)
        return jnp.array([[c, -1j * s], [-1j * s, c]]).astype(kind)

    def apply(u, state, wire):
        if n > ELEMENTWISE:
            return jnp.moveaxis(jnp.tensordot(u, state.reshape((2,) * n), axes=((1,), (wire,))), 0, wire).reshape(-1)
        split = state.reshape(2**wire, 2, -1)
        rows = [u[k, 0] * split[:, 0] + u[k, 1] * split[:, 1] for k in range(2)]
        return jnp.stack(rows, axis=1).reshape(-1)

    def state_of(inputs, weights):
        angles = jnp.concatenate([inputs, weights])
        state = jnp.zeros(2**n, dtype=kind).at[0].set(1)
        for step in steps:
            if step[0] == "one":
                u = jnp.eye(2, dtype=kind)
                for name, angle in step[2]:
                    u = matrix(name, angles[column[angle[0]]] * angle[1]) @ u
                state = apply(u, state, step[1])
            elif step[0] == "signs":
                parity = sum(bit(a) & bit(b) for a, b in step[1]) % 2
                state = state * jnp.array(1 - 2 * parity, dtype=real)
            elif step[0] == "zz":
                (a, b), (symbol, factor) = step[1:]
                parity = jnp.array(1 - 2 * (bit(a) ^ bit(b)), dtype=real)
                state = state * jnp.exp(-0.5j * factor * angles[column[symbol]] * parity).astype(kind)
            else:
                a, b = step[1]
                state = state[jnp.array(index ^ bit(a) << (n - 1 - b))]
        return state

    def value(weights, inputs):
        state = jax.vmap(state_of, in_axes=(0, None))(inputs, weights)
        return jnp.mean((jnp.real(state) ** 2 + jnp.imag(state) ** 2) @ total)

    compiled = jax.jit(jax.value_and_grad(value))

    def step(inputs, weights):
        found, gradient = compiled(jnp.asarray(weights, real), jnp.asarray(inputs, real))
        return float(found), np.asarray(gradient)

    return step
