from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from qmlops.config.kind import load
from qmlops.core import extra
from qmlops.core.extra import lacking, remedy, uninstalled
from tests.cli.conftest import Command, qmlops

__all__ = ["qmlops"]


@dataclass(frozen=True)
class Whole:
    requires: ClassVar[tuple[str, ...]] = ("json", "xml.dom")


@dataclass(frozen=True)
class Broken:
    requires: ClassVar[tuple[str, ...]] = ("no_such_package.below", "json", "no_such_package")


def test_what_can_be_imported_and_what_asks_for_nothing_lack_nothing() -> None:
    assert lacking(Whole) == lacking(Whole()) == lacking(object()) == ()
    assert uninstalled(Whole(), "backend") == []


def test_without_an_extra_the_modules_themselves_are_named() -> None:
    assert lacking(Broken()) == ("no_such_package.below", "no_such_package")
    assert remedy(Broken) == "pip install no_such_package.below no_such_package"
    (mistake,) = uninstalled(Broken(), "backend")
    assert mistake.path == "backend"
    assert mistake.why == "no_such_package.below and no_such_package are not installed."


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("braket_local", "  backend: braket is not installed.\n    pip install 'qmlops[braket]'"),
        ("ibm_fake", "  backend: qiskit_ibm_runtime and qiskit_aer are not installed.\n    pip install 'qmlops[ibm]'"),
    ],
)
@pytest.mark.parametrize("verb", ["run", "check", "plan"])
def test_a_simulator_whose_packages_are_missing_is_refused_before_anything_is_written(
    monkeypatch: pytest.MonkeyPatch, qmlops: Command, tmp_path: Path, verb: str, kind: str, told: str
) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda module: None)
    answer = qmlops(verb, "+experiment=vqc", f"backend={kind}", "shots=100")
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("kind", ["braket", "ibm"])
def test_a_provider_tells_of_its_packages_beside_its_keys(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda module: None)
    first = load("backend", kind)().missing()[0]
    assert (first.path, first.instead) == ("backend", f"pip install 'qmlops[{kind}]'")


def test_auto_takes_no_place_whose_packages_are_missing(monkeypatch: pytest.MonkeyPatch, qmlops: Command) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda module: None)
    answer = qmlops("run", "+experiment=vqc", "backend=auto", "router.allow=[braket_local]")
    assert answer.code == 2
    assert "braket is not installed" in answer.err
