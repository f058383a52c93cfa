"""qiskit-ibm-runtime's client with what it lacks: one attempt a request, time-outs, errors that say what is certain."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from qmlops.errors import CredentialError
from qmlops.parts.backend.answer import Answer, ask, whole

_LOGIN_SECONDS = 10.0
"""For a key to be taken or refused. The client itself asks for a minute, and then says that there is no backend."""
_STALE_SECONDS = 300.0
"""Before its end a token is no longer used."""


@dataclass
class Login:
    """A key, and the token that IBM's identity service gives for it."""

    key: str
    reference: str
    """Where the key stands, for messages."""
    url: str
    """Of the identity service."""
    seconds: float
    _token: str = ""
    _end: float = field(default=0.0)

    def token(self) -> str:
        """A token that holds for some minutes. Raises CredentialError, and Unavailable within seconds."""
        if time.time() > self._end - _STALE_SECONDS:
            given = self._asked()
            self._token, self._end = str(given["access_token"]), float(given["expiration"])
        return self._token

    def _asked(self) -> Mapping[str, Any]:
        import requests

        def post() -> Answer:
            seconds = min(self.seconds, _LOGIN_SECONDS)
            asked = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": self.key}
            with requests.Session() as session:
                sent = session.post(
                    f"{self.url}/identity/token", data=asked, timeout=seconds, stream=True, allow_redirects=False
                )
                with sent:
                    return Answer(sent.status_code, sent.headers, whole(sent, time.monotonic() + seconds))

        answer = ask("IBM's identity service", post, submits=False, refuses=(400, 401, 403), failing=self.refused)
        return dict(answer.json())

    def refused(self, status: int) -> CredentialError:
        return CredentialError(
            f"IBM does not take the key behind {self.reference} (status {status}), or not for this instance.\n"
            "Make one at https://quantum.cloud.ibm.com, or name another reference with backend.api_key=…"
        )


class Connection:
    """One machine of one instance, by the real client; nothing is asked before it is used."""

    def __init__(self, login: Login, instance: str, device: str, url: str, seconds: float) -> None:
        self.login, self.instance, self.device = login, instance, device
        self.url, self.seconds = url, seconds
        self.batch: str | None = None
        """Id of the batch or session that jobs join."""

    @cached_property
    def service(self) -> Any:
        """A QiskitRuntimeService that knows this one instance, and whose jobs are raw answers."""
        made = _service_class()
        resolver = (lambda *_: f"{self.url}/api/v1") if urlsplit(self.url).scheme == "http" else None
        quiet, logger = logging.ERROR, logging.getLogger("qiskit_ibm_runtime")
        before = logger.level
        logger.setLevel(quiet)
        try:
            service = made(
                channel="ibm_quantum_platform",
                token=self.login.key,
                instance=self.instance,
                url=self.url,
                url_resolver=resolver,
            )
        finally:
            logger.setLevel(before)
        _rewire(service._active_api_client, self)
        service.connection = self
        return service

    @property
    def client(self) -> Any:
        """The RuntimeClient: raw answers of the API."""
        return self.service._active_api_client

    @cached_property
    def backend(self) -> Any:
        """Qiskit's backend of the machine, with its configuration and properties of now."""
        from qiskit_ibm_runtime import IBMBackend
        from qiskit_ibm_runtime.utils.backend_decoder import configuration_from_server_data

        raw = self.client.backend_configuration(self.device, refresh=True)
        configuration = configuration_from_server_data(raw, instance=self.instance, use_fractional_gates=False)
        made = IBMBackend(configuration, self.service, self.client, self.instance)
        made.properties()
        return made


def _service_class() -> Any:
    from qiskit_ibm_runtime import QiskitRuntimeService

    class Service(QiskitRuntimeService):  # type: ignore[misc]
        """Asks nothing when it is made, and hands a job over with exactly one request."""

        connection: Connection

        def instances(self) -> list[dict[str, Any]]:
            return [{"crn": self._account.instance, "name": "", "plan": ""}]

        def _discover_backends_from_instance(self, instance: str) -> list[tuple[str, bool]]:
            return []

        def _run(self, program_id: str, inputs: dict[str, Any], options: Any = None, **more: Any) -> Any:
            given = dict(options or {})
            return self.connection.client.program_run(
                program_id=program_id,
                backend_name=self.connection.device,
                params=inputs,
                image=None,
                log_level=None,
                session_id=self.connection.batch,
                job_tags=given.get("job_tags"),
                max_execution_time=given.get("max_execution_time"),
            )

    return Service


def _rewire(client: Any, connection: Connection) -> None:
    """Put a session below the client that makes each request once, and in bounded time."""
    import requests
    from qiskit_ibm_runtime.api.rest.runtime import Runtime

    class Wire(requests.Session):
        def request(self, method: str, url: str, **given: Any) -> requests.Response:  # type: ignore[override]
            login = connection.login
            own = {"Authorization": f"Bearer {login.token()}", "Service-CRN": connection.instance}
            given["headers"] = {**self.headers, **(given.get("headers") or {}), **own}
            given |= {"timeout": connection.seconds, "stream": True, "allow_redirects": False}

            def send() -> requests.Response:
                """On a connection of its own: a kept one may be gone by then, and nobody could tell what arrived."""
                end = time.monotonic() + connection.seconds
                with requests.Session() as once, once.request(method, base + url, **given) as answer:
                    answer._content = whole(answer, end)
                    return answer

            submits = method == "POST" and url == "/jobs"
            return ask("IBM", send, submits, refuses=(401, 403), failing=login.refused, secret=login.key)

    base = client._session.base_url
    client._session = Wire()
    client._api = Runtime(client._session)
