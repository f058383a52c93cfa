"""The dashboard in a browser on this machine: a process of it for each visitor, by textual-serve."""

from __future__ import annotations

import asyncio
import errno
import shlex
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from qmlops.errors import RequestError

HOST = "127.0.0.1"
PORT = 8642


def serve(names: Sequence[str] = (), port: int = PORT) -> None:
    """Serve the runs of this folder, or those that are named, until Ctrl-C.

    Nobody but this machine reaches it, and no page of another origin: whoever does can steer the runs.
    Raises RequestError where textual-serve is missing or the port is taken.
    """
    if find_spec("textual_serve") is None:
        raise RequestError("`qmlops monitor --web` needs textual-serve.\nInstall it: pip install 'qmlops[web]'")
    command = shlex.join([sys.executable, "-m", __name__, *names])
    asyncio.set_event_loop(asyncio.new_event_loop())
    try:
        server(command, port).serve()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        told = f"Port {port} of {HOST} is in use.\nName another one with --port."
        raise RequestError(told) from None


def server(command: str, port: int) -> Any:
    """What serves a command of Textual at a port, to pages of its own alone."""
    from aiohttp import web
    from textual_serve.server import Server

    places = [f"{host}:{port}" for host in (HOST, "localhost")]

    @web.middleware
    async def own(request: web.Request, handler: Any) -> Any:
        """A page elsewhere could otherwise speak to this machine through the visitor's browser."""
        origin = request.headers.get("Origin", f"http://{HOST}:{port}")
        if request.host not in places or origin.removeprefix("http://") not in places:
            raise web.HTTPForbidden(text=f"Only http://{HOST}:{port} is served.")
        return await handler(request)

    class Local(Server):
        async def _make_app(self) -> web.Application:
            made: web.Application = await super()._make_app()
            made.middlewares.append(own)
            return made

        async def on_startup(self, app: web.Application) -> None:
            print(f"The dashboard is at http://{HOST}:{port} (Ctrl-C ends it).", file=sys.stderr)

        def initialize_logging(self) -> None:
            """It would be written between the lines of the terminal."""

    return Local(command, host=HOST, port=port, title="qmlops monitor")


def _visited(names: Sequence[str]) -> int:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.screen.app import run

    return run(Project(Path(), names))


if __name__ == "__main__":
    sys.exit(_visited(sys.argv[1:]))
