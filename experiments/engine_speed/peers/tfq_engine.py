"""TensorFlow Quantum: its batched adjoint differentiator on its own simulator (single precision)."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import cirq
import numpy as np
import sympy
import tensorflow as tf
import tensorflow_quantum as tfq

VERSION = f"tensorflow-quantum {tfq.__version__}"


def arrays(inputs, weights, bits):
    return tf.constant(inputs, dtype=tf.float32), tf.constant(weights, dtype=tf.float32)


def prepare(circuit, bits, threads):
    if bits != 32:
        raise ValueError("single precision only")
    turns = {"rx": cirq.rx, "ry": cirq.ry, "rz": cirq.rz}
    fixed = {"cz": cirq.CZ, "cx": cirq.CX}
    qubits = cirq.GridQubit.rect(1, circuit.width)
    built = cirq.Circuit()
    for name, wires, angle in circuit.gates:
        if angle is None:
            gate = fixed[name]
        elif name == "zz":
            gate = cirq.ZZPowGate(exponent=sympy.Symbol(angle[0]) * (angle[1] / np.pi), global_shift=-0.5)
        else:
            gate = turns[name](angle[1] * sympy.Symbol(angle[0]))
        built.append(gate.on(*(qubits[wire] for wire in wires)))
    total = sum((cirq.Z(qubit) for qubit in qubits), cirq.PauliSum())
    names = tf.constant([*circuit.inputs, *circuit.weights])
    operation = tfq.differentiators.Adjoint().generate_differentiable_op(analytic_op=tfq.get_expectation_op())
    batches = {}

    def step(inputs, weights):
        inputs, weights = tf.convert_to_tensor(inputs, tf.float32), tf.convert_to_tensor(weights, tf.float32)
        rows = int(inputs.shape[0])
        if rows not in batches:
            batches[rows] = tfq.convert_to_tensor([built] * rows), tfq.convert_to_tensor([[total]] * rows)
        circuits, observables = batches[rows]
        with tf.GradientTape() as tape:
            tape.watch(weights)
            points = tf.concat([inputs, tf.tile(weights[None], [rows, 1])], axis=1)
            found = tf.reduce_mean(operation(circuits, names, points, observables))
        return float(found), tape.gradient(found, weights).numpy()

    return step
