"""What a provider's answer, or its absence, makes certain: shared by the adapters that speak HTTP themselves."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from qmlops.errors import Ambiguous, CredentialError, JobFailed, Unavailable, Unsent

_LONGEST = 160
"""Characters of a provider's message that are shown."""
_NO_CONTENT = 204
Some = TypeVar("Some")


@dataclass(frozen=True)
class Answer:
    """A response that was read to its end."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


def whole(response: Any, end: float) -> bytes:
    """The body of a streamed response, read before a moment of `time.monotonic`.

    A time-out of requests bounds each single wait, and not an answer that drips.
    """
    import requests

    body = bytearray()
    while piece := response.raw.read1(65536, decode_content=True):
        body += piece
        if time.monotonic() > end:
            raise requests.ReadTimeout
    return bytes(body)


def ask(
    provider: str,
    request: Callable[[], Some],
    submits: bool,
    refuses: tuple[int, ...],
    failing: Callable[[int], CredentialError],
    secret: str = "",
    later: tuple[int, ...] = (429,),
) -> Some:
    """Make one request, and say what is certain where it goes wrong.

    Raises Unsent and Ambiguous where it `submits`, Unavailable for a question, JobFailed where there
    is no such thing, and what `failing` gives for a status in `refuses`, which is about the key.
    Those in `later` are refusals that pass. No message holds `secret`.
    """
    import requests
    from urllib3.exceptions import HTTPError

    try:
        answer: Any = request()
    except (requests.RequestException, HTTPError) as error:
        if submits and _unmade(error):
            told = f"{provider} cannot be reached ({type(error).__name__}); nothing was sent."
            raise Unsent(told, again=True) from None
        _doubt(f"{provider} gave no whole answer ({type(error).__name__})", submits)
    code = answer.status_code
    if 200 <= code < 300:
        if code != _NO_CONTENT and not _is_object(answer.content):
            _doubt(f"{provider} answered with something else than a JSON object", submits)
        return answer  # type: ignore[no-any-return]
    if code in refuses:
        raise failing(code)
    if code in later and submits:
        raise Unsent(f"{provider} asks to wait (status {code}).", again=True, wait=_seconds(answer.headers))
    if code in (408, *later) or not 400 <= code < 500:
        _doubt(f"{provider} is not well (status {code})", submits)
    told = _message(answer.content, secret)
    if submits:
        raise Unsent(f"{provider} refuses the request (status {code}): {told}.")
    raise JobFailed(f"{provider} has no such thing (status {code}): {told}.")


def _unmade(error: Exception) -> bool:
    """Whether not even a connection was made."""
    from ssl import SSLCertVerificationError

    import requests
    from urllib3.exceptions import NewConnectionError, ProxyError, SSLError

    cause = getattr(error.args[0] if error.args else None, "reason", None)
    certificate = isinstance(cause, SSLError) and isinstance(cause.args[0], SSLCertVerificationError)
    return (
        isinstance(error, requests.ConnectTimeout) or isinstance(cause, NewConnectionError | ProxyError) or certificate
    )


def _doubt(what: str, submits: bool) -> NoReturn:
    if submits:
        raise Ambiguous(f"{what}; whether it has the job is not known.") from None
    raise Unavailable(f"{what}.") from None


def _is_object(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content), dict)
    except ValueError:
        return False


def _message(content: bytes, secret: str) -> str:
    """The provider's own words, short, without the key."""
    try:
        body = json.loads(content)
    except ValueError:
        return "no reason given"
    listed = body.get("errors") if isinstance(body, dict) else None
    found = listed[0] if isinstance(listed, list) and listed else body
    told = (found.get("message") if isinstance(found, dict) else None) or "no reason given"
    words = " ".join((str(told).replace(secret, "…") if secret else str(told)).split()).rstrip(".")
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Of Retry-After, where it is a number."""
    try:
        return max(0.0, float(headers.get("Retry-After", "")))
    except ValueError:
        return None
