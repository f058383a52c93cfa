"""Braket's AwsSession with what it lacks: a token of ours, one attempt a request, deadlines, typed errors."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NoReturn, TypeVar

from qmlops.errors import Ambiguous, CredentialError, JobFailed, Unavailable, Unsent

REMEDY = "Name a profile by AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
_LONGEST = 160
"""Characters of a provider's message that are shown."""
_BUSY = (402, 429)
"""Refusals that pass: too many tasks are under way, or too many requests were made."""
Some = TypeVar("Some")


def client(region: str, profile: str | None, bucket: str | None, seconds: float) -> Any:
    """An AwsSession in a region. Each of its requests is made once and ends within about `seconds`.

    Keys come from boto's own chain: environment, profile, role. Where clients are asked goes by the
    variables BRAKET_ENDPOINT and AWS_ENDPOINT_URL_…, which boto reads. Raises CredentialError.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ProfileNotFound
    from braket.aws import AwsSession

    once = Config(retries={"total_max_attempts": 1, "mode": "standard"}, connect_timeout=seconds, read_timeout=seconds)

    class Session(AwsSession):  # type: ignore[misc]
        """Its further clients keep the same limits."""

        @cached_property
        def s3_client(self) -> Any:
            return _bounded(self.boto_session.client("s3", config=once), seconds)

        @cached_property
        def sts_client(self) -> Any:
            return _bounded(self.boto_session.client("sts", config=once), seconds)

    try:
        keys = boto3.Session(region_name=region, profile_name=profile or os.environ.get("AWS_PROFILE") or None)
        session = Session(keys, config=once, default_bucket=bucket)
    except ProfileNotFound:
        raise CredentialError(
            f"backend=braket: there is no AWS profile of the name that is asked for.\n{REMEDY}"
        ) from None
    _bounded(session.braket_client, seconds)
    return session


def _bounded(made: Any, seconds: float) -> Any:
    """The client, with a deadline for the whole of an answer: boto's time-outs bound single waits only."""
    from botocore.awsrequest import AWSResponse

    http = made._endpoint.http_session

    def send(request: Any, **_: Any) -> Any:
        request.stream_output = True
        try:
            answer = http.send(request)
            body = _whole(request, answer, seconds)
        finally:
            # A session may be forgotten at any time, and its connections with it.
            http.close()
        return AWSResponse(answer.url, answer.status_code, answer.headers, Body(body))

    made.meta.events.register("before-send", send)
    return made


class Body(io.BytesIO):
    """A body that was read, as boto wants to read it."""

    def stream(self, amt: int = 65536, decode_content: bool | None = None) -> Iterator[bytes]:
        yield self.read()


def _whole(request: Any, answer: Any, seconds: float) -> bytes:
    """All of a body, or an exception of boto's."""
    from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
    from urllib3.exceptions import HTTPError

    end, body = time.monotonic() + seconds, bytearray()
    try:
        while piece := answer.raw.read1(65536):
            body += piece
            if time.monotonic() > end:
                raise ReadTimeoutError(endpoint_url=request.url)
    except HTTPError as error:
        raise ConnectionClosedError(endpoint_url=request.url, error=error) from None
    finally:
        answer.raw.close()
    if request.method != "HEAD" and len(body) < int(answer.headers.get("Content-Length") or 0):
        raise ConnectionClosedError(endpoint_url=request.url, error="the answer is cut short")
    return bytes(body)


def ask(session: Any, request: Callable[[], Some], submits: bool = False, absent: type[Exception] = JobFailed) -> Some:
    """Make one request, and say what is certain where it goes wrong.

    Raises Unsent and Ambiguous where it submits, Unavailable for a question, CredentialError for keys
    that are missing or refused, and `absent` where a question asks for what is not there. No message
    holds a key or what was sent.
    """
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectTimeoutError,
        CredentialRetrievalError,
        EndpointConnectionError,
        NoCredentialsError,
        PartialCredentialsError,
        ProxyConnectionError,
        TokenRetrievalError,
    )
    from botocore.parsers import ResponseParserError

    try:
        return request()
    except ClientError as error:
        _refused(session, error, submits, absent)
    except (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError, TokenRetrievalError) as error:
        raise CredentialError(f"backend=braket needs AWS keys ({type(error).__name__}).\n{REMEDY}") from None
    except (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError) as error:
        if submits:
            told = f"Braket cannot be reached ({type(error).__name__}); nothing was sent."
            raise Unsent(told, again=True) from None
        _doubt(f"Braket cannot be reached ({type(error).__name__})", submits)
    except (BotoCoreError, ResponseParserError) as error:
        _doubt(f"Braket gave no whole answer ({type(error).__name__})", submits)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # What boto makes of an answer that is no JSON object, or lacks what its model promises.
        _doubt(f"Braket's answer cannot be read ({type(error).__name__})", submits)


def _doubt(what: str, submits: bool) -> NoReturn:
    if submits:
        raise Ambiguous(f"{what}; whether it has the task is not known.") from None
    raise Unavailable(f"{what}.") from None


def _refused(session: Any, error: Any, submits: bool, absent: type[Exception]) -> NoReturn:
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    code = str(error.response.get("Error", {}).get("Code", ""))
    if status in (401, 403) or code.startswith("ExpiredToken"):
        raise CredentialError(
            f"AWS does not take the keys, or they do not allow this ({code[:60]}, status {status}).\n{REMEDY}"
        ) from None
    if status in _BUSY and submits:
        raise Unsent(f"Braket asks to wait ({code[:60]}, status {status}).", again=True, wait=_seconds(error)) from None
    if status in (408, *_BUSY) or not 400 <= status < 500:
        _doubt(f"Braket is not well (status {status})", submits)
    told = f"{code[:60]}: {_words(session, error)}"
    if submits:
        raise Unsent(f"Braket refuses the task (status {status}), {told}.") from None
    raise absent(f"Braket has no such thing (status {status}), {told}.") from None


def _words(session: Any, error: Any) -> str:
    """The provider's own words, short, without keys."""
    told = str(error.response.get("Error", {}).get("Message") or "no reason given")
    keys = session.boto_session.get_credentials()
    for hidden in (keys.access_key, keys.secret_key, keys.token) if keys is not None else ():
        told = told.replace(hidden, "…") if hidden else told
    words = " ".join(told.split()).rstrip(".")
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _seconds(error: Any) -> float | None:
    """Of Retry-After, where it is a number."""
    try:
        return max(0.0, float(error.response["ResponseMetadata"]["HTTPHeaders"].get("retry-after", "")))
    except (KeyError, ValueError):
        return None
