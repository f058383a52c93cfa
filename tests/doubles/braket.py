"""Amazon Braket on 127.0.0.1 with faults on demand: its API, the results in S3, and the price list.

Circuits are read by Braket's own reader of OpenQASM, and computed from Braket's own matrices of its gates.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import unquote

import numpy as np

from qmlops.config.place import devices
from qmlops.serving.conduct import Conduct, Tally
from qmlops.serving.web import Reply, Request, as_json
from tests.doubles.braket_device import capabilities
from tests.doubles.fault import Double

KEY, SECRET = "AKIDBRAKETTEST", "braket-test-secret"
BUCKET = "amazon-braket-test"
PRICES = {"Forte-1": (0.3, 0.08), "Garnet": (0.3, 0.00145), "Emerald": (0.3, 0.002)}
"""USD a task and a shot, in the list that the double gives; those of Emerald are made up."""
MOST_EXECUTABLES = 100


class Refusal(Exception):
    """A request that the API turns down."""

    def __init__(self, status: int, code: str, message: str = "it is not allowed") -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass
class Task:
    """One accepted order."""

    arn: str
    order: Mapping[str, Any]
    created: float
    polls: int
    failure: str = ""
    cancelled: bool = False
    files: dict[str, Any] = field(default_factory=dict)
    """By their names in the task's folder; computed when the first is asked for."""

    @property
    def state(self) -> str:
        if self.cancelled:
            return "CANCELLED"
        if self.polls > 0:
            return "QUEUED" if self.polls > 1 else "RUNNING"
        return "FAILED" if self.failure else "COMPLETED"


