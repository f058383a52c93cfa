"""What an alert sends arrives whole, holds nothing up, follows nobody, and fails without telling a secret."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from qmlops.core.event import AlertRaised, Note, StepDone, of_kind, read
from qmlops.pipeline import errand
from qmlops.pipeline.errand import Errands, posted, started
from qmlops.pipeline.run import start
from tests.conftest import MakeSpec

SECRET = "canary-4711"


class Recorder(BaseHTTPRequestHandler):
    """Answers as its path says, and remembers what it was sent."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        if self.path == "/silent":
            time.sleep(1.0)
        code = int(self.path[1:]) if self.path[1:].isdigit() else 200
        self.send_response(code)
        if code == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *given: Any) -> None:
        """Says nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    served = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    served.heard = []  # type: ignore[attr-defined]
    served.url = f"http://127.0.0.1:{served.server_port}"  # type: ignore[attr-defined]
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield served
    served.shutdown()
    served.server_close()
    thread.join()


def test_a_post_arrives_as_json_with_the_token_that_is_named(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_TOKEN", SECRET)
    assert posted(f"{server.url}/hook", "env:HOOK_TOKEN", b'{"name": "low"}') == ""
    assert posted(f"{server.url}/hook", None, b"{}") == ""
    (path, headers, body), (_, bare, _) = server.heard
    assert (path, json.loads(body), headers["Content-Type"]) == ("/hook", {"name": "low"}, "application/json")
    assert headers["Authorization"] == f"Bearer {SECRET}" and "Authorization" not in bare


def test_the_address_may_be_a_secret_itself(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", f"{server.url}/{SECRET}")
    assert posted("env:HOOK", None, b"{}") == "" and server.heard[0][0] == f"/{SECRET}"
    monkeypatch.setenv("HOOK", f"file:///{SECRET}")
    assert posted("env:HOOK", None, b"{}") == "env:HOOK: it is no URL of http or https"
    monkeypatch.setenv("HOOK", f"http://example.invalid/{SECRET}")
    assert "unencrypted" in posted("env:HOOK", "env:HOOK", b"{}")
    monkeypatch.setenv("HOOK", f"http://127.0.0.1:1/{SECRET}")
    told = posted("env:HOOK", None, b"{}")
    assert told.startswith("env:HOOK cannot be reached") and SECRET not in told
    monkeypatch.delenv("HOOK")
    assert "HOOK is not set" in posted("env:HOOK", None, b"{}")


@pytest.mark.parametrize("code", [302, 400, 404, 503])
def test_an_answer_that_is_no_success_is_told_of_and_not_followed(code: int, server: Any) -> None:
    assert posted(f"{server.url}/{code}", None, b"{}") == f"127.0.0.1 answered {code}"
    assert [path for path, _, _ in server.heard] == [f"/{code}"]


def test_a_server_that_does_not_answer_is_given_up(server: Any) -> None:
    assert posted(f"{server.url}/silent", None, b"{}", seconds=0.1) == "127.0.0.1 cannot be reached: TimeoutError"


def test_a_program_gets_the_alert_on_stdin_and_in_its_environment(tmp_path: Path) -> None:
    words = f"sh -c 'cat > {tmp_path}/body; printf %s \"$QMLOPS_ALERT_TEXT\" > {tmp_path}/text; echo {SECRET}'"
    assert started(words, b'{"name": "low"}', {"QMLOPS_ALERT_TEXT": "it's $HOME; `id`"}) == ""
    assert (tmp_path / "body").read_bytes() == b'{"name": "low"}'
    assert (tmp_path / "text").read_text() == "it's $HOME; `id`", "no shell of ours reads it"


def test_a_program_that_fails_is_told_of_by_its_name_and_code() -> None:
    assert started(f"sh -c 'echo {SECRET} >&2; exit 7'", b"", {}) == "'sh' ended with code 7"
    assert "cannot be started: No such file" in started("/no/such/program", b"", {})
    assert started("true", b"x" * 10**6, {}) == "", "it need not read what it is given"


def test_a_program_that_goes_on_is_ended_with_all_that_it_has_started(tmp_path: Path) -> None:
    words = f"sh -c '{sys.executable} -c \"import time; time.sleep(60)\" & echo $! > {tmp_path}/pid; wait'"
    began = time.monotonic()
    assert started(words, b"", {}, seconds=1.0) == "'sh' was not over after 1 s"
    assert time.monotonic() - began < 30
    child = int((tmp_path / "pid").read_text())
    until = time.monotonic() + 10
    while _lives(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _lives(child)


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_errands_are_carried_out_in_order_and_too_many_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    errands, gate, done = Errands(), threading.Event(), []
    for number in range(errand._MOST + 5):
        errands.give(f"errand {number}", lambda number=number: done.append(number) or (gate.wait(10) and ""))  # type: ignore
        if number == 0:
            while not done:
                time.sleep(0.001)
    left_out = errands.troubles()
    gate.set()
    errands.settle(10)
    assert done == list(range(errand._MOST + 1))
    assert left_out == [f"errand {number} was left out: {errand._MOST} wait already" for number in range(33, 37)]


def test_an_errand_that_raises_is_told_of_by_its_kind_alone_and_the_next_one_is_carried_out() -> None:
    def fail() -> str:
        raise RuntimeError(SECRET)

    errands = Errands()
    errands.settle(10)
    errands.give("the first", fail)
    errands.give("the second", lambda: "its reason")
    errands.settle(10)
    assert errands.troubles() == ["the first failed: RuntimeError", "the second failed: its reason"]
    assert not errands.troubles()


def test_a_run_posts_its_alert_takes_its_steps_meanwhile_and_writes_no_secret(
    server: Any, spec_of: MakeSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_TOKEN", SECRET)
    overrides = [
        *("+experiment=vqc_moons", "data.rows=24", "circuit.layers=1", "qubits=2", "steps=5", "tracker=none"),
        "+alerts.mine={kind: condition, when: 'loss > 0'}",
        *(f"alerts.mine.post={server.url}/silent", "alerts.mine.token=env:HOOK_TOKEN"),
        "+alerts.lost={kind: condition, when: 'loss > 0', post: 'http://127.0.0.1:1/x'}",
    ]
    run = start(spec_of(*overrides), tmp_path / "run", lambda event: None, overrides)
    events = [stamped.event for stamped in read(run.folder)]
    told = [event for event in events if isinstance(event, AlertRaised)]
    assert [(event.name, list(event.actions), event.step) for event in told] == [
        ("mine", ["show", "post"], 1),
        ("lost", ["show", "post"], 1),
    ]
    ((_, headers, body),) = server.heard
    sent = json.loads(body)
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert (sent["schema"], sent["run"], sent["name"], sent["step"], sent["text"]) == (
        1,
        "run",
        "mine",
        1,
        told[0].text,
    )
    notes = [event.text for event in of_kind(read(run.folder), Note)]
    assert any("127.0.0.1 cannot be reached: Connection refused" in note for note in notes)
    first = next(number for number, event in enumerate(events) if isinstance(event, Note) and "post" in event.text)
    assert sum(isinstance(event, StepDone) for event in events[:first]) == 5, "no step waited for the silent server"
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert os.environ["HOOK_TOKEN"] == SECRET
