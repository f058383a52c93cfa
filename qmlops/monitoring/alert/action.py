"""The fields that every alert has: what is done when it is raised."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from qmlops.core.address import unfit_url
from qmlops.core.alert import Alert
from qmlops.core.option import option
from qmlops.core.secret import KINDS, unfit
from qmlops.errors import Mistake


def do() -> Any:
    return option(("show",), "what the run does: a line, the terminal's bell, a checkpoint, a pause, its end")


def command() -> Any:
    return option(None, "a program, started without a shell, with the alert as JSON on stdin and in QMLOPS_ALERT_*")


def post() -> Any:
    return option(None, "a URL that gets the alert as JSON, or a reference to one: env:NAME")


def token() -> Any:
    return option(None, "a reference to what `post` sends as Authorization: Bearer, such as env:NAME")


def mistakes(alert: Alert) -> Iterator[Mistake]:
    """What cannot be carried out of an alert, with keys of its own."""
    if alert.command is not None:
        yield from _of_command(alert.command)
    if alert.post is not None:
        yield from _of_url(alert.post, alert.token is not None)
    if alert.token is not None:
        if alert.post is None:
            yield Mistake("token", "there is no post that it would go with.", "write post: URL")
        mistake = unfit("token", alert.token)
        if mistake is not None:
            yield mistake


def _of_command(words: str) -> Iterator[Mistake]:
    try:
        if not shlex.split(words):
            yield Mistake("command", "it names no program.", "write a program and its arguments")
    except ValueError as error:
        yield Mistake("command", f"it cannot be taken apart: {error}.", "close the quotes")


def _of_url(url: str, with_token: bool) -> Iterator[Mistake]:
    """A URL may hold a secret of its own, so that it is not repeated."""
    if url.partition(":")[0] in KINDS:
        mistake = unfit("post", url)
        if mistake is not None:
            yield mistake
        return
    why = unfit_url(url, with_token)
    if why:
        yield Mistake("post", f"{why}.", "write https://HOST/PATH, or env:NAME where it is a secret; token: env:NAME")
