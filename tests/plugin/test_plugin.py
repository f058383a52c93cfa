"""A package from outside adds an encoder and its YAML, once it is installed, and by entry points alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = Path(__file__).resolve().parent / "sample"
SMALL = ["data.rows=40", "circuit.layers=1", "steps=2", "tracker=none", "hydra.run.dir=out"]


def install(source: Path, target: Path) -> Path:
    """The package, built and installed by pip into a folder of its own."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "--no-index", "--target", target, source], check=True, timeout=120)
    return target


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("source") / "sample"
    shutil.copytree(SAMPLE, source)
    target = install(source, tmp_path_factory.mktemp("site"))
    assert (target / "qmlops_fourier/conf/encoder/fourier.yaml").is_file()
    assert list(target.glob("qmlops_fourier-1.0.dist-info/entry_points.txt"))
    return target


def call(folder: Path, *words: str, site: list[Path]) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(str(path) for path in [ROOT, *site])
    command = [sys.executable, *words]
    environment = os.environ | {"PYTHONPATH": paths}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


def qmlops(folder: Path, *words: str, site: list[Path]) -> subprocess.CompletedProcess[str]:
    return call(folder, "-m", "qmlops", *words, site=site)


def test_it_is_composed_and_run(installed: Path, tmp_path: Path) -> None:
    done = qmlops(tmp_path, "run", "+experiment=vqc_moons", "encoder=fourier", *SMALL, site=[installed])
    assert done.returncode == 0, done.stderr
    config = (tmp_path / "out" / "config.yaml").read_text()
    assert "kind: fourier" in config and "frequencies: 2" in config
    assert json.loads((tmp_path / "out" / "model" / "model.json").read_text())["qubits"] == 4


def test_it_is_listed_with_its_fields(installed: Path, tmp_path: Path) -> None:
    done = qmlops(tmp_path, "list", "encoder", site=[installed])
    assert done.returncode == 0, done.stderr
    assert "fourier" in done.stdout
    done = qmlops(tmp_path, "list", "encoder", "fourier", site=[installed])
    assert done.returncode == 0, done.stderr
    assert "frequencies" in done.stdout and "how many octaves of each feature" in done.stdout


def test_its_mistakes_are_told_like_any_others(installed: Path, tmp_path: Path) -> None:
    done = qmlops(
        tmp_path, "check", "+experiment=vqc_moons", "encoder=fourier", "encoder.frequencies=9", site=[installed]
    )
    assert done.returncode == 2
    assert "encoder.frequencies" in done.stderr and "<= 8" in done.stderr and "Traceback" not in done.stderr


def test_without_the_package_there_is_no_such_kind(tmp_path: Path) -> None:
    done = qmlops(tmp_path, "check", "+experiment=vqc_moons", "encoder=fourier", site=[])
    assert done.returncode == 2
    assert "encoder" in done.stderr and "fourier" in done.stderr and "Traceback" not in done.stderr


def test_the_contracts_cover_it(installed: Path) -> None:
    tests = ["tests/contracts/test_encoder_contract.py", "-k", "fourier"]
    done = call(ROOT, "-m", "pytest", "-p", "no:cacheprovider", *tests, site=[installed])
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout and "skipped" not in done.stdout


def test_its_own_tests_hold_it_to_the_contract_and_claim_things_in_yaml(installed: Path, tmp_path: Path) -> None:
    tests = shutil.copytree(SAMPLE / "tests", tmp_path / "tests")
    done = call(tmp_path, "-m", "pytest", "-p", "no:hydra_pytest", "-W", "error", str(tests), site=[installed])
    assert done.returncode == 0, done.stdout
    assert "11 passed" in done.stdout and "0 on 2 exact" in done.stdout


def test_two_packages_that_claim_one_name_are_refused_by_name(installed: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(SAMPLE, other)
    (other / "qmlops_fourier").rename(other / "qmlops_rival")
    for path in [other / "pyproject.toml"]:
        text = path.read_text().replace("qmlops_fourier", "qmlops_rival").replace("qmlops-fourier", "qmlops-rival")
        path.write_text(text.replace('fourier = "qmlops_rival.conf"', 'rival = "qmlops_rival.conf"'))
    rival = install(other, tmp_path / "site")
    done = qmlops(tmp_path, "check", "+experiment=vqc_moons", "encoder=fourier", site=[installed, rival])
    assert done.returncode == 2, done.stderr
    for word in ("'fourier'", "encoder", "qmlops_fourier.fourier:Fourier", "qmlops_rival.fourier:Fourier"):
        assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_a_package_cannot_take_the_name_of_a_kind_that_is_there(tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(SAMPLE, other)
    text = (other / "pyproject.toml").read_text()
    (other / "pyproject.toml").write_text(text.replace('fourier = "qmlops_fourier.f', 'angle = "qmlops_fourier.f'))
    thief = install(other, tmp_path / "site")
    done = qmlops(tmp_path, "check", "+experiment=vqc_moons", site=[thief])
    assert done.returncode == 2, done.stderr
    assert "'angle'" in done.stderr and "qmlops_fourier.fourier:Fourier" in done.stderr
    assert "qmlops.parts.encoder.angle:Angle" in done.stderr and "Traceback" not in done.stderr
