"""The connection to Braket: a request as one program set, or where there are none as one task a circuit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from qmlops.core.program import Program
from qmlops.core.target import Price
from qmlops.core.ticket import Cost, State, Status, Ticket
from qmlops.core.work import Counts, Result, Work
from qmlops.errors import Ambiguous, CredentialError, JobFailed, Unavailable, Unsent
from qmlops.lower.reading import result_of
from qmlops.parts.backend.braket.client import ask
from qmlops.parts.backend.braket.program import Natively, Sheet, sheets
from qmlops.parts.backend.braket.result import Reading, readings

LEAST_SECONDS = 3.0
"""That a simulator's task is billed at least, as braket.tracking.tracker has it."""
_STATES: dict[str, State] = {
    **{"CREATED": "queued", "QUEUED": "queued", "RUNNING": "running", "CANCELLING": "running"},
    **{"COMPLETED": "done", "FAILED": "failed", "CANCELLED": "cancelled"},
}
_WORST: tuple[State, ...] = ("failed", "cancelled", "running", "queued", "done")
_PAGES = 100
"""Of the list of tasks that a search goes through, 100 tasks each."""


@dataclass(frozen=True)
class Terms:
    """What is said to Braket with every task, and what its machine costs."""

    device: str
    arn: str
    sets: bool
    """Whether the device takes program sets."""
    natively: Natively | None = None
    reservation: str | None = None
    price: Price | None = None
    hardware: bool = True


