"""What providers offer: each device of their catalogues, and what they say of it now, asked all at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from qmlops.config.folder import folders, names
from qmlops.config.kind import load, table
from qmlops.core.backend import Remote
from qmlops.core.target import Price, Queue, Target
from qmlops.errors import QmlopsError

_DAY = 86400.0
_LATE = "no answer in time"


@dataclass(frozen=True)
class Machine:
    """One device, as its provider or else the dated catalogue describes it."""

    backend: str
    """The YAML that names it."""
    device: str
    state: str
    """`available`, or that the provider was not asked, or what went wrong."""
    asked: bool
    """Whether the facts are the provider's own of this moment."""
    qubits: int | None = None
    queue: Queue | None = None
    calibration: str = ""
    """The id of the last one that is known; empty: none is."""
    calibration_days: float | None = None
    """Its age; None: not known."""
    price: str = "not known"
    source: str = ""


def machines(offline: bool, seconds: float) -> list[Machine]:
    """Every device of every provider, in the order of names; waits for all answers together at most so long."""
    rows = [row for name in names("backend") for row in _of(name)]
    questions = {
        number: backend.current
        for number, (_, _, backend) in enumerate(rows)
        if isinstance(backend, Remote) and not offline and not backend.missing()
    }
    answers = _answers(questions, seconds)
    return [_machine(*row, answers.get(number), offline) for number, row in enumerate(rows)]


def _of(name: str) -> Iterator[tuple[str, str, Any]]:
    """The devices of a provider's YAML, each as a backend that can be asked, or why it cannot be made."""
    path = next(
        folder / "backend" / f"{name}.yaml" for folder in folders() if (folder / "backend" / f"{name}.yaml").is_file()
    )
    node = yaml.safe_load(path.read_text(encoding="utf-8"))
    kind = node.pop("kind", "")
    if kind not in table("backend") or not hasattr(load("backend", kind), "provider"):
        return
    for device in node.get("devices") or [node.get("device", "")]:
        try:
            yield name, device, load("backend", kind)(**(node | {"device": device}))
        except (QmlopsError, TypeError) as error:
            yield name, device, str(error)


def _answers(questions: dict[int, Callable[[], Target]], seconds: float) -> dict[int, Target | str]:
    """What each question brought within the time; threads that are late are left to end with the process."""
    found: dict[int, Target | str] = dict.fromkeys(questions, _LATE)

    def put(number: int) -> None:
        try:
            answer: Target | str = questions[number]()
        except QmlopsError as error:
            answer = str(error).splitlines()[0]
        if not closed.is_set():
            found[number] = answer

    closed = threading.Event()
    threads = [threading.Thread(target=put, args=(number,), daemon=True) for number in questions]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    closed.set()
    return dict(found)


def _machine(name: str, device: str, backend: Any, answer: Target | str | None, offline: bool) -> Machine:
    if isinstance(backend, str):
        return Machine(name, device, backend, asked=False)
    known = answer if isinstance(answer, Target) else backend.target()
    if isinstance(answer, str):
        state = answer
    elif answer is not None:
        state = "available"
    else:
        state = "not asked" if offline else "not asked: its backend is not ready"
    facts = known.calibration
    return Machine(
        backend=name,
        device=device,
        state=state,
        asked=isinstance(answer, Target),
        qubits=known.qubits,
        queue=known.queue,
        calibration="" if facts is None else facts.id,
        calibration_days=None if facts is None else age(facts.time),
        price=in_words(known.price),
        source=known.source,
    )


def age(text: str) -> float | None:
    """Days since a moment in ISO 8601; None for what is none."""
    then = moment(text)
    return None if then is None else (time.time() - then) / _DAY


def moment(text: str) -> float | None:
    """A moment in ISO 8601 as seconds since 1970, in UTC where it names no zone; None for what is none."""
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (then if then.tzinfo is not None else then.replace(tzinfo=UTC)).timestamp()


def in_words(price: Price | None) -> str:
    """A price list in one line, with its date and source."""
    if price is None:
        return "not known"
    parts = {"a request": price.request, "a shot": price.shot, "a second": price.second}
    told = [f"{amount:g} {price.unit} {unit}" for unit, amount in parts.items() if amount]
    return f"{' + '.join(told) or 'free'} ({price.date}, {price.source})"
