"""The routes of IonQ's API, and the jobs and sessions behind them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any
from uuid import UUID

from qmlops.core.noise import Noise
from qmlops.core.seed import draw, stream
from qmlops.core.target import Calibration, Target
from qmlops.lower.calibrated import Calibrated
from qmlops.serving.conduct import Conduct, Tally
from qmlops.serving.ionq import shape
from qmlops.serving.ionq.compute import Computer, Histogram
from qmlops.serving.ionq.job import Job
from qmlops.serving.ionq.order import MODELS, MOST_BYTES, Order, Refusal, take
from qmlops.serving.web import Reply, Request, as_json

_LISTED = 25
"""Jobs on one page of a list, at most."""


class Ionq:
    """An account at IonQ. Its `answer` is for a `web.Server`; any thread may call it."""

    def __init__(
        self, machines: Mapping[str, Target], key: str | None = None, seed: int = 0, noise: float = 1.0
    ) -> None:
        """`key` is the one that is accepted, None: any. `noise` scales the machines' published errors."""
        self.machines, self.key, self.seed, self.noise = dict(machines), key, seed, noise
        self.conduct, self.tally = Conduct(), Tally()
        self.jobs: dict[str, Job] = {}
        """In the order of their submission."""
        self._sessions: dict[str, dict[str, Any]] = {}
        self._numbers = stream(seed, "ids")
        self._computer = Computer()
        self._lock = Lock()
        self._workers = ThreadPoolExecutor(1, "ionq")

    def close(self) -> None:
        """Let what is being computed end, and drop the rest."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def answer(self, request: Request) -> Reply:
        """The reply of the API; a refusal is one too."""
        try:
            matched = re.fullmatch(r"/(v0\.[34])(/.*?)/?", request.path)
            if matched is None:
                raise Refusal(404, "Not Found")
            version, path = matched.groups()
            if not (request.method == "GET" and re.match("/backends|/characterizations", path)):
                self._check_key(request)
            for method, pattern, route in _ROUTES:
                found = re.fullmatch(pattern, path)
                if found and method == request.method:
                    with self._lock:
                        return as_json(*route(self, version, request, *found.groups()))
            raise Refusal(404, "Not Found")
        except Refusal as refusal:
            words = {"statusCode": refusal.status, "error": str(refusal).partition(":")[0], "message": str(refusal)}
            return as_json(words, refusal.status)

    def _check_key(self, request: Request) -> None:
        word, _, key = request.headers.get("authorization", "").partition(" ")
        if word != "apiKey" or not key or self.key not in (None, key):
            raise Refusal(401, "Unauthorized")

    def _job(self, name: str) -> Job:
        if name not in self.jobs:
            raise Refusal(404, "Not Found: there is no such job")
        return self.jobs[name]

    def _new_id(self) -> str:
        return str(UUID(bytes=self._numbers.bytes(16), version=4))

    def submit(self, version: str, request: Request) -> tuple[Any, int]:
        if len(request.body) > MOST_BYTES:
            raise Refusal(413, "Request Entity Too Large: the body may not exceed 10MB")
        try:
            order = take(request.json(), version)
        except ValueError:
            raise Refusal(400, "Bad Request: the body is no JSON") from None
        machine = self.machines.get(order.backend)
        if machine is None:
            raise Refusal(400, f"Bad Request: there is no backend {order.backend[:40]!r}")
        if machine.hardware and self.conduct.offline:
            raise Refusal(400, f"Bad Request: {order.backend} is unavailable")
        noise = self._noise(order, machine)
        self._enter(order)
        self.tally.add(len(order.circuits), 0 if order.exact else order.shots * len(order.circuits))
        job = Job(
            id=self._new_id(),
            order=order,
            created=time.monotonic(),
            polls=self.conduct.polls,
            children=[self._new_id() for _ in order.circuits] if order.batch else [],
            cost=shape.cost(order, machine),
        )
        if self.conduct.failures:
            job.failure = self.conduct.failures.popleft()
        elif machine.qubits is not None and order.width > machine.qubits:
            job.failure = ("NotEnoughQubits", f"{order.width} qubits on a machine of {machine.qubits}")
        elif not order.dry_run:
            seed = draw(self.seed, "job", len(self.jobs)) if order.noise_seed is None else order.noise_seed
            job.work = self._workers.submit(self._compute, order, noise, seed)
        self.jobs[job.id] = job
        return {"id": job.id, "status": "ready", "session_id": order.session}, 201 if version == "v0.4" else 200

    def _compute(self, order: Order, noise: Noise | None, seed: int) -> list[Histogram]:
        if noise is None:
            return self._computer.exact(order.circuits)
        return self._computer.shots(order.circuits, order.shots, noise, seed)

    def _noise(self, order: Order, machine: Target) -> Noise | None:
        """None: exact probabilities."""
        if machine.hardware:
            return Calibrated(machine.calibration or Calibration("none", ""), scale=self.noise)
        if order.model == "ideal":
            return None
        twin = self.machines.get(f"qpu.{order.model}")
        if twin is not None and twin.calibration is not None:
            return Calibrated(twin.calibration)
        if order.model.partition("-")[0] in MODELS:
            one, two, read = MODELS[order.model.partition("-")[0]]
            facts = Calibration(order.model, "", one_qubit_error=(one,), two_qubit_error=two, readout=((read, read),))
            return Calibrated(facts)
        raise Refusal(400, f"Bad Request: there is no noise model {order.model[:40]!r}")

    def _enter(self, order: Order) -> None:
        """Count a job in its session."""
        if order.session is None:
            return
        session = self._sessions.get(order.session)
        most = ((session or {}).get("settings") or {}).get("job_count_limit")
        used = sum(job.order.session == order.session for job in self.jobs.values())
        if session is None or not session["active"] or (most is not None and used >= most):
            raise Refusal(400, "Bad Request: the session is unknown, has ended, or is used up")

    def show(self, version: str, request: Request, name: str) -> tuple[Any, int]:
        job = self._job(name)
        state = job.look()
        return job.shown(state) if version == "v0.4" else job.shown_as_before(state), 200

    def list(self, version: str, request: Request, session: str | None = None) -> tuple[Any, int]:
        jobs = [job for job in reversed(self.jobs.values()) if self.conduct.listed(job.created)]
        if session is not None:
            jobs = [job for job in jobs if job.order.session == session]
        if request.option("status"):
            jobs = [job for job in jobs if job.state == request.option("status")]
        start = next((i for i, job in enumerate(jobs) if job.id == request.option("next")), 0)
        end = start + max(1, min(_LISTED, int(request.option("limit", str(_LISTED)))))
        shown = [
            job.shown(job.state) if version == "v0.4" else job.shown_as_before(job.state) for job in jobs[start:end]
        ]
        return {"jobs": shown, "next": jobs[end].id if end < len(jobs) else None}, 200

    def results(self, version: str, request: Request, name: str, kind: str = "") -> tuple[Any, int]:
        job = self._job(name)
        found = job.results()
        if found is None or (version == "v0.4" and job.order.batch == (kind == "")):
            raise Refusal(404, "Not Found: the job has no such results")
        return dict(zip(job.children, found, strict=True)) if job.order.batch else found[0], 200

    def cancel(self, version: str, request: Request, name: str) -> tuple[Any, int]:
        job = self._job(name)
        job.cancelled = True
        if job.work is not None:
            job.work.cancel()
        return {"id": name, "status": "canceled"}, 200

    def cancel_many(self, version: str, request: Request) -> tuple[Any, int]:
        names = list(request.json()["ids"])
        for name in names:
            self.cancel(version, request, name)
        return {"ids": names, "status": "canceled"}, 200

    def delete(self, version: str, request: Request, name: str) -> tuple[Any, int]:
        self._job(name)
        del self.jobs[name]
        return {"id": name, "status": "deleted"}, 200

    def cost(self, version: str, request: Request, name: str) -> tuple[Any, int]:
        job = self._job(name)
        value = {"value": job.cost, "unit": "usd"}
        done = {"cost": value} if job.state == "completed" and not job.order.dry_run else {}
        return {"dry_run": job.order.dry_run, "estimated_cost": value} | done, 200

    def estimate(self, version: str, request: Request) -> tuple[Any, int]:
        machine = self._machine(request.option("backend"))
        return shape.estimate(request, machine), 200

    def whoami(self, version: str, request: Request) -> tuple[Any, int]:
        return {
            "key_id": "00000000-0000-4000-8000-000000000001",
            "key_name": "emulated",
            "project_id": shape.PROJECT,
        }, 200

    def backends(self, version: str, request: Request) -> tuple[Any, int]:
        return [shape.backend(machine, self.conduct.offline) for machine in self.machines.values()], 200

    def backend(self, version: str, request: Request, name: str) -> tuple[Any, int]:
        return shape.backend(self._machine(name), self.conduct.offline), 200

    def characterizations(self, version: str, request: Request, name: str) -> tuple[Any, int]:
        found = shape.characterization(self._machine(name))
        return {"characterizations": [found] if found else [], "pages": 1}, 200

    def characterization(self, version: str, request: Request, name: str, number: str) -> tuple[Any, int]:
        found = shape.characterization(self._machine(name))
        if found is None or number not in (found["id"], "current"):
            raise Refusal(404, "Not Found: there is no such characterization")
        return found, 200

    def _machine(self, name: str) -> Target:
        if name not in self.machines:
            raise Refusal(404, "Not Found: there is no such backend")
        return self.machines[name]

    def open_session(self, version: str, request: Request) -> tuple[Any, int]:
        body = request.json()
        machine = self._machine(str(body.get("backend")))
        session = shape.session(self._new_id(), machine.name, body.get("settings") or {})
        self._sessions[session["id"]] = session
        return session, 201

    def list_sessions(self, version: str, request: Request) -> tuple[Any, int]:
        return {"organization_id": shape.PROJECT, "sessions": list(self._sessions.values())}, 200

    def show_session(self, version: str, request: Request, name: str) -> tuple[Any, int]:
        if name not in self._sessions:
            raise Refusal(404, "Not Found: there is no such session")
        return self._sessions[name], 200

    def end_session(self, version: str, request: Request, name: str) -> tuple[Any, int]:
        session, _ = self.show_session(version, request, name)
        session |= {"active": False, "status": "ended", "ended_at": shape.now(), "ender_id": shape.USER}
        return session, 200


_Route = Callable[..., tuple[Any, int]]
_ID = "([0-9a-f-]{36})"
_ROUTES: tuple[tuple[str, str, _Route], ...] = (
    ("POST", "/jobs", Ionq.submit),
    ("GET", "/jobs", Ionq.list),
    ("PUT", "/jobs/status/cancel", Ionq.cancel_many),
    ("GET", "/jobs/estimate", Ionq.estimate),
    ("GET", f"/jobs/{_ID}", Ionq.show),
    ("DELETE", f"/jobs/{_ID}", Ionq.delete),
    ("GET", f"/jobs/{_ID}/cost", Ionq.cost),
    ("PUT", f"/jobs/{_ID}/status/cancel", Ionq.cancel),
    ("GET", f"/jobs/{_ID}/results", Ionq.results),
    ("GET", f"/jobs/{_ID}/results/probabilities", Ionq.results),
    ("GET", f"/jobs/{_ID}/results/probabilities/(aggregated)", Ionq.results),
    ("GET", f"/jobs/{_ID}/artifacts/probabilities(-aggregate|)", Ionq.results),
    ("GET", "/whoami", Ionq.whoami),
    ("GET", "/backends", Ionq.backends),
    ("GET", r"/backends/([\w.-]+)", Ionq.backend),
    ("GET", r"/backends/([\w.-]+)/characterizations", Ionq.characterizations),
    ("GET", r"/characterizations/backends/([\w.-]+)", Ionq.characterizations),
    ("GET", r"/backends/([\w.-]+)/characterizations/([\w-]+)", Ionq.characterization),
    ("GET", r"/characterizations/backends/([\w.-]+)/([\w-]+)", Ionq.characterization),
    ("POST", "/sessions", Ionq.open_session),
    ("GET", "/sessions", Ionq.list_sessions),
    ("GET", f"/sessions/{_ID}", Ionq.show_session),
    ("POST", f"/sessions/{_ID}/end", Ionq.end_session),
    ("GET", f"/sessions/{_ID}/jobs", Ionq.list),
)
"""Method, path and what answers; both versions share them, since no path means two things."""
