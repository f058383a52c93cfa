"""What is reported was measured: a kernel's diagonal under noise, the interval of a sampled energy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import qmlops
from qmlops.errors import ConfigError
from qmlops.parts.noise.depolarising import Depolarising
from qmlops.parts.noise.readout import ReadoutError
from qmlops.pipeline.prepare import prepare
from qmlops.train.gram import gram

KERNEL = ["+experiment=iqp_kernel", "data=moons", "data.rows=20", "encoder.repeats=1", "backend=density"]


def test_the_diagonal_of_a_noisy_kernel_is_what_the_same_pairs_give() -> None:
    task = prepare(qmlops.spec([*KERNEL, "noise=depolarising", "noise.one_qubit=0.2"]))
    rows = task.inputs[:3]
    whole, circuits = gram(task, rows, None, "gram")
    pairs, _ = gram(task, rows, rows, "gram")
    np.testing.assert_allclose(whole, pairs, atol=1e-9)
    assert np.all(np.diag(whole) < 0.95)
    assert circuits == 6


def test_a_sampled_energy_has_an_interval_even_after_one_shot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["+experiment=vqe_h2", "tracker=none", "optimizer=spsa", "steps=1"]
    for shots in (1, 200):
        result = qmlops.run([*words, f"shots={shots}"]).result
        low, high = result["intervals"]["energy"]
        assert low < result["metrics"]["energy"] < high
        assert result["metrics"]["loss"] == result["metrics"]["energy"]
    assert qmlops.run(words).result["intervals"] == {}


def test_a_model_refuses_exact_values_under_noise_on_qsim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flipped readings leave the circuit alone, so that they could be forgotten without a word."""
    monkeypatch.chdir(tmp_path)
    model = qmlops.run(["+experiment=vqc", "tracker=none", "steps=1"]).model
    for noise in (ReadoutError(), Depolarising()):
        with pytest.raises(ConfigError, match="backend=density"):
            model.on(noise=noise).predict([[5.1, 3.5, 1.4, 0.2]])
