"""Packed calibrations as Targets: what Qiskit itself reads of them, and the catalogue's medians."""

from __future__ import annotations

from statistics import median
from typing import Any

import pytest

from qmlops.config.place import devices
from qmlops.core.target import of_pair
from qmlops.errors import ConfigError
from qmlops.parts.backend.catalogue import target_of
from qmlops.parts.backend.ibm.snapshot import fake, names, snapshot

CATALOGUE = devices("ibm")


@pytest.mark.parametrize(("name", "gate"), [("ibm_fez", "cz"), ("ibm_brussels", "ecr"), ("fake_manila", "cx")])
def test_a_snapshot_is_the_whole_calibration_that_qiskit_reads(name: str, gate: str) -> None:
    target, packed = snapshot(name), fake(name).target
    facts = target.calibration
    assert (
        facts is not None and facts.t1 is not None and facts.one_qubit_error is not None and facts.readout is not None
    )
    assert (target.qubits, len(facts.t1), len(facts.readout)) == (packed.num_qubits,) * 3
    assert gate in (target.gates or ()) and target.edges
    assert set(target.edges) == {(min(pair), max(pair)) for pair in packed[gate]}
    for first, second in target.edges:
        both = [packed[gate][pair] for pair in ((first, second), (second, first)) if pair in packed[gate]]
        assert of_pair(facts.two_qubit_error, second, first) == max(min(1.0, known.error) for known in both)
        assert of_pair(facts.two_qubit_seconds, first, second) == max(known.duration for known in both)
    for qubit in range(packed.num_qubits):
        assert facts.t1[qubit] == pytest.approx(packed.qubit_properties[qubit].t1)
        assert facts.one_qubit_error[qubit] == packed["sx"][(qubit,)].error
        assert sum(facts.readout[qubit]) / 2 == pytest.approx(packed["measure"][(qubit,)].error)


def test_a_name_may_be_that_of_the_machine_or_of_its_fake() -> None:
    assert snapshot("ibm_manila") == snapshot("fake_manila")
    assert len(names()) >= 60 and "fake_fez" in names()


@pytest.mark.parametrize("name", ["ibm_fezz", "fake_almaden"])
def test_a_machine_without_a_usable_snapshot_is_refused_with_another_one(name: str) -> None:
    with pytest.raises(ConfigError, match="fez"):
        snapshot(name)


@pytest.mark.parametrize("edges", ["0-1 1", "0-1 1-b", "0-1-2"])
def test_a_text_that_is_no_pairs_is_refused(edges: str) -> None:
    with pytest.raises(ConfigError, match=r"devices.mine.edges: .* is no text of pairs"):
        target_of("mine", {"mine": {"qubits": 2, "source": "a test", "edges": edges}}, hardware=True)


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_catalogue_holds_the_medians_of_the_snapshots(name: str) -> None:
    target, written = snapshot(name), CATALOGUE[name]
    facts: Any = target.calibration
    told = written["calibration"]
    assert (target.qubits, set(target.gates or ())) == (written["qubits"], set(written["gates"]))
    working = [error for error in facts.two_qubit_error.values() if error < 1]
    assert target_of(name, CATALOGUE, hardware=True).edges == target.edges
    assert told["time"] == facts.time[:10]
    assert told["t1"] == [pytest.approx(median(facts.t1), rel=6e-3)]
    assert told["t2"] == [pytest.approx(median(facts.t2), rel=6e-3)]
    assert told["one_qubit_error"] == [pytest.approx(median(facts.one_qubit_error), rel=6e-3)]
    assert told["two_qubit_error"] == pytest.approx(median(working), rel=6e-3)
