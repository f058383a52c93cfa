"""qulacs: backprop of a parametric circuit, one point after the other."""

import numpy as np
import qulacs
from qulacs import Observable, ParametricQuantumCircuit

VERSION = f"qulacs {qulacs.__version__}"


def arrays(inputs, weights, bits):
    return np.array(inputs), np.array(weights)


def prepare(circuit, bits, threads):
    n = circuit.width
    built = ParametricQuantumCircuit(n)
    owners = []
    for name, wires, angle in circuit.gates:
        if angle is None:
            {"cz": built.add_CZ_gate, "cx": built.add_CNOT_gate}[name](*wires)
            continue
        owners.append((angle[0], -angle[1]))
        if name == "zz":
            built.add_parametric_multi_Pauli_rotation_gate(list(wires), [3, 3], 0.0)
        else:
            getattr(built, f"add_parametric_{name.upper()}_gate")(wires[0], 0.0)
    observable = Observable(n)
    for wire in range(n):
        observable.add_operator(1.0, f"Z {wire}")
    column = {name: k for k, name in enumerate([*circuit.inputs, *circuit.weights])}
    columns = np.array([column[name] for name, _ in owners])
    factors = np.array([factor for _, factor in owners])
    first = len(circuit.inputs)

    def step(inputs, weights):
        gradient = np.zeros(len(column))
        for row in inputs:
            angles = factors * np.concatenate([row, weights])[columns]
            for k, angle in enumerate(angles):
                built.set_parameter(k, angle)
            np.add.at(gradient, columns, factors * np.array(built.backprop(observable)))
        return None, gradient[first:] / len(inputs)

    return step
