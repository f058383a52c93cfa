"""cirq-ionq's client with what it lacks: one attempt a request, time-outs, and errors that say what is certain."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any, NoReturn

from qmlops.errors import Ambiguous, CredentialError, JobFailed, Unavailable, Unsent

_LONGEST = 160
"""Characters of a provider's message that are shown."""
_NOT_TAKEN = (409, 429)
"""Refusals that pass: Cloudflare's 409 is a failed look-up of a name, 429 asks to wait."""


@dataclass(frozen=True)
class Answer:
    """A response that was read to its end."""

    status_code: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


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
            body = bytearray()
            while piece := response.raw.read1(65536, decode_content=True):
                body += piece
                if time.monotonic() > end:
                    raise requests.ReadTimeout
            return Answer(response.status_code, response.headers, bytes(body))


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
            return ask(bound, "post" in request.__code__.co_names, key, reference)

        def question(self, path: str, **params: str) -> Any:
            """The answer to a GET that cirq-ionq has no method for."""
            return ask(
                lambda: Wire(seconds).get(f"{self.url}/{path}", params=params, headers=self.headers),
                False,
                key,
                reference,
            ).json()

    return Client(url, key, max_retry_seconds=0)


def ask(request: Any, submits: bool, key: str, reference: str) -> Answer:
    """Make one request, and say what is certain where it goes wrong."""
    import requests
    from urllib3.exceptions import HTTPError

    try:
        answer: Answer = request()
    except (requests.RequestException, HTTPError) as error:
        _no_answer(error, submits)
    if 200 <= answer.status_code < 300:
        if isinstance(_content(answer), dict):
            return answer
        _doubt("IonQ answered with something else than JSON of the right form", submits)
    _refused(answer, submits, key, reference)


def _no_answer(error: Exception, submits: bool) -> NoReturn:
    """No whole answer came; where not even a connection was made, nothing was sent."""
    from ssl import SSLCertVerificationError

    import requests
    from urllib3.exceptions import NewConnectionError, ProxyError, SSLError

    cause = getattr(error.args[0] if error.args else None, "reason", None)
    certificate = isinstance(cause, SSLError) and isinstance(cause.args[0], SSLCertVerificationError)
    unmade = isinstance(error, requests.ConnectTimeout) or isinstance(cause, NewConnectionError | ProxyError)
    if submits and (unmade or certificate):
        raise Unsent(f"IonQ cannot be reached ({type(error).__name__}); nothing was sent.", again=True) from None
    _doubt(f"IonQ gave no whole answer ({type(error).__name__})", submits)


def _doubt(what: str, submits: bool) -> NoReturn:
    if submits:
        raise Ambiguous(f"{what}; whether it has the job is not known.") from None
    raise Unavailable(f"{what}.") from None


def _refused(answer: Answer, submits: bool, key: str, reference: str) -> NoReturn:
    code, told = answer.status_code, _message(answer, key)
    if code in (401, 403):
        raise CredentialError(
            f"IonQ does not take the key behind {reference} (status {code}).\n"
            "Make one at https://cloud.ionq.com/settings/keys, or name another reference with backend.api_key=…"
        )
    if code in _NOT_TAKEN and submits:
        raise Unsent(f"IonQ asks to wait (status {code}).", again=True, wait=_seconds(answer))
    if code in (408, *_NOT_TAKEN) or not 400 <= code < 500:
        _doubt(f"IonQ is not well (status {code})", submits)
    if submits:
        raise Unsent(f"IonQ refuses the request (status {code}): {told}.")
    raise JobFailed(f"IonQ has no such thing (status {code}): {told}.")


def _content(answer: Answer) -> Any:
    """The body as JSON, None where it is none."""
    try:
        return answer.json()
    except ValueError:
        return None


def _message(answer: Answer, key: str) -> str:
    """The provider's own words, short, without the key."""
    body = _content(answer)
    told = body.get("message") if isinstance(body, dict) else None
    words = " ".join(str(told or "no reason given").replace(key, "…").split()).rstrip(".")
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _seconds(answer: Answer) -> float | None:
    """Of Retry-After, where it is a number."""
    try:
        return max(0.0, float(answer.headers.get("Retry-After", "")))
    except ValueError:
        return None
