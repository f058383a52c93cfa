"""Status asks every provider whose key is here, at once and in bounded time; the catalogue stands for the others."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from qmlops.cli.main import main
from qmlops.config.folder import shipped
from qmlops.core.target import Price
from qmlops.pipeline.machine import Machine, _answers, age, in_words, machines
from tests.doubles.fault import status
from tests.doubles.ionq import KEY, IonqDouble

IONQ = yaml.safe_load((shipped() / "backend" / "ionq.yaml").read_text())


@pytest.fixture
def double(project: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[IonqDouble]:
    """IonQ's double, which the project's own `conf/backend/ionq.yaml` names; no other provider has keys."""
    for name in ("IBM_QUANTUM_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IONQ_API_KEY", KEY)
    made = IonqDouble()
    path = project / "conf" / "backend" / "ionq.yaml"  # type: ignore[operator]
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump(IONQ | {"url": made.url}))
    yield made
    made.close()


def at_ionq(offline: bool = False) -> dict[str, Machine]:
    return {item.device: item for item in machines(offline, 60.0) if item.backend == "ionq"}


def test_each_device_of_a_catalogue_is_a_machine(double: IonqDouble) -> None:
    assert set(at_ionq(offline=True)) == set(IONQ["devices"])
    assert double.asked("GET", ".*") == 0


def test_offline_the_catalogue_tells_with_its_age(double: IonqDouble) -> None:
    found = at_ionq(offline=True)["qpu.forte-1"]
    assert (found.state, found.asked, found.qubits) == ("not asked", False, 36)
    assert found.calibration == "arXiv:2308.05071" and found.calibration_days is not None
    since = datetime.now(UTC) - datetime(2023, 8, 9, tzinfo=UTC)
    assert found.calibration_days == pytest.approx(since.total_seconds() / 86400, abs=0.1)
    assert found.price == "not known"


def test_online_the_provider_tells(double: IonqDouble) -> None:
    found = at_ionq()
    assert all(item.asked and item.state == "available" for item in found.values())
    assert all(item.source.startswith(double.url) and item.queue is not None for item in found.values())


def test_without_its_key_a_provider_is_not_asked(double: IonqDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IONQ_API_KEY")
    assert {item.state for item in at_ionq().values()} == {"not asked: its backend is not ready"}
    assert double.asked("GET", ".*") == 0


def test_a_provider_that_fails_costs_no_other_its_answer(double: IonqDouble) -> None:
    double.plan(status(404), "GET", "backends/qpu.forte-1", times=100)
    found = at_ionq()
    assert found["simulator"].asked and not found["qpu.forte-1"].asked
    assert found["qpu.forte-1"].state != "available" and found["qpu.forte-1"].qubits == 36


def test_questions_are_put_at_once_and_none_is_waited_for_too_long() -> None:
    meet, never = threading.Barrier(2, timeout=60.0), threading.Event()

    def both() -> str:
        meet.wait()
        return "met"

    def hang() -> str:
        never.wait()
        return "late"

    began = time.monotonic()
    found = _answers({0: both, 1: both, 2: hang}, 2.0)  # type: ignore[dict-item]
    never.set()
    assert found == {0: "met", 1: "met", 2: "no answer in time"}
    assert time.monotonic() - began >= 2.0


def test_the_verb_tells_people_and_scripts(double: IonqDouble, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--offline", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {item["device"] for item in told["machines"] if item["backend"] == "ionq"} == set(IONQ["devices"])
    assert main(["status", "--offline"]) == 0
    text = capsys.readouterr().out
    assert "qpu.forte-1" in text and "not known" in text and KEY not in text


def test_ages_are_days_and_what_is_no_moment_has_none() -> None:
    assert age((datetime.now(UTC) - timedelta(days=3)).isoformat()) == pytest.approx(3, abs=0.01)
    assert age("never") is None


def test_a_price_names_its_parts_its_date_and_its_source() -> None:
    assert in_words(None) == "not known"
    assert in_words(Price("USD", "2026-11", "here")) == "free (2026-11, here)"
    assert (
        in_words(Price("USD", "2026-11", "here", request=0.3, shot=0.08))
        == "0.3 USD a request + 0.08 USD a shot (2026-11, here)"
    )
