"""What an alert sends out: a program that is started, or a request to a URL. Neither holds up a step."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from queue import Full, Queue
from threading import Event, Thread
from typing import Any

from qmlops.core.address import host_of, unfit_url
from qmlops.core.secret import KINDS, fetch
from qmlops.errors import CredentialError

Errand = Callable[[], str]
"""Carries something out; gives why it failed, without any secret, or nothing."""
_COMMAND_SECONDS = 30.0
_POST_SECONDS = 10.0
_MOST = 32
"""Errands that wait. A condition that comes and goes at each step would start a program as often."""


class Errands:
    """One thread carries errands out, one after the other; it begins with the first."""

    def __init__(self) -> None:
        self._waiting: Queue[tuple[str, Errand]] = Queue(_MOST)
        self._troubles: deque[str] = deque()
        self._thread: Thread | None = None

    def give(self, what: str, errand: Errand) -> None:
        """Carry an errand out soon; it is left out, and told of, where too many wait."""
        if self._thread is None:
            self._thread = Thread(target=self._work, daemon=True, name="errands")
            self._thread.start()
        try:
            self._waiting.put_nowait((what, errand))
        except Full:
            self._troubles.append(f"{what} was left out: {_MOST} wait already")

    def troubles(self) -> list[str]:
        """What went wrong since this was asked last."""
        return [self._troubles.popleft() for _ in range(len(self._troubles))]

    def settle(self, seconds: float) -> None:
        """Wait until all is carried out, at most so long."""
        if self._thread is None:
            return
        done = Event()
        with suppress(Full):
            self._waiting.put(("", lambda: done.set() or ""), timeout=seconds)  # type: ignore[func-returns-value]
            if not done.wait(seconds):
                self._troubles.append(f"errands of alerts were not over after {seconds:.0f} s")

    def _work(self) -> None:
        while True:
            what, errand = self._waiting.get()
            try:
                trouble = errand()
            except Exception as error:
                trouble = type(error).__name__
            if trouble:
                self._troubles.append(f"{what} failed: {trouble}")


def started(words: str, content: bytes, variables: Mapping[str, str], seconds: float = _COMMAND_SECONDS) -> str:
    """Run a program without a shell, with `content` on stdin; what it prints may hold anything and goes nowhere.

    It is ended, with all that it has started, when its time is over.
    """
    program = shlex.split(words)[0]
    try:
        process = subprocess.Popen(
            shlex.split(words),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **variables},
            start_new_session=True,
        )
    except OSError as error:
        return f"{program!r} cannot be started: {error.strerror}"
    try:
        process.communicate(content, timeout=seconds)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return f"{program!r} was not over after {seconds:.0f} s"
    return f"{program!r} ended with code {process.returncode}" if process.returncode else ""


def posted(where: str, token: str | None, content: bytes, seconds: float = _POST_SECONDS) -> str:
    """Send JSON to a URL, or to the one that a reference names, with a token's reference; answers are not followed.

    A redirection counts as a failure, because it could lead the token elsewhere.
    """
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *given: Any) -> None:
            return None

    try:
        named = where.partition(":")[0] in KINDS
        url = fetch(where, "an alert's post") if named else where
        headers = {"Content-Type": "application/json", "User-Agent": "qmlops"}
        if token is not None:
            headers["Authorization"] = f"Bearer {fetch(token, 'an alert')}"
    except CredentialError as error:
        return str(error).replace("\n", " ")
    place = where if named else host_of(url)
    why = unfit_url(url, token is not None)
    if why:
        return f"{place}: {why}"
    try:
        with build_opener(Stay).open(Request(url, content, headers, method="POST"), timeout=seconds):
            return ""
    except HTTPError as error:
        error.close()
        return f"{place} answered {error.code}"
    except (OSError, HTTPException, ValueError) as error:
        # The text of some of these holds the URL.
        reason = getattr(error, "reason", error)
        return f"{place} cannot be reached: {getattr(reason, 'strerror', None) or type(reason).__name__}"