class BraketDouble(Double):
    """Its `conduct` says how tasks and machines behave, its `tally` counts what was accepted."""

    def __init__(self, seed: int = 0) -> None:
        self.catalogue = devices("braket")
        self.arns = {facts["arn"]: name for name, facts in self.catalogue.items()}
        self.conduct, self.tally = Conduct(), Tally()
        self.tasks: dict[str, Task] = {}
        self.tokens: dict[str, str] = {}
        self.apart = False
        """Whether the parts of a program set's results stand in files of their own."""
        self.broken_executable = ""
        """The reason for which the last circuit of the next program sets fails."""
        self._random = np.random.default_rng(seed)
        self._numbers = itertools.count(1)
        self._provider_lock = Lock()
        super().__init__(self._respond)

    def environment(self) -> dict[str, str]:
        """What makes the unmodified SDK come here."""
        variables = ("BRAKET_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS")
        return dict.fromkeys(variables, self.url) | {
            "AMZN_BRAKET_OUT_S3_BUCKET": BUCKET,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_CONFIG_FILE": "/nowhere",
            "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
            "BRAKET_PRICE_OFFERS_URL": f"{self.url}/prices.csv",
        }

    def _respond(self, request: Request) -> Reply:
        path = unquote(request.path)
        try:
            if path == "/prices.csv":
                return Reply(200, self._prices().encode())
            if f"Credential={KEY}/" not in request.headers.get("authorization", ""):
                raise Refusal(403, "UnrecognizedClientException", "The security token is invalid.")
            with self._provider_lock:
                for method, start, route in self._routes():
                    if request.method == method and path.startswith(start):
                        return route(path.removeprefix(start), request)
            raise Refusal(404, "ResourceNotFoundException")
        except Refusal as refusal:
            return as_json({"message": str(refusal)}, refusal.status, x_amzn_ErrorType=refusal.code)

    def _routes(self) -> list[tuple[str, str, Callable[[str, Request], Reply]]]:
        return [
            ("POST", "/quantum-tasks", self._list),
            ("POST", "/quantum-task", self._submit),
            ("PUT", "/quantum-task/", self._cancel),
            ("GET", "/quantum-task/", self._show),
            ("GET", "/device/", self._device),
            ("GET", f"/{BUCKET}/", self._file),
        ]

    def _submit(self, _: str, request: Request) -> Reply:
        order = request.json()
        if order["clientToken"] in self.tokens:
            return as_json({"quantumTaskArn": self.tokens[order["clientToken"]]}, 201)
        name = self.arns.get(order["deviceArn"])
        if name is None:
            raise Refusal(404, "ResourceNotFoundException", "there is no such device")
        hardware = "qpu" in order["deviceArn"]
        if hardware and self.conduct.offline:
            raise Refusal(424, "DeviceOfflineException", f"{name} is offline")
        circuits = self._checked(order, hardware)
        self.tally.add(circuits, int(order["shots"]))
        number = next(self._numbers)
        arn = f"arn:aws:braket:us-east-1:123456789012:quantum-task/{number:08x}-0000-4000-8000-000000000000"
        failure = ": ".join(self.conduct.failures.popleft()) if self.conduct.failures else ""
        self.tasks[arn] = Task(arn, order, time.monotonic(), self.conduct.polls, failure)
        self.tokens[order["clientToken"]] = arn
        return as_json({"quantumTaskArn": arn}, 201)

    def _checked(self, order: Mapping[str, Any], hardware: bool) -> int:
        """How many circuits an order holds."""
        action = json.loads(order["action"])
        if "programs" not in action:
            if hardware and not order["shots"]:
                raise Refusal(400, "ValidationException", "shots must be at least 1 on a QPU")
            return 1
        circuits = sum(len(next(iter((program["inputs"] or {"": [0]}).values()))) for program in action["programs"])
        if not hardware or circuits > MOST_EXECUTABLES or order["shots"] % circuits:
            raise Refusal(400, "ValidationException", "the program set is not supported")
        return circuits

    def _task(self, arn: str) -> Task:
        if arn not in self.tasks:
            raise Refusal(404, "ResourceNotFoundException", "there is no such task")
        return self.tasks[arn]

    def _show(self, arn: str, _: Request) -> Reply:
        task = self._task(arn)
        task.polls = max(0, task.polls - 1)
        queue = {"queue": "QUANTUM_TASKS_QUEUE", "position": "7"} if task.state == "QUEUED" else None
        more = {"deviceParameters": "{}", "failureReason": task.failure or None, "queueInfo": queue}
        more["associations"] = task.order.get("associations")
        return as_json({key: value for key, value in (self._summary(task) | more).items() if value is not None})

    def _summary(self, task: Task) -> dict[str, Any]:
        order = task.order
        return {
            "quantumTaskArn": task.arn,
            "status": task.state,
            "deviceArn": order["deviceArn"],
            "shots": order["shots"],
            "outputS3Bucket": order["outputS3Bucket"],
            "outputS3Directory": f"{order['outputS3KeyPrefix']}/{task.arn.rpartition('/')[2]}",
            "createdAt": "2026-11-01T00:00:00Z",
            "tags": order.get("tags") or {},
        }

    def _list(self, _: str, request: Request) -> Reply:
        asked = request.json()
        (wanted,) = [entry["values"] for entry in asked["filters"] if entry["name"] == "deviceArn"]
        begin, size = int(asked.get("nextToken") or 0), 2
        found = [task for task in reversed(self.tasks.values()) if self.conduct.listed(task.created)]
        found = [task for task in found if task.order["deviceArn"] in wanted]
        content: dict[str, Any] = {"quantumTasks": [self._summary(task) for task in found[begin : begin + size]]}
        return as_json(content | ({"nextToken": str(begin + size)} if begin + size < len(found) else {}))

    def _cancel(self, rest: str, _: Request) -> Reply:
        task = self._task(rest.removesuffix("/cancel"))
        if task.state in ("COMPLETED", "FAILED", "CANCELLED"):
            raise Refusal(409, "ConflictException", f"the task is {task.state}")
        task.cancelled = True
        return as_json({"quantumTaskArn": task.arn, "cancellationStatus": "CANCELLING"})

    def _device(self, arn: str, _: Request) -> Reply:
        if arn not in self.arns:
            raise Refusal(404, "ResourceNotFoundException", "there is no such device")
        hardware = "qpu" in arn
        told = capabilities(4) if hardware else {"paradigm": {"qubitCount": 34}}
        content = {
            "deviceArn": arn,
            "deviceName": self.arns[arn],
            "providerName": "a maker",
            "deviceType": "QPU" if hardware else "SIMULATOR",
            "deviceStatus": "OFFLINE" if hardware and self.conduct.offline else "ONLINE",
            "deviceCapabilities": json.dumps(told),
            "deviceQueueInfo": [{"queue": "QUANTUM_TASKS_QUEUE", "queueSize": "3", "queuePriority": "Normal"}],
        }
        return as_json(content)

    def _file(self, key: str, _: Request) -> Reply:
        folder = key.split("/")[1]
        task = next((task for arn, task in self.tasks.items() if arn.endswith(folder)), None)
        if task is None or task.state != "COMPLETED":
            raise Refusal(404, "NoSuchKey", "The specified key does not exist.")
        if not task.files:
            task.files = self._computed(task, key.rpartition("/")[0])
        name = key.partition(f"{folder}/")[2]
        return Reply(200, json.dumps(task.files[name]).encode(), {"Content-Type": "application/json"})

    def _computed(self, task: Task, folder: str) -> dict[str, Any]:
        action, order = json.loads(task.order["action"]), task.order
        told = {"id": task.arn, "deviceId": order["deviceArn"], "createdAt": "2026-11-01T00:00:00Z"}
        if "programs" not in action:
            read = _circuit(action["source"], action["inputs"] or {}, int(order["shots"]), self._random)
            metadata = {"action": action, "simulatorMetadata": {"executionDuration": 4200}}
            shots = {**told, "braketSchemaHeader": _header("task_metadata"), "shots": order["shots"]}
            given = {**read, "taskMetadata": shots, "additionalMetadata": metadata}
            return {"results.json": {"braketSchemaHeader": _header("gate_model_task_result"), **given}}
        circuits = self._checked(order, True)
        files: dict[str, Any] = {}
        programs, ran = [], []
        for number, program in enumerate(action["programs"]):
            rows = self._executables(program, int(order["shots"]) // circuits)
            if self.broken_executable and number == len(action["programs"]) - 1:
                rows[-1] = _failed(self.broken_executable, rows[-1]["inputsIndex"])
            content: dict[str, Any] = {
                "braketSchemaHeader": _header("program_result"),
                "executableResults": rows,
                "source": program,
                "additionalMetadata": {"action": program},
            }
            if self.apart:
                files |= {f"{number}/{index}.json": row for index, row in enumerate(rows)}
                names = [f"{index}.json" for index in range(len(rows))]
                files[f"{number}/program.json"] = program
                files[f"{number}/results.json"] = content | {"executableResults": names, "source": "program.json"}
            programs.append(f"{number}/results.json" if self.apart else content)
            ran.append({"executables": [{} for _ in rows]})
        ended = {"requestedShots": order["shots"], "successfulShots": order["shots"], "totalFailedExecutables": 0}
        metadata = {"braketSchemaHeader": _header("program_set_task_metadata"), **told, **ended, "programMetadata": ran}
        whole: dict[str, Any] = {
            "braketSchemaHeader": _header("program_set_task_result"),
            "programResults": programs,
            "taskMetadata": "metadata.json" if self.apart else metadata,
        }
        if self.apart:
            whole["s3Location"] = [BUCKET, folder]
        return files | {"results.json": whole, "metadata.json": metadata}

    def _executables(self, program: Mapping[str, Any], shots: int) -> list[dict[str, Any]]:
        given = program["inputs"] or {}
        points = len(next(iter(given.values()))) if given else 1
        header = _header("program_set_executable_result")
        rows = []
        for index in range(points):
            point = {name: values[index] for name, values in given.items()}
            read = _circuit(program["source"], point, shots, self._random)
            rows.append({"braketSchemaHeader": header, "inputsIndex": index, **read})
        return rows

    def _prices(self) -> str:
        columns = ("Region Code", "DeviceName", "Product Family", "PricePerUnit", "Currency", "EffectiveDate")
        lines = ["about"] * 5 + [",".join(columns)]
        for name, prices in PRICES.items():
            region = self.catalogue[name]["arn"].split(":")[3]
            for family, price in zip(("Quantum Task", "Quantum Task-Shot"), prices, strict=True):
                lines.append(f"{region},{name},{family},{price},USD,2026-10-01")
        return "\n".join(lines)


def _header(name: str) -> dict[str, str]:
    return {"name": f"braket.task_result.{name}", "version": "1"}


def _failed(reason: str, index: int) -> dict[str, Any]:
    told = {"failureReason": reason, "retryable": False, "category": "DEVICE"}
    return {
        "braketSchemaHeader": _header("program_set_executable_failure"),
        "inputsIndex": index,
        "failureMetadata": told,
    }


_READ: dict[str, Any] = {}
"""Circuits by their source, which a program set and a training step ask for again and again."""


def _matrix(gate: Any, point: Mapping[str, float]) -> Any:
    free = any(not isinstance(angle, float | int) for angle in getattr(gate, "parameters", ()))
    return np.asarray((gate.bind_values(**point) if free else gate).to_matrix())


def _circuit(source: str, point: Mapping[str, float], shots: int, random: np.random.Generator) -> dict[str, Any]:
    """What one circuit reads: shots, or without them the probabilities that it asks for."""
    from braket.circuits import Circuit
    from braket.circuits.gate import Gate
    from braket.circuits.measure import Measure

    if source not in _READ:
        _READ[source] = Circuit.from_ir(source)
    circuit = _READ[source]
    items = list(circuit.instructions)
    measured = [int(qubit) for item in items if isinstance(item.operator, Measure) for qubit in item.target]
    exact = not measured
    measured = measured or [int(qubit) for qubit in circuit.result_types[0].target]
    place = {qubit: axis for axis, qubit in enumerate(measured)}
    state = np.zeros((2,) * len(measured), dtype=complex)
    state[(0,) * len(measured)] = 1
    for item in items:
        if isinstance(item.operator, Gate):
            axes = [place[int(qubit)] for qubit in item.target]
            matrix = _matrix(item.operator, point).reshape((2,) * (2 * len(axes)))
            state = np.tensordot(matrix, state, axes=(range(len(axes), 2 * len(axes)), axes))
            state = np.moveaxis(state, range(len(axes)), axes)
    chances = np.abs(state.reshape(-1)) ** 2
    if exact:
        kind = {"type": "probability", "targets": measured}
        return {"resultTypes": [{"type": kind, "value": chances.tolist()}], "measuredQubits": measured}
    drawn = random.choice(len(chances), size=shots, p=chances / chances.sum())
    bits = (drawn[:, None] >> np.arange(len(measured) - 1, -1, -1)) & 1
    return {"measurements": bits.tolist(), "measuredQubits": measured}
