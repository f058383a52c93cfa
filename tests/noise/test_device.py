"""noise=device: a device's errors where its gates are, gradients and counts as without, and refusals that help."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

import cirq
import numpy as np
import pytest
import sympy

import qmlops.config.device
from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.config.spec import RunSpec
from qmlops.core.noise import Noise
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.target import Calibration, Target
from qmlops.core.work import Work
from qmlops.errors import ConfigError
from qmlops.execute.run import differentiate
from qmlops.lower.placed import placed, unfit
from qmlops.parts.backend.density import Density
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.gradient.parameter_shift import ParameterShift
from qmlops.parts.noise.device import Device
from qmlops.parts.noise.none import NoNoise
from qmlops.pipeline.prepare import prepare
from qmlops.train.loop import begin, steps

PAIRS = {(0, 1): 0.05, (1, 2): 0.04, (2, 3): 0.03}
LINE = Target(
    "line", 4, hardware=False, source="made up", gates=("sx", "x", "rz", "cz"), edges=tuple(PAIRS),
    calibration=Calibration(
        "made up", "2026-11", one_qubit_error=(0.004,), two_qubit_error=PAIRS, readout=((0.01, 0.03),)
    ),
)  # fmt: skip
NOISE = Device("line").of(LINE)
POINTS = np.array([[0.3, 1.1], [2.0, -0.4]])


def turned() -> Program:
    """A ring of three wires, so that the line of qubits needs SWAPs, with an input and a weight."""
    a, b, c = cirq.LineQubit.range(3)
    theta, phi = sympy.symbols("theta phi")
    ring = [cirq.CNOT(a, b), cirq.CNOT(b, c), cirq.CNOT(c, a)]
    circuit = cirq.Circuit(cirq.ry(theta)(a), ring, cirq.rx(2 * phi)(b), ring, cirq.ry(phi)(c))
    return Program(circuit, 3, ("theta",), ("phi",), (PauliSum.parse("Z0 Z2"), PauliSum.parse("Z1")))


def values(backend: Any, work: Work) -> Any:
    session = backend.open()
    return session.result(session.submit([work], "token"), [work])[0]


def spec(*overrides: str) -> RunSpec:
    composed = compose(["+experiment=vqc_moons", "backend=density", "tracker=none", "noise=device", *overrides])
    return build(composed.config, list(composed.mistakes))


def test_gates_are_native_and_on_pairs_and_symbols_and_observables_stay() -> None:
    program = turned()
    routed = placed(Work(program, POINTS, noise=NOISE)).program
    native = cirq.XPowGate | cirq.ZPowGate | cirq.CZPowGate
    assert routed.places is not None and routed.observables == program.observables
    assert cirq.parameter_names(routed.circuit) == {"theta", "phi"}
    for operation in routed.circuit.all_operations():
        assert isinstance(operation.gate, native)
        if len(operation.qubits) == 2:
            first, second = sorted(routed.places[qubit.x] for qubit in operation.qubits)
            assert (first, second) in PAIRS


def test_values_are_those_that_cirq_finds_for_the_routed_circuit_and_its_errors() -> None:
    work = Work(turned(), POINTS, noise=NOISE)
    ready = placed(work)
    assert ready.noise is not None
    noisy = ready.noise.apply(ready.program.circuit)
    qubits = cirq.LineQubit.range(ready.program.width)
    signs = np.array([[1 - 2 * int(bit) for bit in f"{k:0{len(qubits)}b}"] for k in range(2 ** len(qubits))])
    up, down = 0.01, 0.03
    read = down - up + (1 - up - down) * signs
    wanted = []
    for theta, phi in POINTS:
        bound = cirq.resolve_parameters(noisy, {"theta": theta, "phi": phi})
        chances = np.diag(cirq.DensityMatrixSimulator(dtype=np.complex128).simulate(
            bound, qubit_order=qubits).final_density_matrix).real  # fmt: skip
        wanted.append([chances @ (read[:, 0] * read[:, 2]), chances @ read[:, 1]])
    np.testing.assert_allclose(values(Density(), work).values, wanted, atol=2e-6)


@pytest.mark.parametrize("gates", [("gpi", "gpi2", "zz"), ("prx", "cz"), ("prx", "rz", "xx"), ("sx", "x", "rz", "ecr")])
def test_without_errors_the_native_program_has_the_values_of_the_first(gates: tuple[str, ...]) -> None:
    work = Work(turned(), POINTS, noise=Device("line").of(replace(LINE, gates=gates)))
    native = replace(placed(work), noise=None)
    wanted = values(Qsim(precision="double"), Work(turned(), POINTS)).values
    np.testing.assert_allclose(values(Density(), native).values, wanted, atol=1e-9)
    noisy = values(Density(), work).values
    assert np.abs(noisy - wanted).max() > 0.05 and np.all(np.abs(noisy) <= 1)


def test_trajectories_and_density_matrices_have_the_same_noise() -> None:
    exact = values(Density(), Work(turned(), POINTS, noise=NOISE)).values
    drawn = values(Qsim(), Work(turned(), POINTS, shots=4000, seed=5, noise=NOISE))
    assert np.all(np.abs(drawn.values - exact) < 6 * np.sqrt(drawn.variances))
    quiet = values(Density(), Work(turned(), POINTS)).values
    assert np.abs(quiet - exact).max() > 0.1


def test_parameter_shift_is_the_derivative_and_costs_what_it_costs_without_noise() -> None:
    session, program = Density().open(), turned()
    (noisy,) = differentiate(session, ParameterShift(), [Work(program, POINTS, noise=NOISE)], "noisy")
    (quiet,) = differentiate(session, ParameterShift(), [Work(program, POINTS, noise=NoNoise())], "quiet")
    assert (noisy.circuits, noisy.shots) == (quiet.circuits, quiet.shots)
    step = np.array([0.0, 1e-3])
    ahead, behind = (values(Density(), Work(program, POINTS + by, noise=NOISE)).values for by in (step, -step))
    np.testing.assert_allclose(noisy.pullback(np.ones((2, 2)))[:, 0], (ahead - behind).sum(axis=1) / 2e-3, atol=2e-3)


def test_the_same_program_is_placed_once() -> None:
    work = Work(turned(), POINTS, noise=NOISE)
    assert placed(work).program is placed(work).program
    silent = Work(work.program, POINTS, noise=Device("line", scale=0.0).of(LINE))
    assert placed(silent) is silent


def test_training_sees_the_program_as_it_was_written() -> None:
    task = prepare(spec("steps=2", "data.rows=40"))
    losses = [event.metrics["loss"] for event, _ in steps(task, begin(task))]
    quiet = prepare(spec("steps=2", "data.rows=40", "noise=none"))
    ideal = [event.metrics["loss"] for event, _ in steps(quiet, begin(quiet))]
    assert task.program.digest() == quiet.program.digest()
    assert len(losses) == 2 and losses != ideal
    np.testing.assert_allclose(losses, ideal, rtol=0.1)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("qpu.forte-2", "did you mean 'qpu.forte-1'"),
        ("SV1", "of the errors of SV1 nothing is known"),
        ("nowhere.json", "'nowhere.json' cannot be read"),
    ],
)
def test_a_device_that_is_not_known_is_told_with_another_one(name: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        spec(f"noise.name={name}")
    assert told in str(caught.value)
    assert [mistake.path for mistake in caught.value.mistakes] == ["noise.name"]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qmlops.config.device, "find_spec", lambda module: None)
    with pytest.raises(ConfigError, match=r"pip install 'qmlops\[ibm\]'"):
        spec("noise.name=ibm_fez")


@pytest.mark.skipif(find_spec("qiskit_ibm_runtime") is None, reason="needs qmlops[ibm]")
def test_all_snapshots_are_among_the_known_devices() -> None:
    with pytest.raises(ConfigError, match="did you mean 'ibm_fez'"):
        spec("noise.name=ibm_fezz")


def test_what_is_wider_than_the_device_is_refused_before_anything_runs() -> None:
    wide = Work(Program(cirq.Circuit(), 5, (), (), ()), np.zeros((1, 0)), noise=NOISE)
    for backend in (Density(), Qsim()):
        assert [mistake.path for mistake in backend.validate([wide]) if mistake.path != "shots"] == ["qubits"]
    with pytest.raises(ConfigError, match="40 qubits need"):
        prepare(spec("qubits=40"))


@dataclass(frozen=True)
class Widening(NoNoise):
    """Of a device on which each program passes through one more qubit."""

    def silent(self) -> bool:
        return False

    def place(self, program: Program) -> tuple[Program, Noise]:
        return Program(program.circuit, program.width + 1, (), (), ()), NoNoise()


def test_what_is_too_wide_once_it_is_placed_is_refused_with_both_widths() -> None:
    work = Work(Program(cirq.Circuit(), 4, (), (), ()), np.zeros((1, 0)), noise=Widening())

    def refusal(asked: Work) -> str | None:
        return "too much." if asked.program.width > 4 else None

    (mistake,) = unfit([work], refusal, "use fewer")
    assert "1 qubits besides the 4: too much." in mistake.why and mistake.instead == "use fewer"