class BraketSession:
    """A Session at Braket; `connect` gives a client, which is made once and fetches keys by itself."""

    idempotent: ClassVar[bool] = True
    """Braket takes tasks with an equal client token for one."""

    def __init__(self, terms: Terms, connect: Callable[[], Any]) -> None:
        self.terms = terms
        self._connect = connect
        self._sheets: dict[tuple[int, bool], tuple[Program, list[Sheet]]] = {}
        self._seconds: dict[str, float] = {}

    @cached_property
    def client(self) -> Any:
        return self._connect()

    def identity(self) -> str:
        """Digest of the access key; empty where there is none. Tokens are known to one account only."""
        from botocore.exceptions import BotoCoreError

        try:
            keys = self.client.boto_session.get_credentials()
        except (BotoCoreError, CredentialError):
            return ""
        return hashlib.sha256(str(keys.access_key).encode()).hexdigest()[:16] if keys is not None else ""

    def submit(self, works: Sequence[Work], token: str) -> Ticket:
        """One task that carries the token, or one a circuit under the token with a number.

        Raises Ambiguous where a task is refused, or keys have run out, after others were taken: sent
        again, these stay one.
        """
        actions = [*self._actions(works)]
        bucket = ask(self.client, self.client.default_bucket, submits=True)
        tasks: list[str] = []
        for number, (action, shots) in enumerate(actions):
            try:
                tasks.append(self._create(action, shots, bucket, _numbered(token, number, len(actions))))
            except (Unsent, CredentialError) as refusal:
                if not tasks:
                    raise
                told = f"Braket took {len(tasks)} of {len(actions)} tasks. {refusal}"
                raise Ambiguous(told) from None
        return _ticket(tasks, token)

    def _create(self, action: str, shots: int, bucket: str, tags: dict[str, str]) -> str:
        terms = self.terms
        kind = "RESERVATION_TIME_WINDOW_ARN"
        reserved = {"associations": [{"arn": terms.reservation, "type": kind}]} if terms.reservation else {}
        made = ask(
            self.client,
            lambda: self.client.create_quantum_task(
                deviceArn=terms.arn,
                outputS3Bucket=bucket,
                outputS3KeyPrefix="qmlops",
                shots=shots,
                action=action,
                tags=tags,
                clientToken="-".join(tags.values()).replace("/", "-"),
                **reserved,
            ),
            submits=True,
        )
        return str(made)

    def find(self, token: str) -> Ticket | None:
        """Among all tasks of the device, because Braket cannot search by tag."""
        found: dict[str, str] = {}
        for task in self._listed():
            tags = task.get("tags") or {}
            if tags.get("qmlops") == token:
                found[str(tags.get("circuit", "1/1"))] = str(task["quantumTaskArn"])
        parts = sorted(found, key=lambda part: int(part.partition("/")[0]))
        if not parts or len(parts) != int(parts[0].partition("/")[2]):
            return None
        return _ticket([found[part] for part in parts], token)

    def status(self, ticket: Ticket) -> Status:
        found = [self._look(task) for task in _tasks(ticket)]
        states = [_state(task) for task in found]
        state = next(kind for kind in _WORST if kind in states)
        chosen = found[states.index(state)]
        reason = _words(chosen.get("failureReason")) if state == "failed" else ""
        position = str((chosen.get("queueInfo") or {}).get("position") or "").strip("<>=")
        return Status(state, reason, int(position) if position.isdigit() and state == "queued" else None)

    def result(self, ticket: Ticket, works: Sequence[Work]) -> list[Result]:
        found: list[Reading] = []
        for task in _tasks(ticket):
            found += self._read(task)
        told = {"backend": "braket", "device": self.terms.device, "job": ticket.job}
        remaining, results = iter(found), []
        expected = sum(len(sheets_) * len(work.points) for work in works for sheets_ in [self._written(work)])
        if len(found) != expected:
            raise JobFailed(f"Braket's {ticket.job} has {len(found)} results, and {expected} circuits were asked for.")
        for work in works:
            counts: list[list[Counts]] = [
                [next(remaining).counts(sheet.qubits, work.shots) for _ in work.points] for sheet in self._written(work)
            ]
            results.append(result_of(work, counts, told))
        return results

    def cancel(self, ticket: Ticket) -> None:
        for task in _tasks(ticket):
            if _state(self._look(task)) in ("queued", "running"):
                ask(self.client, lambda task=task: self.client.cancel_quantum_task(task))  # type: ignore[misc]

    def cost(self, ticket: Ticket) -> Cost:
        """By the catalogue's price list, as Braket's own tracker counts: nothing for what failed or is reserved."""
        price, amount, seconds = self.terms.price, 0.0, 0.0
        if price is None:
            return Cost(None, "USD", "no price of the device is known")
        for task in _tasks(ticket):
            facts = self._look(task)
            if _state(facts) in ("failed", "cancelled") or facts.get("associations"):
                continue
            if self.terms.hardware:
                amount += price.request + price.shot * int(facts["shots"])
                continue
            if task not in self._seconds:
                self._read(task)
            billed = max(self._seconds[task], LEAST_SECONDS)
            amount, seconds = amount + price.second * billed, seconds + billed
        told = f"the tasks by the price list of {price.date}, {price.source}"
        return Cost(amount, price.unit, told, None if self.terms.hardware else seconds)

    def _actions(self, works: Sequence[Work]) -> Iterator[tuple[str, int]]:
        """Documents and their shots: a program set for all circuits, or one program a circuit."""
        from braket.ir.openqasm import Program as Source
        from braket.ir.openqasm import ProgramSet

        programs = [(work, sheet, sheet.inputs(work.points)) for work in works for sheet in self._written(work)]
        circuits = sum(len(work.points) for work, _, _ in programs)
        if self.terms.sets and circuits > 1:
            written = [Source(source=sheet.source, inputs=given) for work, sheet, given in _full(programs)]
            yield ProgramSet(programs=written).json(), circuits * (works[0].shots or 0)
            return
        for work, sheet, given in programs:
            for row in range(len(work.points)):
                point = {name: values[row] for name, values in given.items()}
                yield Source(source=sheet.source, inputs=point or None).json(), work.shots or 0

    def _written(self, work: Work) -> list[Sheet]:
        """The sheets of a program, which is often asked for again."""
        key = (id(work.program), work.shots is None)
        kept = self._sheets.get(key)
        if kept is None or kept[0] is not work.program:
            if len(self._sheets) >= 64:
                self._sheets.clear()
            found = sheets(work.program, exact=work.shots is None, natively=self.terms.natively)
            self._sheets[key] = kept = (work.program, found)
        return kept[1]

    def _look(self, task: str) -> Mapping[str, Any]:
        asked = {"quantumTaskArn": task, "additionalAttributeNames": ["QueueInfo"]}
        found: Any = ask(self.client, lambda: self.client.braket_client.get_quantum_task(**asked))
        if not found.get("status"):
            raise Unavailable(f"Braket's answer on {task} cannot be read.")
        return dict(found)

    def _read(self, task: str) -> list[Reading]:
        facts = self._look(task)
        if _state(facts) != "done":
            told = f"Braket's task {task} is {facts['status']} and has no results. {_words(facts.get('failureReason'))}"
            raise JobFailed(told.strip())
        found, seconds = readings(self.client, str(facts["outputS3Bucket"]), str(facts["outputS3Directory"]))
        self._seconds[task] = seconds
        return found

    def _listed(self) -> Iterator[Mapping[str, Any]]:
        """Every task of the device, page by page."""
        given: dict[str, Any] = {"filters": [{"name": "deviceArn", "operator": "EQUAL", "values": [self.terms.arn]}]}
        for _ in range(_PAGES):
            answer: Any = ask(
                self.client, lambda: self.client.braket_client.search_quantum_tasks(maxResults=100, **given)
            )
            if "quantumTasks" not in answer:
                raise Unavailable("Braket's list of tasks cannot be read.")
            yield from answer["quantumTasks"]
            if not answer.get("nextToken"):
                return
            given["nextToken"] = answer["nextToken"]
        raise Unavailable(f"Braket lists more than {_PAGES} pages of tasks, and the search was given up.")


def _full(programs: Sequence[tuple[Work, Sheet, dict[str, list[float]]]]) -> Iterator[tuple[Work, Sheet, Any]]:
    """Each program as often as a set must hold it: without inputs an entry is one executable."""
    for work, sheet, given in programs:
        if given:
            yield work, sheet, given
        else:
            yield from ((work, sheet, None) for _ in work.points)


def _numbered(token: str, number: int, circuits: int) -> dict[str, str]:
    return {"qmlops": token} | ({"circuit": f"{number + 1}/{circuits}"} if circuits > 1 else {})


def _ticket(tasks: Sequence[str], token: str) -> Ticket:
    return Ticket("braket", tasks[0], token, {"tasks": json.dumps(tasks)} if len(tasks) > 1 else {})


def _tasks(ticket: Ticket) -> list[str]:
    return list(json.loads(ticket.details["tasks"])) if "tasks" in ticket.details else [ticket.job]


def _state(task: Mapping[str, Any]) -> State:
    state = _STATES.get(str(task["status"]))
    if state is None:
        raise Unavailable(f"Braket's task {task.get('quantumTaskArn')} is in a state that is not known here.")
    return state


def _words(reason: Any) -> str:
    return " ".join(str(reason or "").split())[:160]
