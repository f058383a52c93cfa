"""A small HTTP server on 127.0.0.1 in front of a function from requests to replies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

_IDLE_SECONDS = 60
"""After which a connection that says nothing is closed."""


@dataclass(frozen=True)
class Request:
    """What a client sent; the path is as it came, still quoted."""

    method: str
    path: str
    query: Mapping[str, list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """With names in lower case."""
    body: bytes = b""

    def option(self, name: str, default: str = "") -> str:
        """The first value of a name in the query."""
        return self.query.get(name, [default])[0]

    def json(self) -> Any:
        """The body as JSON, or an empty dict where there is none. Raises ValueError for anything else."""
        return json.loads(self.body) if self.body else {}


@dataclass(frozen=True)
class Reply:
    """What the client gets."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: Iterable[bytes] | None = None
    """What is really sent in place of `body`, piece by piece, before the connection is closed."""


Answer = Callable[[Request], Reply | None]
"""None closes the connection without a word. Called by several threads at once."""


def as_json(content: Any, status: int = 200, **headers: str) -> Reply:
    """A reply in JSON; in the names of headers an underscore stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json"} | named)


class Server:
    """Serves from the moment it is made until it is closed. Port 0 takes a free one."""

    def __init__(self, answer: Answer, port: int = 0) -> None:
        self._http = _Http(("127.0.0.1", port), type("Handler", (_Handler,), {"answer": staticmethod(answer)}))
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Http(ThreadingHTTPServer):
    request_queue_size = 128

    def server_bind(self) -> None:
        """Without asking a name server for this machine's name, which can take seconds."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of the server; anything else is told."""
        import sys

        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    answer: Answer
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    wbufsize = -1
    disable_nagle_algorithm = True

    def _handle(self) -> None:
        address = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, address.path, parse_qs(address.query, keep_blank_values=True), headers, body)
        reply = self.answer(request)
        if reply is None:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if reply.pieces is None:
            self.wfile.write(reply.body)
            return
        self.close_connection = True
        for piece in reply.pieces:
            self.wfile.write(piece)
            self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _handle

    def log_message(self, format: str, *arguments: Any) -> None:
        """Silent: a terminal that shows the URL needs no line a request."""
