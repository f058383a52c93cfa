"""The vendors' clients alone in the same storm: as their documents show them, with their own defaults.

A person's script: it submits a job with a name, reads the result, and notes the name as finished.
Started again after a crash, it goes on with what is not noted. Job names are how it is counted
afterwards who was paid twice; the clients make nothing of them.
"""

from __future__ import annotations

import math
import os
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cirq

from experiments.exactly_once.place import Place
from experiments.exactly_once.storm import storm

JOBS, KILLS, LANES = 100, 12, 2
SHOTS = 200
_EVENTS = 2
_AGAIN = 3
PATIENCE = 0.05
"""What a second of the clients' own waiting lasts, so that their retries take no minutes."""


def measured(names: Sequence[str], seed: int, folder: Path) -> list[dict[str, Any]]:
    """Counts of each provider's client: jobs that were paid twice, and those that only the provider knows."""
    rows = []
    for item in storm(tuple(names), JOBS, KILLS, LANES, seed, folder, submit, _EVENTS):
        told: Any = item.told
        held = Counter(told["held"])
        row = {"provider": item.place.name, "jobs": JOBS, "kills": item.kills, "given_up": item.given_up}
        row |= {"accepted": told["submissions"], "paid_twice": sum(count - 1 for count in held.values())}
        rows.append(row | {"jobs_paid_twice": sum(count > 1 for count in held.values()), "faults": told["faults"]})
    return rows


def submit(place: Place, url: str, folder: Path, run: str, jobs: int, pulse: int) -> int:
    """The script of a person; gives the exit code."""
    warnings.simplefilter("ignore")
    sleep = time.sleep
    time.sleep = lambda seconds: sleep(seconds * PATIENCE)
    noted = folder / run / "finished.txt"
    finished = set(noted.read_text(encoding="utf-8").split()) if noted.exists() else set()
    try:
        done = _CLIENTS[place.name](url)
        for number in range(jobs):
            name = f"{run}-{number}"
            if name in finished:
                continue
            os.write(pulse, b".")
            done(name, 3.0 * ((number * 0.61803398875) % 1.0))
            with noted.open("a", encoding="utf-8") as file:
                file.write(f"{name}\n")
            os.write(pulse, b".")
    except Exception as error:
        print(f"gave up: {type(error).__name__}: {str(error)[:200]}")
        return _AGAIN
    return 0


Done = Callable[[str, float], object]
"""Runs the circuit of an angle under a name, and waits for what it gives."""


def _ionq(url: str) -> Done:
    import cirq_ionq

    service = cirq_ionq.Service(remote_host=url, api_key=os.environ["IONQ_API_KEY"], default_target="simulator")
    wire = cirq.LineQubit(0)

    def done(name: str, angle: float) -> object:
        circuit = cirq.Circuit(cirq.ry(angle)(wire), cirq.measure(wire, key="m"))
        return service.create_job(circuit, repetitions=SHOTS, name=name).results(polling_seconds=1)

    return done


def _braket(url: str) -> Done:
    from braket.aws import AwsDevice
    from braket.circuits import Circuit

    os.environ.setdefault("AWS_REGION", "eu-north-1")
    device = AwsDevice("arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet")

    def done(name: str, angle: float) -> object:
        task = device.run(Circuit().ry(0, angle), shots=SHOTS, tags={"job": name}, poll_interval_seconds=1)
        result = task.result()
        if result is None:
            raise RuntimeError("no result")
        return result

    return done


def _ibm(url: str) -> Done:
    from qiskit import QuantumCircuit
    from qiskit.transpiler import generate_preset_pass_manager
    from qiskit_ibm_runtime import QiskitRuntimeService
    from qiskit_ibm_runtime.executor_sampler import Sampler

    os.environ |= {"IAM_URL": url, "QISKIT_FUNCTIONS_EXPERIMENTAL": "1"}

    class Service(QiskitRuntimeService):  # type: ignore[misc]
        """Told what it would ask of IBM's catalogue, which the double does not have."""

        def instances(self) -> list[dict[str, Any]]:
            return [{"crn": os.environ["IBM_QUANTUM_INSTANCE"], "name": "", "plan": ""}]

        def _discover_backends_from_instance(self, instance: str) -> list[tuple[str, bool]]:
            return [("ibm_manila", False)]

    service = Service(
        channel="ibm_quantum_platform",
        token=os.environ["IBM_QUANTUM_TOKEN"],
        instance=os.environ["IBM_QUANTUM_INSTANCE"],
        url=url,
        url_resolver=lambda *_: f"{url}/api/v1",
    )
    backend = service.backend("ibm_manila")
    compiler = generate_preset_pass_manager(optimization_level=0, backend=backend, seed_transpiler=0)

    def done(name: str, angle: float) -> object:
        circuit = QuantumCircuit(1)
        circuit.ry(angle % math.tau, 0)
        circuit.measure_all()
        sampler = Sampler(mode=backend, options={"environment": {"job_tags": [name]}})
        return sampler.run([compiler.run(circuit)], shots=SHOTS).result()

    return done


_CLIENTS: dict[str, Callable[[str], Done]] = {"ionq": _ionq, "braket": _braket, "ibm": _ibm}
