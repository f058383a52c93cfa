"""IBM on 127.0.0.1 with faults on demand: identity service and runtime API, served from packaged snapshots."""

from __future__ import annotations

import json
import re
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any
from urllib.parse import parse_qs

from qmlops.parts.backend.ibm.snapshot import fake
from qmlops.serving.conduct import Conduct, Tally
from qmlops.serving.web import Reply, Request, as_json
from tests.doubles.fault import Double
from tests.doubles.ibm_primitive import Program, read

KEY = "ibm-test-key"
CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/0123456789abcdef:00000000-1111-2222-3333-444444444444::"
MACHINES = ("ibm_fez", "ibm_brussels", "ibm_manila")
_JOB = re.compile(r"/jobs/(?P<job>[\w-]+)(?P<part>/results|/metrics|/cancel|)$")
_BACKEND = re.compile(r"/backends/(?P<name>\w+)/(?P<part>configuration|properties|status)$")


@dataclass
class Job:
    """One submission, and how often it is still waiting."""

    id: str
    program: Program
    order: dict[str, Any]
    polls: int
    failure: tuple[str, str] | None
    number: int
    created: float = field(default_factory=time.monotonic)
    cancelled: bool = False
    results: str = ""

    def state(self) -> str:
        """As it is now; waiting goes on with each question."""
        if self.cancelled:
            return "Cancelled"
        if self.polls:
            self.polls -= 1
            return "Queued" if self.polls else "Running"
        return "Failed" if self.failure else "Completed"

    def shown(self, state: str) -> dict[str, Any]:
        told: dict[str, Any] = {"status": state}
        if state == "Failed" and self.failure is not None:
            told |= {"reason_code": self.failure[0], "reason": self.failure[1]}
        return {
            "id": self.id,
            "backend": self.order["backend"],
            "program": {"id": self.program.kind},
            "tags": self.order.get("tags", []),
            "session_id": self.order.get("session_id"),
            "created": "2026-11-01T00:00:00Z",
            "status": state,
            "state": told,
        }


class Ibm:
    """The provider. Every answer but the identity service's wants its token, and the instance's CRN."""

    def __init__(self, seed: int = 0) -> None:
        self.conduct, self.tally, self.jobs = Conduct(), Tally(), dict[str, Job]()
        self.message, self.used_up, self.counted = "active", False, True
        """What machines say of themselves; whether the instance has no time left; whether time is counted."""
        self.sessions: list[dict[str, Any]] = []
        self.logins = 0
        self._seed, self._token, self._lock = seed, _made_token(), RLock()

    def answer(self, request: Request) -> Reply:
        with self._lock:
            if request.path == "/identity/token":
                return self._login(request)
            if request.headers.get("authorization") != f"Bearer {self._token}":
                return _refusal(401, "unauthorised")
            if request.headers.get("service-crn") != CRN:
                return _refusal(403, "not your instance")
            return self._routed(request, request.path.removeprefix("/api/v1"))

    def _login(self, request: Request) -> Reply:
        self.logins += 1
        if parse_qs(request.body.decode()).get("apikey") != [KEY]:
            return as_json({"errorCode": "BXNIM0415E", "errorMessage": "Provided API key could not be found."}, 400)
        return as_json({"access_token": self._token, "expiration": int(time.time()) + 3600, "token_type": "Bearer"})

    def _routed(self, request: Request, path: str) -> Reply:
        job, machine = _JOB.fullmatch(path), _BACKEND.fullmatch(path)
        routes: dict[tuple[str, str], Callable[[Request], Reply]] = {
            ("POST", "/jobs"): self._submitted,
            ("GET", "/jobs"): self._listed,
            ("POST", "/sessions"): self._opened,
            ("GET", "/instances/usage"): lambda _: as_json({"usage_limit_reached": self.used_up}),
        }
        if (request.method, path) in routes:
            return routes[request.method, path](request)
        if machine is not None and machine["name"] in MACHINES:
            return self._machine(machine["name"], machine["part"])
        if job is not None and job["job"] in self.jobs:
            return self._job(self.jobs[job["job"]], job["part"])
        return _refusal(404, "there is no such thing")

    def _machine(self, name: str, part: str) -> Reply:
        if part == "status":
            return as_json({"state": not self.conduct.offline, "status": self.message, "length_queue": 3})
        packed = fake(name)
        file = packed.conf_filename if part == "configuration" else packed.props_filename
        return as_json(json.loads((Path(packed.dirname) / file).read_bytes()) | {"backend_name": name})

    def _submitted(self, request: Request) -> Reply:
        order = request.json()
        if self.conduct.offline or order.get("backend") not in MACHINES:
            return _refusal(400, f"Backend {order.get('backend')} is not available.")
        try:
            program = read(order["program_id"], order["params"])
        except (KeyError, ValueError) as error:
            return _refusal(400, f"the input is wrong: {type(error).__name__}")
        name = uuid.uuid4().hex[:20]
        failure = self.conduct.failures.popleft() if self.conduct.failures else None
        self.jobs[name] = Job(name, program, order, self.conduct.polls, failure, len(self.jobs))
        self.tally.add(program.circuits, program.shots)
        return as_json({"id": name, "backend": order["backend"]})

    def _listed(self, request: Request) -> Reply:
        wanted, limit = set(request.query.get("tags", [])), int(request.option("limit", "10"))
        found = [job for job in reversed(self.jobs.values()) if self.conduct.listed(job.created)]
        found = [job for job in found if wanted <= set(job.order.get("tags", []))]
        begin = int(request.option("offset", "0"))
        jobs = [job.shown("Queued") for job in found[begin : begin + limit]]
        return as_json({"jobs": jobs, "count": len(found), "limit": limit, "offset": begin})

    def _opened(self, request: Request) -> Reply:
        self.sessions.append(request.json())
        return as_json({"id": f"session-{len(self.sessions)}"})

    def _job(self, job: Job, part: str) -> Reply:
        if part == "/cancel":
            job.cancelled = True
            return Reply(204)
        if part == "/metrics":
            seconds = 2 + job.program.shots * 0.00035
            usage = {"status": "completed" if self.counted else "pending", "qpu_charge_time_seconds": seconds}
            return as_json({"usage": usage, "position_in_queue": job.number + 1})
        if part == "/results":
            job.results = job.results or job.program.run(self._seed + job.number)
            return Reply(200, job.results.encode(), {"Content-Type": "application/json"})
        return as_json(job.shown(job.state()))


def _made_token() -> str:
    """In the form of a JSON web token, which IBM's own login reads; nobody checks the signature."""
    now = int(time.time())
    parts = ({"alg": "HS256", "typ": "JWT"}, {"iat": now, "exp": now + 3600})
    written = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*written, uuid.uuid4().hex])


def _refusal(code: int, message: str) -> Reply:
    return as_json({"errors": [{"code": code, "message": message}]}, code)


class IbmDouble(Double):
    """Its `conduct` says how jobs and machines behave, its `tally` counts what was accepted."""

    def __init__(self, seed: int = 0) -> None:
        self.provider = Ibm(seed)
        self.conduct, self.tally, self.jobs = self.provider.conduct, self.provider.tally, self.provider.jobs
        super().__init__(self.provider.answer)
