"""The connection to IonQ: requests as jobs, found by their name, read back as results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from qmlops.core.program import Program
from qmlops.core.seed import draw, stream
from qmlops.core.ticket import Cost, State, Status, Ticket
from qmlops.core.work import Counts, Result, Work
from qmlops.errors import Ambiguous, JobFailed, Unavailable
from qmlops.lower.basis import bases
from qmlops.lower.reading import circuits_of, counts_of, result_of
from qmlops.parts.backend.ionq.program import Entry, Sheet, sheets

_STATES: dict[str, State] = {
    **{"submitted": "queued", "ready": "queued", "started": "running", "running": "running"},
    **{"completed": "done", "failed": "failed", "canceled": "cancelled", "deleted": "cancelled"},
}
_PAGES = 400
"""Of the list of jobs that a search goes through."""
_TRIES = 4
"""At each of these pages but the first."""
_AGGREGATE = "ionq.result.probabilities-aggregate.json.v1"


@dataclass(frozen=True)
class Terms:
    """What is said to IonQ with every job."""

    device: str
    model: str
    """Of the cloud simulator's noise."""
    debiasing: bool
    sharpen: bool | None
    optimise: bool
    session: str | None

    @property
    def exact(self) -> bool:
        """Whether probabilities come back, from which shots are drawn here."""
        return self.device == "simulator" and self.model == "ideal"


class IonqSession:
    """A Session at IonQ. `connect` gives a client; it is called for each question, and fetches the key."""

    def __init__(self, terms: Terms, connect: Callable[[], Any]) -> None:
        self.terms = terms
        self._connect = connect
        self._sheets: dict[int, tuple[Program, list[Sheet]]] = {}

    def submit(self, works: Sequence[Work], token: str) -> Ticket:
        circuits = [circuit for work in works for circuit in self._circuits(work)]
        width = max(work.program.width for work in works)
        batch = len(circuits) > 1
        shape = {"circuits": [{"circuit": circuit} for circuit in circuits]} if batch else {"circuit": circuits[0]}
        client = self._connect()
        program = _order({"gateset": "qis", "qubits": width, **shape}, self._settings(works), token)
        more: dict[str, Any] = {"session_id": self.terms.session} if self.terms.session else {}
        old = "body" in {item.name for item in fields(program)}
        if old and self.terms.model != "ideal":
            more["noise"] = self._noise(works)
        made = client.create_job(
            program,
            repetitions=works[0].shots or 1,
            target=self.terms.device,
            name=token,
            extra_query_params=more,
            **({} if old else {"batch_mode": batch}),
        )
        if not isinstance(made, dict) or not isinstance(made.get("id"), str):
            raise Ambiguous("IonQ's answer names no job; whether it has one is not known.")
        return Ticket("ionq", made["id"], token)

    def find(self, token: str) -> Ticket | None:
        for job in self._listed():
            if job.get("name") == token or (job.get("metadata") or {}).get("qmlops") == token:
                return Ticket("ionq", str(job["id"]), token)
        return None

    def status(self, ticket: Ticket) -> Status:
        job = self._connect().get_job(ticket.job)
        state = _STATES.get(str(job.get("status")))
        if state is None:
            raise Unavailable(f"IonQ's job {ticket.job} is in a state that is not known here.")
        return Status(state, _reason(job) if state == "failed" else "")

    def result(self, ticket: Ticket, works: Sequence[Work]) -> list[Result]:
        client = self._connect()
        job = client.get_job(ticket.job)
        if job.get("status") not in _STATES:
            raise Unavailable(f"IonQ's job {ticket.job} is in a state that is not known here.")
        if job["status"] != "completed":
            raise JobFailed(
                f"IonQ's job {ticket.job} is {job.get('status')} and has no results. {_reason(job)}".strip()
            )
        try:
            histograms = _histograms(client, job, self.terms.sharpen)
        except JobFailed as error:
            # It is done and paid for: a failed job would be sent, and paid for, again.
            raise Unavailable(f"IonQ does not show the results of job {ticket.job} now. {error}") from None
        if len(histograms) != sum(circuits_of(work) for work in works):
            raise JobFailed(
                f"IonQ's job {ticket.job} has {len(histograms)} results, and other circuits were asked for."
            )
        told = {"backend": "ionq", "device": self.terms.device, "job": ticket.job}
        if self.terms.exact:
            told["shots"] = "drawn here by the work's seed, from IonQ's exact probabilities"
        results, remaining = [], iter(histograms)
        for work in works:
            read = [[next(remaining) for _ in work.points] for _ in bases(work.program.observables)]
            results.append(result_of(work, self._counts(work, read), told))
        return results

    def cancel(self, ticket: Ticket) -> None:
        answer = self._connect().cancel_job(ticket.job)
        if answer.get("status") not in _STATES:
            raise Unavailable(f"Whether IonQ's job {ticket.job} is cancelled is not known.")

    def cost(self, ticket: Ticket) -> Cost:
        client = self._connect()
        if client.url.endswith("v0.3"):
            billed = client.get_job(ticket.job).get("cost_usd")
            return Cost(None if billed is None else float(billed), "USD", "IonQ's bill of the job")
        answer = client.question(f"jobs/{ticket.job}/cost")
        for key, basis in (("cost", "IonQ's bill of the job"), ("estimated_cost", "IonQ's estimate of the job")):
            told = answer.get(key)
            if isinstance(told, dict) and isinstance(told.get("value"), int | float):
                return Cost(float(told["value"]), money(str(told.get("unit", "usd"))), basis)
        return Cost(None, "USD", "IonQ tells no cost of the job")

    def _circuits(self, work: Work) -> Iterator[list[Entry]]:
        """Basis by basis, then point by point."""
        kept = self._sheets.get(id(work.program))
        if kept is None or kept[0] is not work.program:
            if len(self._sheets) >= 64:
                self._sheets.clear()
            self._sheets[id(work.program)] = kept = (work.program, sheets(work.program))
        for sheet in kept[1]:
            yield from sheet.circuits(work.points)

    def _settings(self, works: Sequence[Work]) -> dict[str, Any]:
        """Mitigation is always named, because debiasing is on by default on hardware."""
        given: dict[str, Any] = {}
        if self.terms.device != "simulator":
            given["error_mitigation"] = {"debiasing": self.terms.debiasing}
            given["compilation"] = {"opt": 1 if self.terms.optimise else 0}
        if self.terms.model != "ideal":
            given["noise"] = self._noise(works)
        return given

    def _noise(self, works: Sequence[Work]) -> dict[str, Any]:
        return {"model": self.terms.model, "seed": draw(works[0].seed, "ionq")}

    def _listed(self) -> Iterator[Mapping[str, Any]]:
        """Every job, page by page. Raises Unavailable where the list does not end."""
        client, page, seen = self._connect(), None, set()
        for _ in range(_PAGES):
            answer = client.question("jobs") if page is None else _later(client, page)
            jobs = answer.get("jobs")
            if not isinstance(jobs, list):
                raise Unavailable("IonQ's list of jobs cannot be read.")
            yield from jobs
            page = answer.get("next")
            if not page or page in seen:
                return
            seen.add(page)
        raise Unavailable(f"IonQ lists more than {_PAGES} pages of jobs, and the search was given up.")

    def _counts(self, work: Work, read: Sequence[Sequence[Mapping[str, float]]]) -> list[list[Counts]]:
        """Of each basis and point; shots are drawn here where probabilities came, or counted from their shares."""
        found = []
        for number, histograms in enumerate(read):
            random = stream(work.seed, "shots", number)
            found.append([self._count(work, histogram, random) for histogram in histograms])
        return found

    def _count(self, work: Work, histogram: Mapping[str, float], random: np.random.Generator) -> Counts:
        width = work.program.width
        outcomes = {_reversed(int(key), width): float(share) for key, share in histogram.items()}
        if work.shots is not None and self.terms.exact:
            chances = np.array([outcomes[key] for key in sorted(outcomes)])
            drawn = random.multinomial(work.shots, chances / chances.sum())
            outcomes = dict(zip(sorted(outcomes), drawn.tolist(), strict=True))
        elif work.shots is not None:
            outcomes = {key: round(share * work.shots) for key, share in outcomes.items()}
        kept = {key: number for key, number in outcomes.items() if number > 0}
        if not kept:
            raise JobFailed("IonQ's results of a circuit are empty.")
        return counts_of(kept, width)


