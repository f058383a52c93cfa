"""`qmlops emulate` prints how to use it, serves, and ends at Ctrl-C."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from qmlops.cli.main import main

LISTENING = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""What a shell sets in the foreground: in the background it has its children ignore Ctrl-C."""


def test_it_says_how_it_is_used_and_ends_at_ctrl_c() -> None:
    code = f"{LISTENING}; from qmlops.cli.main import main; sys.exit(main())"
    words = [sys.executable, "-c", code, "emulate", "ionq", "--seed", "3"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process, ended(process):
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(4)]
        url = re.search(r"http://127\.0\.0\.1:\d+", told[0])
        assert url is not None
        assert told[2:] == [
            "  export IONQ_API_KEY=emulated\n",
            f"  qmlops run +experiment=vqc backend=ionq backend.url={url[0]}\n",
        ]
        machines = requests.get(f"{url[0]}/v0.4/backends", timeout=10).json()
        assert "qpu.forte-1" in [machine["backend"] for machine in machines]
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """Leaves no server behind that a failed test would wait for."""
    try:
        yield
    finally:
        process.kill()


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["emulate", "ionq", "--port", str(taken.getsockname()[1])]) == 2
    assert "--port 0" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--port", "70000"], ["--qpu-noise", "-1"], ["--seed", "-1"]])
def test_numbers_out_of_range_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emulate", "ionq", *words]) == 2
    assert "A port lies between" in capsys.readouterr().err
