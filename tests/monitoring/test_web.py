"""The dashboard in a browser: for this machine and its own page alone."""

from __future__ import annotations

import asyncio
import importlib.util
import socket

import pytest

from qmlops.errors import RequestError
from qmlops.monitoring import web


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((web.HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_page_is_served_to_this_machine_and_to_no_other_name_or_origin() -> None:
    from aiohttp import ClientSession, WSServerHandshakeError
    from aiohttp.web import AppRunner, TCPSite

    port = free_port()
    place = f"http://{web.HOST}:{port}"

    async def run() -> None:
        runner = AppRunner(await web.server("true", port)._make_app())
        await runner.setup()
        await TCPSite(runner, web.HOST, port).start()
        async with ClientSession() as client:
            async with client.get(place) as answer:
                assert answer.status == 200 and "qmlops monitor" in await answer.text()
            async with client.get(place, headers={"Host": f"evil.example:{port}"}) as answer:
                assert answer.status == 403
            with pytest.raises(WSServerHandshakeError) as refused:
                await client.ws_connect(f"{place}/ws", headers={"Origin": "http://evil.example"})
            assert refused.value.status == 403
        await runner.cleanup()

    asyncio.run(run())


def test_without_textual_serve_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(web, "find_spec", lambda name: None)
    with pytest.raises(RequestError, match=r"pip install 'qmlops\[web\]'"):
        web.serve()


def test_a_port_that_is_taken_is_an_error_with_another_one_as_remedy() -> None:
    with socket.socket() as taken:
        taken.bind((web.HOST, 0))
        taken.listen()
        with pytest.raises(RequestError, match="--port"):
            web.serve(port=taken.getsockname()[1])
