"""cirq-ionq's client with what it lacks: one attempt a request, time-outs, and errors that say what is certain."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import FunctionType
from typing import Any

from qmlops.errors import CredentialError
from qmlops.parts.backend.answer import Answer, ask, whole

_NOT_TAKEN = (409, 429)
"""Refusals that pass: Cloudflare's 409 is a failed look-up of a name, 429 asks to wait."""


class Wire:
    """Stands where cirq-ionq's closures name the module `requests`, because that is called without a time-out.

    A time-out of requests bounds each single wait; the deadline here bounds the whole of an answer
    that drips.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def get(self, url: str, **given: Any) -> Answer:
        return self._send("GET", url, given)

    def post(self, url: str, **given: Any) -> Answer:
        return self._send("POST", url, given)

    def put(self, url: str, **given: Any) -> Answer:
        return self._send("PUT", url, given)

    def delete(self, url: str, **given: Any) -> Answer:
        return self._send("DELETE", url, given)

    def _send(self, method: str, url: str, given: dict[str, Any]) -> Answer:
        import requests

        end = time.monotonic() + self.seconds
        with (
            requests.Session() as session,
            session.request(method, url, timeout=self.seconds, stream=True, allow_redirects=False, **given) as response,
        ):
            return Answer(response.status_code, response.headers, whole(response, end))


def client(url: str, key: str, seconds: float, reference: str) -> Any:
    """A `_IonQClient` of the installed cirq-ionq. Its calls end within about `seconds` and are made once.

    Raises Unsent and Ambiguous for a POST, Unavailable for a question; CredentialError for a key
    that is refused, and JobFailed where there is no such job. `reference` is where the key stands,
    for that message. No message holds the key or what was sent.
    """
    from cirq_ionq.ionq_client import _IonQClient

    class Client(_IonQClient):  # type: ignore[misc]
        def _make_request(self, request: FunctionType, json: Any) -> Answer:
            bound = FunctionType(
                request.__code__, {**request.__globals__, "requests": Wire(seconds)}, closure=request.__closure__
            )
            return _ask(bound, "post" in request.__code__.co_names, key, reference)

        def question(self, path: str, **params: str) -> Any:
            """The answer to a GET that cirq-ionq has no method for."""
            return _ask(
                lambda: Wire(seconds).get(f"{self.url}/{path}", params=params, headers=self.headers),
                False,
                key,
                reference,
            ).json()

    return Client(url, key, max_retry_seconds=0)


def _ask(request: Callable[[], Answer], submits: bool, key: str, reference: str) -> Answer:
    def refused(code: int) -> CredentialError:
        return CredentialError(
            f"IonQ does not take the key behind {reference} (status {code}).\n"
            "Make one at https://cloud.ionq.com/settings/keys, or name another reference with backend.api_key=…"
        )

    return ask("IonQ", request, submits, (401, 403), refused, key, _NOT_TAKEN)
