"""A key is a reference until it is needed, and no message holds it."""

from __future__ import annotations

import sys

import pytest

from qmlops.core.secret import absent, fetch, unfit
from qmlops.errors import CredentialError

CANARY = "canary-4711"


@pytest.mark.parametrize("written", [CANARY, "", "env:", "env: ", "vault:x", f"ENV:{CANARY}"])
def test_what_is_no_reference_is_refused_and_not_repeated(written: str) -> None:
    mistake = unfit("api_key", written)
    assert mistake is not None and mistake.path == "api_key"
    assert CANARY not in str(mistake) and "env:NAME" in mistake.instead
    with pytest.raises(CredentialError) as refusal:
        fetch(written, "backend=ionq")
    assert CANARY not in str(refusal.value) and refusal.value.exit_code == 2


def test_a_variable_is_read_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QMLOPS_TEST_KEY", raising=False)
    assert unfit("api_key", "env:QMLOPS_TEST_KEY") is None
    assert "QMLOPS_TEST_KEY is not set" in absent("env:QMLOPS_TEST_KEY")
    with pytest.raises(CredentialError, match=r"backend=ionq needs a key: QMLOPS_TEST_KEY is not set"):
        fetch("env:QMLOPS_TEST_KEY", "backend=ionq")
    monkeypatch.setenv("QMLOPS_TEST_KEY", CANARY)
    assert absent("env:QMLOPS_TEST_KEY") == "" and fetch("env:QMLOPS_TEST_KEY", "backend=ionq") == CANARY


def test_a_command_gives_its_first_line_and_its_failure_is_told_without_its_output() -> None:
    assert fetch(f'command:{sys.executable} -c "print(1234); print(5)"', "backend=ibm") == "1234"
    for program, why in (
        (f"import sys; sys.exit('{CANARY}')", "it ended with code 1"),
        ("pass", "it printed no line of text"),
    ):
        with pytest.raises(CredentialError, match=why) as refusal:
            fetch(f'command:{sys.executable} -c "{program}"', "backend=ibm")
        assert CANARY not in str(refusal.value)
    assert absent("command:no-such-program-here --now") == "there is no program 'no-such-program-here'"


def test_what_surrounds_a_key_is_dropped_and_what_no_request_can_carry_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QMLOPS_TEST_KEY", f" {CANARY}\n")
    assert fetch("env:QMLOPS_TEST_KEY", "backend=ionq") == CANARY
    for broken in (f"{CANARY}\n{CANARY}", f"{CANARY}é", "\n"):
        monkeypatch.setenv("QMLOPS_TEST_KEY", broken)
        with pytest.raises(CredentialError, match="characters that no key has") as refusal:
            fetch("env:QMLOPS_TEST_KEY", "backend=ionq")
        assert CANARY not in str(refusal.value)
