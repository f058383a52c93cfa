"""PennyLane lightning.qubit: adjoint differentiation of a broadcast QNode."""

import numpy as np
import pennylane as qml
from pennylane import numpy as pnp

VERSION = f"pennylane {qml.__version__}"


def arrays(inputs, weights, bits):
    return np.array(inputs), np.array(weights)


def prepare(circuit, bits, threads):
    n = circuit.width
    kind = np.complex64 if bits == 32 else np.complex128
    device = qml.device("lightning.qubit", wires=n, c_dtype=kind)
    turns = {"rx": qml.RX, "ry": qml.RY, "rz": qml.RZ, "zz": qml.IsingZZ}
    fixed = {"cz": qml.CZ, "cx": qml.CNOT}
    column = {name: k for k, name in enumerate(circuit.inputs)}
    weight = {name: k for k, name in enumerate(circuit.weights)}
    total = qml.Hamiltonian([1.0] * n, [qml.PauliZ(wire) for wire in range(n)])

    @qml.qnode(device, diff_method="adjoint")
    def node(weights, inputs):
        for name, wires, angle in circuit.gates:
            if angle is None:
                fixed[name](wires=wires)
            elif angle[0] in column:
                turns[name](angle[1] * inputs[:, column[angle[0]]], wires=wires)
            else:
                turns[name](angle[1] * weights[weight[angle[0]]], wires=wires)
        return qml.expval(total)

    gradient = qml.grad(lambda weights, inputs: pnp.mean(node(weights, inputs)), argnums=0)

    def step(inputs, weights):
        found = gradient(pnp.array(weights, requires_grad=True), pnp.array(inputs, requires_grad=False))
        return None, np.asarray(found)

    return step
