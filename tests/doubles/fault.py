"""What can go wrong between a client and a provider, as one vocabulary for every double.

A fault is played on the next request that fits. What belongs to jobs and machines (a job that
fails, a machine that is offline, lists that lag, jobs that take several polls) stands in `Conduct`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from threading import Event, Lock
from types import TracebackType

from qmlops.serving.web import Answer, Reply, Request, Server


@dataclass(frozen=True)
class Fault:
    """One way in which a request goes wrong."""

    name: str
    processed: bool
    """Whether the provider does what was asked before things go wrong."""
    becomes: Callable[[Reply], Reply | None]
    """What the client gets in place of the right reply; None: the connection is closed."""
    silence: float = 0.0
    """Seconds before that."""


def status(code: int, retry_after: float | None = None, processed: bool = False, text: str = "busy") -> Fault:
    """Refused with a status, or for `processed` accepted and the answer lost in a gateway."""
    headers = {"Content-Type": "application/json"}
    if retry_after is not None:
        headers["Retry-After"] = f"{retry_after:g}"
    body = f'{{"statusCode": {code}, "error": "{text}", "message": "{text}"}}'.encode()
    return Fault(f"status_{code}", processed, lambda _: Reply(code, body, headers))


def silence(seconds: float, processed: bool = False) -> Fault:
    """Not a word for some seconds, longer than the client waits, and then a closed connection."""
    return Fault("silence", processed, lambda _: None, seconds)


def drop(processed: bool) -> Fault:
    """The connection ends without an answer, before or after the provider has done its work."""
    return Fault("drop_after" if processed else "drop_before", processed, lambda _: None)


def garbage(code: int = 200, processed: bool = True) -> Fault:
    """A page for people where JSON belongs."""
    page = b"<!DOCTYPE html><html><body><h1>We will be right back</h1></body></html>"
    return Fault("garbage", processed, lambda _: Reply(code, page, {"Content-Type": "text/html"}))


def nonsense(body: bytes = b"{}") -> Fault:
    """JSON with nothing in it of what belongs there."""
    return Fault("nonsense", True, lambda reply: Reply(reply.status, body, {"Content-Type": "application/json"}))


def truncated() -> Fault:
    """Half of the right answer."""
    return Fault("truncated", True, lambda reply: replace(reply, pieces=[reply.body[: len(reply.body) // 2]]))


def drip(seconds: float) -> Fault:
    """The right answer, spread over so many seconds; no single wait of the client is long."""
    return Fault("drip", True, lambda reply: replace(reply, pieces=_slowly(reply.body, seconds)))


def _slowly(body: bytes, seconds: float, parts: int = 200) -> Iterator[bytes]:
    size = max(1, -(-len(body) // parts))
    for start in range(0, len(body), size):
        time.sleep(seconds / parts)
        yield body[start : start + size]


@dataclass
class Planned:
    """A fault that waits for its request."""

    fault: Fault
    method: str
    path: re.Pattern[str]
    times: int
    after: int

    def fits(self, request: Request) -> bool:
        return self.method in ("", request.method) and self.path.search(request.path) is not None


class Double:
    """A provider on 127.0.0.1 with faults on demand. Use it in a `with` statement."""

    def __init__(self, answer: Answer) -> None:
        self.requests: list[Request] = []
        """Everything that reached it, in order, also what a fault kept from the provider."""
        self.weather: Callable[[Request], Fault | None] = lambda request: None
        """What is played on a request for which nothing is planned."""
        self._right = answer
        self._planned: list[Planned] = []
        self._lock = Lock()
        self._closing = Event()
        self._server = Server(self._answer)
        self.url = self._server.url

    def plan(self, fault: Fault, method: str = "", path: str = "", times: int = 1, after: int = 0) -> None:
        """Play a fault on the next `times` requests whose method and path (a pattern) fit, but for the first `after`.

        Of several that fit, the one that was planned first is played.
        """
        with self._lock:
            self._planned.append(Planned(fault, method, re.compile(path), times, after))

    def clear(self) -> None:
        """Forget what is planned."""
        with self._lock:
            self._planned.clear()

    def waiting(self) -> list[Fault]:
        """What is planned and was not yet played."""
        with self._lock:
            return [planned.fault for planned in self._planned]

    def asked(self, method: str, path: str) -> int:
        """How many requests of a method reached a path (a pattern)."""
        with self._lock:
            return sum(request.method == method and bool(re.search(path, request.path)) for request in self.requests)

    def _answer(self, request: Request) -> Reply | None:
        fault = self._next(request)
        if fault is None:
            return self._right(request)
        reply = self._right(request) if fault.processed else Reply()
        if fault.silence:
            self._closing.wait(fault.silence)
        return fault.becomes(reply) if reply is not None else None

    def _next(self, request: Request) -> Fault | None:
        with self._lock:
            self.requests.append(request)
            for planned in self._planned:
                if not planned.fits(request):
                    continue
                if planned.after:
                    planned.after -= 1
                    continue
                planned.times -= 1
                if not planned.times:
                    self._planned.remove(planned)
                return planned.fault
            return self.weather(request)

    def close(self) -> None:
        self._closing.set()
        self._server.close()

    def __enter__(self) -> Double:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
