"""noise=device beside the vendors' own noisy simulators; `nox -s device_noise` compares more machines and circuits."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.device_noise import aer, emulated
from experiments.device_noise.cases import ghz, ours, placed_by, random, total_variation
from qmlops.config.device import target_of
from qmlops.core.program import Program
from qmlops.parts.noise.device import Device

CASES = [ghz(4), random(3, 4, 1)]


@pytest.mark.parametrize("program", CASES, ids=["ghz", "random"])
def test_it_agrees_with_aer_on_a_snapshot(program: Program) -> None:
    pytest.importorskip("qiskit_aer")
    noise = Device("ibm_manila").of(target_of("ibm_manila"))
    routed, mine = placed_by(program, noise), ours(program, noise)
    theirs = aer.read(aer.probabilities(routed, "ibm_manila", program.width), routed, "ibm_manila", "both")
    assert theirs.sum() == pytest.approx(1)
    assert total_variation(mine, theirs) < 0.002 < 0.02 < total_variation(mine, ours(program, None))


@pytest.mark.parametrize("program", CASES, ids=["ghz", "random"])
def test_it_agrees_with_brakets_emulator_on_a_document_of_capabilities(program: Program, tmp_path: Path) -> None:
    pytest.importorskip("braket.emulation")
    path = emulated.write(tmp_path / "machine.json", seed=2)
    noise = Device(path).of(target_of(path))
    mine, theirs = ours(program, noise), emulated.distribution(placed_by(program, noise), path)
    assert theirs.sum() == pytest.approx(1)
    assert total_variation(mine, theirs) < 0.002 < 0.02 < total_variation(mine, ours(program, None))
