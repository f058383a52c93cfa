"""What a contributor and CI run: `nox` for the gates, `nox -s NAME` for the long ones."""

from __future__ import annotations

import os
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "tests", "wheel"]
nox.options.error_on_missing_interpreters = True

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

CIRQ = ["1.7", "1.5"]
"""The newest Cirq, and the one that TensorFlow Quantum pins."""
ONCE = ("braket", "ibm", "canary", "conformance", "lint", "storm")
"""Folders of tests that speak to providers' clients or to git: one Cirq is enough, but for IonQ, whose API it decides,
and for conversions."""


@nox.session
def lint(session: nox.Session) -> None:
    """Format and lint."""
    session.install("ruff>=0.14")
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """mypy, strict, on the package."""
    session.install(
        "mypy>=1.18",
        "types-PyYAML",
        "types-requests",
        "pandas-stubs",
        "numpy",
        "omegaconf>=2.4.1rc1,<2.5",
        "filelock",
        "packaging",
        "rich",
        "textual>=8.2,<9",
        "textual-serve>=1.1",
        "pytest>=8",
    )
    session.run("mypy", "qmlops")


@nox.session
@nox.parametrize("cirq", CIRQ)
def tests(session: nox.Session, cirq: str) -> None:
    """The test suite, with the newest Cirq and with TensorFlow Quantum's."""
    _install(session, cirq)
    files = [file for folder in ONCE for file in sorted(Path("tests", folder).glob("test_*.py"))]
    ignored = [f"--ignore={file}" for file in files if cirq != CIRQ[0] and file.name != "test_conversion.py"]
    session.run("pytest", "-n", "2", *ignored, *session.posargs)
    if cirq != CIRQ[0] and not session.posargs:
        session.run("pytest", "-n", "2", "tests/conformance", "-k", "ionq")


@nox.session
def tests_tfq(session: nox.Session) -> None:
    """backend=tfq beside qsim, in an environment of its own: TensorFlow Quantum 0.7.6 wants Python 3.10 to 3.13."""
    session.install("-e", ".[tfq]", *nox.project.dependency_groups(PROJECT, "test"))
    session.run("pytest", "-n", "2", "tests/tfq", "tests/contracts/test_backend_contract.py", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """The built wheel, in another folder and with an empty home: the README's first commands."""
    folder = Path(session.create_tmp()).resolve()
    session.install("build")
    session.run("python", "-m", "build", "--wheel", "--outdir", str(folder / "dist"), ".", silent=True)
    (built,) = (folder / "dist").glob("*.whl")
    session.install(str(built), "pytest")
    (folder / "home").mkdir(exist_ok=True)
    environment = {"HOME": str(folder / "home")}
    session.chdir(folder)
    session.run("qmlops", "run", "+experiment=vqc", env=environment)
    session.run("qmlops", "analyze", "latest", "--md", env=environment)
    session.run("qmlops", "doctor", env=environment)
    session.run("qmlops", "init", "mine", env=environment)
    session.chdir(folder / "mine")
    session.run("python", "-m", "pytest", "-q", env=environment)


@nox.session
def mutants(session: nox.Session) -> None:
    """2,000 mutated configs: no traceback, each rejection names its key. Takes minutes."""
    _install(session, CIRQ[0])
    session.run("pytest", "tests/mutation", env={"QMLOPS_MUTANTS": "2000"})


@nox.session
def kills(session: nox.Session) -> None:
    """20 kills and resumes, bit-identical to the uninterrupted run. Takes minutes."""
    _install(session, CIRQ[0])
    session.run("pytest", "tests/train", env={"QMLOPS_KILLS": "20"})


@nox.session
def storm(session: nox.Session) -> None:
    """1,500 jobs and 204 kills over three providers' doubles, and the vendors' clients in the same. Takes minutes."""
    _install(session, CIRQ[0])
    session.run("python", "experiments/exactly_once/run.py", *session.posargs)


@nox.session
def programs(session: nox.Session) -> None:
    """500 random programs beside Cirq and qsim, gradients of 200, and 300 in each device's gates. Takes minutes."""
    _install(session, CIRQ[0])
    session.run("pytest", "tests/simulate/test_many_programs.py", env={"QMLOPS_PROGRAMS": "500"})
    session.run("pytest", "tests/properties", env={"QMLOPS_PROGRAMS": "200"})
    conversions = [f"tests/{provider}/test_conversion.py" for provider in ("ionq", "braket", "ibm")]
    session.run("pytest", "tests/lower/test_native.py", *conversions, env={"QMLOPS_PROGRAMS": "300"})


@nox.session
def plans(session: nox.Session) -> None:
    """The plans of random runs, 34 a provider, against what its double counts. Takes many minutes."""
    _install(session, CIRQ[0])
    files = ["tests/plan", "tests/conformance/test_every_plan.py"]
    session.run("pytest", "-n", "2", *files, env={"QMLOPS_PLANS": "170"})


@nox.session
def start_up(session: nox.Session) -> None:
    """Time to the first step against bare imports, and what events add to a step."""
    _install(session, CIRQ[0])
    session.run("python", "experiments/start_up/run.py", *session.posargs)


@nox.session
def conversion(session: nox.Session) -> None:
    """Time of a circuit of 10 qubits and 200 gates into each provider's form; fails above 50 ms."""
    _install(session, CIRQ[0])
    session.run("python", "experiments/conversion/run.py", *session.posargs)


@nox.session
def monitor(session: nox.Session) -> None:
    """Processor, memory and answers of the dashboard on 20 live runs of 10,000 steps. Takes minutes."""
    _install(session, CIRQ[0])
    session.run("python", "experiments/monitor/run.py", *session.posargs)


@nox.session
def calibration(session: nox.Session) -> None:
    """Errors, power and shots of the claims of `qmlops test`, over many trials. Takes minutes."""
    _install(session, CIRQ[0])
    session.run("python", "experiments/test_calibration/run.py", *session.posargs)


@nox.session
def mutation(session: nox.Session) -> None:
    """How many of 587 bugs in 30 circuits the claim product_inputs sees. Takes minutes."""
    _install(session, CIRQ[0])
    session.run("python", "experiments/test_calibration/mutation.py", *session.posargs)


@nox.session
def device_noise(session: nox.Session) -> None:
    """noise=device beside Aer and Braket's emulator, from the same snapshots. Takes minutes."""
    _install(session, CIRQ[0])
    session.run("python", "experiments/device_noise/run.py", *session.posargs)


@nox.session
def engine_speed(session: nox.Session) -> None:
    """The gradient engine beside its peers, each in an environment of its own, and its limits. Takes 15 minutes.

    `-- --cases all` measures the whole product of circuits, widths and batches instead, in forty minutes.
    """
    _install(session, CIRQ[0])
    folder = Path("experiments/engine_speed")
    peers = []
    for requirements in sorted((folder / "requirements").glob("*.txt")):
        place = Path(session.create_tmp()).resolve() / requirements.stem
        session.run("python", "-m", "venv", str(place))
        session.run(f"{place}/bin/pip", "install", "--quiet", "-r", str(requirements), external=True)
        peers += ["--python", f"{requirements.stem}={place}/bin/python"]
    session.run("python", str(folder / "run.py"), *peers, *session.posargs)
    if not session.posargs:
        session.run("python", str(folder / "growth.py"))
        session.run("python", str(folder / "regimes.py"))


def _install(session: nox.Session, cirq: str) -> None:
    session.install("-e", ".", f"cirq-core~={cirq}.0", *nox.project.dependency_groups(PROJECT, "test"))


PROJECT = nox.project.load_toml("pyproject.toml")