def _later(client: Any, page: str) -> Any:
    """A page of the list of jobs after the first: were it lost at once, all before it would be asked for again."""
    for _ in range(_TRIES - 1):
        with suppress(Unavailable):
            return client.question("jobs", next=page)
    return client.question("jobs", next=page)


def _order(content: dict[str, Any], settings: dict[str, Any], token: str) -> Any:
    """The SerializedProgram of the installed cirq-ionq, with lean metadata of our own."""
    from cirq_ionq.serializer import SerializedProgram

    metadata = {"qmlops": token}
    if "body" in {item.name for item in fields(SerializedProgram)}:
        debias = settings.get("error_mitigation", {}).get("debiasing")
        mitigation = None if debias is None else {"debias": debias}
        return SerializedProgram(body=content, metadata=metadata, settings={}, error_mitigation=mitigation)
    return SerializedProgram(
        input=content,
        settings={},
        metadata=metadata,
        compilation=settings.get("compilation", {}),
        error_mitigation=settings.get("error_mitigation", {}),
        noise=settings.get("noise", {}),
        dry_run=False,
    )


def _histograms(client: Any, job: Mapping[str, Any], sharpen: bool | None) -> list[Mapping[str, float]]:
    """One a circuit, in the order in which the circuits were sent."""
    children = job.get("child_job_ids") or job.get("children") or []
    client.batch_mode = job.get("type") == "ionq.multi-circuit.v1"
    try:
        found = client.get_results(job["id"], sharpen=sharpen)
    except JobFailed:
        # The address that cirq-ionq asks for a batch is not in IonQ's own description of v0.4; this one is.
        artifact = (job.get("results") or {}).get(_AGGREGATE)
        if artifact is None:
            raise
        found = client.question(f"jobs/{job['id']}/artifacts/{artifact['id']}")
    if not isinstance(found, dict) or not found:
        raise Unavailable(f"IonQ's results of job {job['id']} cannot be read.")
    shares = list(found.values())
    if all(isinstance(share, int | float) for share in shares):
        return [found]
    if not all(isinstance(share, dict) for share in shares):
        raise Unavailable(f"IonQ's results of job {job['id']} cannot be read.")
    return [found[child] for child in children] if set(children) == set(found) else list(found.values())


def _reversed(number: int, width: int) -> int:
    """IonQ counts qubit 0 as the lowest bit; here it is the highest."""
    return int(format(number, f"0{width}b")[::-1], 2)


def _reason(job: Mapping[str, Any]) -> str:
    """The provider's code and text."""
    failure = job.get("failure") or {}
    told = failure.get("message") or failure.get("error") or ""
    return f"{failure.get('code', '')}: {told[:160]}".strip(": ")


def money(unit: str) -> str:
    """A currency in capital letters; credits stay credits."""
    return unit.upper() if unit.lower() in ("usd", "eur") else unit
