"""The emulated API speaks what IonQ's documents and the real cirq-ionq say, in both versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import cirq
import cirq_ionq
import numpy as np
import pytest
import requests

from qmlops.serving.ionq.circuit import Unreadable, program, read
from tests.doubles.ionq import KEY, IonqDouble

VERSION = "v0.3" if cirq.__version__ < "1.6" else "v0.4"
HEADERS = {"Authorization": f"apiKey {KEY}"}
X_ON_1 = {"gateset": "qis", "qubits": 3, "circuit": [{"gate": "x", "target": 1}]}

REQUIRED = {
    *("id", "status", "type", "backend", "dry_run", "submitter_id", "project_id", "parent_job_id", "child_job_ids"),
    *("session_id", "metadata", "name", "submitted_at", "started_at", "completed_at", "predicted_wait_time_ms"),
    *("predicted_execution_duration_ms", "execution_duration_ms", "failure", "output", "settings", "stats", "results"),
}
"""Fields of a job in openapi.json."""


@pytest.fixture
def double() -> Iterator[IonqDouble]:
    with IonqDouble() as made:
        yield made  # type: ignore[misc]


def ask(double: IonqDouble, method: str, path: str, body: Any = None, version: str = "v0.4") -> Any:
    reply = requests.request(method, f"{double.url}/{version}{path}", json=body, headers=HEADERS, timeout=10)
    assert reply.ok, reply.text
    return reply.json()


def finished(double: IonqDouble, number: str, version: str = "v0.4") -> Any:
    while (job := ask(double, "GET", f"/jobs/{number}", version=version))["status"] in (
        "ready",
        "submitted",
        "started",
        "running",
    ):
        pass
    return job


def submit(double: IonqDouble, **fields: Any) -> str:
    order = {"backend": "simulator", "type": "ionq.circuit.v1", "input": X_ON_1, "shots": 100} | fields
    return str(ask(double, "POST", "/jobs", order)["id"])


def unitary_of(entries: list[dict[str, Any]], width: int, native: bool) -> Any:
    circuit = read(entries, width, native)
    made = program(circuit.shape)
    values = dict(zip(made.weights, np.array(circuit.rotations) / np.pi, strict=True))
    return cirq.resolve_parameters(made.circuit, values).unitary(
        qubit_order=made.qubits, qubits_that_should_be_present=made.qubits
    )


@pytest.mark.parametrize("seed", range(4))
def test_what_cirq_ionq_writes_is_read_as_the_same_unitary(seed: int) -> None:
    random = np.random.default_rng(seed)
    wires = cirq.LineQubit.range(3)
    one = [cirq.X, cirq.Y, cirq.Z, cirq.H, cirq.S, cirq.S**-1, cirq.T, cirq.T**-1, cirq.X**0.5, cirq.X**-0.5]
    one += [power ** random.uniform(-2, 2) for power in (cirq.X, cirq.Y, cirq.Z)]
    two = [cirq.CNOT, cirq.SWAP] + [power ** random.uniform(-2, 2) for power in (cirq.XX, cirq.YY, cirq.ZZ)]
    gates = [*one, *two]
    circuit = cirq.Circuit(
        gates[i].on(*random.permutation(wires)[: 1 if i < len(one) else 2]) for i in random.permutation(len(gates))
    )
    written = cirq_ionq.Serializer().serialize_single_circuit(circuit)
    content = written.input if hasattr(written, "input") else written.body
    assert len(content["circuit"]) == len(gates)
    cirq.testing.assert_allclose_up_to_global_phase(
        unitary_of(content["circuit"], 3, False), circuit.unitary(qubit_order=wires), atol=1e-7
    )


def test_native_gates_are_those_of_cirq_ionq() -> None:
    a, b = cirq.LineQubit.range(2)
    circuit = cirq.Circuit(
        cirq_ionq.GPI2Gate(phi=0.1)(a),
        cirq_ionq.MSGate(phi0=0.2, phi1=0.7, theta=0.15)(a, b),
        cirq_ionq.GPIGate(phi=0.35)(b),
        cirq_ionq.ZZGate(theta=0.12)(b, a),
        cirq_ionq.GPI2Gate(phi=0.9)(b),
    )
    written = cirq_ionq.Serializer().serialize_single_circuit(circuit)
    content = written.input if hasattr(written, "input") else written.body
    assert content["gateset"] == "native"
    cirq.testing.assert_allclose_up_to_global_phase(
        unitary_of(content["circuit"], 2, True), circuit.unitary(qubit_order=[a, b]), atol=1e-7
    )


def test_pauliexp_is_the_exponential_with_the_rightmost_letter_on_the_first_target() -> None:
    wires = cirq.LineQubit.range(3)
    entry = {"gate": "pauliexp", "terms": ["ZIY"], "coefficients": [0.5], "targets": [0, 1, 2], "time": 0.6}
    exponent = cirq.Y(wires[0]) * cirq.Z(wires[2])
    wanted = cirq.Circuit(cirq.I.on_each(*wires), cirq.PauliSumExponential(-1 * exponent, exponent=0.3))
    cirq.testing.assert_allclose_up_to_global_phase(
        unitary_of([entry], 3, False), wanted.unitary(qubit_order=wires), atol=1e-7
    )


@pytest.mark.parametrize(
    "entry",
    [
        {"gate": "rx", "target": 0},
        {"gate": "frob", "target": 0},
        {"gate": "cnot", "control": 0, "target": 0},
        {"gate": "h", "target": 3},
        {"gate": "h"},
        {"target": 0},
    ],
)
def test_gates_that_are_wrong_are_told(entry: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read([entry], 3, native=False)


def test_cirq_ionq_runs_a_circuit_and_a_batch_end_to_end(double: IonqDouble) -> None:
    service = cirq_ionq.Service(remote_host=double.url, api_key=KEY, default_target="simulator")
    a, b, c = cirq.LineQubit.range(3)
    first = cirq.Circuit(cirq.X(a), cirq.CNOT(a, c), cirq.measure(a, b, c, key="m"))
    second = cirq.Circuit(cirq.X(b), cirq.measure(a, b, c, key="m"))
    job = service.create_job(first, repetitions=50)
    results = job.results(polling_seconds=0.02)
    alone = results[0] if isinstance(results, list) else results
    assert alone.probabilities() == pytest.approx({0b101: 1.0})
    batch = service.create_batch_job([first, second], repetitions=50)
    assert [item.probabilities() for item in batch.results(polling_seconds=0.02)] == [
        pytest.approx({0b101: 1.0}),
        pytest.approx({0b010: 1.0}),
    ]
    assert (double.tally.submissions, double.tally.circuits, double.tally.shots) == (2, 3, 0)


@pytest.mark.parametrize("version", ["v0.4", "v0.3"])
def test_qubit_0_is_the_lowest_bit(double: IonqDouble, version: str) -> None:
    order: dict[str, Any] = {"backend": "simulator", "type": "ionq.circuit.v1", "input": X_ON_1}
    if version == "v0.3":
        order = {"target": "simulator", "lang": "json", "body": X_ON_1}
    number = ask(double, "POST", "/jobs", order, version)["id"]
    assert finished(double, number, version)["status"] == "completed"
    path = "/results/probabilities" if version == "v0.4" else "/results"
    assert ask(double, "GET", f"/jobs/{number}{path}", version=version) == {"2": pytest.approx(1.0)}


def test_a_job_has_every_field_that_the_description_requires(double: IonqDouble) -> None:
    optional = {"shots", "noise", "cost_model"}
    job = finished(double, submit(double, name="mine", metadata={"a": "b"}))
    assert set(job) >= REQUIRED >= set(job) - optional
    assert (job["failure"], job["name"], job["metadata"], job["stats"]["qubits"]) == (None, "mine", {"a": "b"}, 3)
    listed = ask(double, "GET", "/jobs")
    assert set(listed) == {"jobs", "next"} and listed["next"] is None and listed["jobs"][0]["id"] == job["id"]


def test_a_batch_keeps_its_order_and_has_the_artifact_of_the_description(double: IonqDouble) -> None:
    circuits = [{"circuit": [{"gate": "x", "target": wire}]} for wire in (2, 0, 1)]
    content = {"gateset": "qis", "qubits": 3, "circuits": circuits}
    job = finished(double, submit(double, type="ionq.multi-circuit.v1", input=content))
    artifact = job["results"]["ionq.result.probabilities-aggregate.json.v1"]["id"]
    for path in ("results/probabilities/aggregated", f"artifacts/{artifact}"):
        found = ask(double, "GET", f"/jobs/{job['id']}/{path}")
        assert [[*found[child]] for child in job["child_job_ids"]] == [["4"], ["1"], ["2"]]
    assert (
        requests.get(
            f"{double.url}/v0.4/jobs/{job['id']}/results/probabilities", headers=HEADERS, timeout=5
        ).status_code
        == 404
    )


def test_lists_come_in_pages_newest_first(double: IonqDouble) -> None:
    numbers = [submit(double) for _ in range(30)]
    first = ask(double, "GET", "/jobs")
    second = ask(double, "GET", f"/jobs?next={first['next']}")
    found = [job["id"] for job in first["jobs"] + second["jobs"]]
    assert len(first["jobs"]) == 25 and second["next"] is None
    assert found == numbers[::-1]
    assert len(ask(double, "GET", "/jobs?limit=3")["jobs"]) == 3


def test_conduct_rules_what_becomes_of_jobs(double: IonqDouble) -> None:
    double.conduct.polls = 2
    double.conduct.failures.append(("QuotaExhaustedError", "no more"))
    number = submit(double)
    double.conduct.polls = 0
    states = [ask(double, "GET", f"/jobs/{number}")["status"] for _ in range(3)]
    assert states == ["submitted", "started", "failed"]
    assert ask(double, "GET", f"/jobs/{number}")["failure"] == {"code": "QuotaExhaustedError", "message": "no more"}
    double.conduct.lag = 60
    hidden = submit(double)
    assert hidden not in {job["id"] for job in ask(double, "GET", "/jobs")["jobs"]}
    double.conduct.offline = True
    with pytest.raises(AssertionError, match="unavailable"):
        submit(double, backend="qpu.forte-1")
    assert double.tally.submissions == 2


def test_a_machine_draws_shots_with_its_published_errors(double: IonqDouble) -> None:
    work = {"gateset": "qis", "qubits": 2, "circuit": [{"gate": "zz", "targets": [0, 1], "rotation": 0.0}] * 60}
    numbers = [submit(double, backend="qpu.forte-1", input=work, shots=4000, noise=None) for _ in range(2)]
    found = []
    for number in numbers:
        finished(double, number)
        found.append(ask(double, "GET", f"/jobs/{number}/results/probabilities"))
    assert sum(found[0].values()) == pytest.approx(1) and all(
        (share * 4000) % 1 < 1e-6 or (share * 4000) % 1 > 1 - 1e-6 for share in found[0].values()
    )
    factor = 1 - 0.00464 * 1.25 * 16 / 15
    alone = 0.25 + 0.5 * factor**60 + 0.25 * factor**60
    spread = np.sqrt(alone * (1 - alone) / 4000)
    assert abs(found[0]["0"] - alone) < 6 * spread
    assert found[0] != found[1]


def test_equal_seeds_and_orders_give_equal_shots() -> None:
    def drawn(seed: int) -> Any:
        with IonqDouble(seed=seed) as double:
            work = {"gateset": "qis", "qubits": 1, "circuit": [{"gate": "h", "target": 0}]}
            number = submit(double, backend="qpu.forte-1", input=work, shots=1000)  # type: ignore[arg-type]
            finished(double, number)  # type: ignore[arg-type]
            return ask(double, "GET", f"/jobs/{number}/results/probabilities")  # type: ignore[arg-type]

    assert drawn(1) == drawn(1) != drawn(2)


def test_noise_models_of_the_simulator_draw_shots_and_take_a_seed(double: IonqDouble) -> None:
    work = {"gateset": "qis", "qubits": 1, "circuit": [{"gate": "h", "target": 0}]}
    found = []
    for seed in (7, 7, 8):
        number = submit(double, input=work, shots=2000, noise={"model": "aria-1", "seed": seed})
        assert finished(double, number)["shots"] == 2000
        found.append(ask(double, "GET", f"/jobs/{number}/results/probabilities"))
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"shots": 0}, "shots"),
        ({"shots": 1_000_001}, "shots"),
        ({"backend": "qpu.none"}, "backend"),
        ({"input": {"gateset": "qis", "qubits": 1, "circuit": [{"gate": "h", "target": 0}] * 150_001}}, "gates"),
        ({"type": "quantum-function"}, "circuits"),
        ({"metadata": {"a": 1}}, "metadata"),
        ({"settings": {"error_mitigation": {"debiasing": True}}}, "500"),
        ({"noise": {"model": "loud"}}, "noise"),
        ({"session_id": "none"}, "session"),
        ({"input": {}}, "body"),
    ],
)
def test_orders_outside_the_rules_are_refused_and_not_counted(double: IonqDouble, fields: Any, told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        submit(double, **fields)
    assert double.tally.submissions == 0


def test_too_large_a_body_is_refused(double: IonqDouble) -> None:
    order = {"backend": "simulator", "type": "ionq.circuit.v1", "input": X_ON_1, "metadata": {"a": "x" * 10_000_001}}
    reply = requests.post(f"{double.url}/v0.4/jobs", data=json.dumps(order), headers=HEADERS, timeout=10)
    assert reply.status_code == 413


@pytest.mark.parametrize("key", ["", "apiKey wrong", f"Bearer {KEY}"])
def test_a_wrong_key_opens_nothing_but_the_list_of_machines(double: IonqDouble, key: str) -> None:
    def code(path: str) -> int:
        return requests.get(f"{double.url}/v0.4{path}", headers={"Authorization": key}, timeout=5).status_code

    assert [code("/jobs"), code("/whoami"), code("/backends")] == [401, 401, 200]


def test_machines_costs_and_sessions(double: IonqDouble) -> None:
    machines = {machine["backend"]: machine for machine in ask(double, "GET", "/backends")}
    assert set(machines) == {"simulator", "qpu.forte-1", "qpu.forte-enterprise-1"}
    number = machines["qpu.forte-1"]["characterization_id"]
    known = ask(double, "GET", f"/backends/qpu.forte-1/characterizations/{number}")
    assert known["fidelity"]["2q"]["median"] == pytest.approx(1 - 0.00464)
    quoted = ask(double, "GET", "/jobs/estimate?backend=qpu.forte-1&shots=1000&1q_gates=10&2q_gates=5")
    assert quoted["estimated_total_cost"] == pytest.approx(1000 * (10 * 0.0002 + 5 * 0.001))
    session = ask(double, "POST", "/sessions", {"backend": "qpu.forte-1", "settings": {"job_count_limit": 1}})
    number = submit(double, backend="qpu.forte-1", session_id=session["id"])
    finished(double, number)
    assert ask(double, "GET", f"/jobs/{number}/cost")["cost"] == {"value": 1.0, "unit": "usd"}
    assert [job["id"] for job in ask(double, "GET", f"/sessions/{session['id']}/jobs")["jobs"]] == [number]
    with pytest.raises(AssertionError, match="session"):
        submit(double, backend="qpu.forte-1", session_id=session["id"])
    assert ask(double, "POST", f"/sessions/{session['id']}/end")["active"] is False


def test_jobs_are_cancelled_and_deleted(double: IonqDouble) -> None:
    first, second = submit(double), submit(double)
    assert ask(double, "PUT", f"/jobs/{first}/status/cancel") == {"id": first, "status": "canceled"}
    assert ask(double, "GET", f"/jobs/{first}")["status"] == "canceled"
    assert ask(double, "PUT", "/jobs/status/cancel", {"ids": [second]})["ids"] == [second]
    assert ask(double, "DELETE", f"/jobs/{first}")["status"] == "deleted"
    with pytest.raises(AssertionError, match="no such job"):
        ask(double, "GET", f"/jobs/{first}")
