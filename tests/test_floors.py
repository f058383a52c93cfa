"""The floor plan: imports point strictly down, heavy packages stay at home, files stay short."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "qmlops"
FILES = {str(path.relative_to(PACKAGE)): path for path in sorted(PACKAGE.rglob("*.py"))}
FLOORS = (
    ("errors",),
    ("core",),
    ("simulate", "lower"),
    ("parts",),
    ("config", "compile", "route", "execute"),
    ("train",),
    ("pipeline",),
    ("testing", "monitoring", "serving"),
    ("cli",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
SIDEWAYS = {
    # A RunSpec is what config gives and compile takes. It is made of Protocols of the parts, so that
    # it cannot stand in core; the one module that only declares it may be read by its neighbour.
    ("compile", "config.spec"),
}
HOMES = {
    "mlflow": ("parts/tracker/", "train/pyfunc.py"),
    "hydra": ("config/", "cli/"),
    "omegaconf": ("config/", "cli/"),
    "numba": ("simulate/",),
    "textual": ("monitoring/",),
    "cirq_ionq": ("parts/backend/ionq/",),
    "braket": ("parts/backend/braket/",),
    "boto3": ("parts/backend/braket/",),
    "botocore": ("parts/backend/braket/",),
    "qiskit": ("parts/backend/ibm/",),
    "qiskit_aer": ("parts/backend/ibm/",),
    "qiskit_ibm_runtime": ("parts/backend/ibm/",),
    "tensorflow": ("parts/backend/tfq",),
    "tensorflow_quantum": ("parts/backend/tfq",),
}
HEAVY = (
    "cirq",
    "cirq_ionq",
    "qiskit",
    "qiskit_aer",
    "qiskit_ibm_runtime",
    "braket",
    "boto3",
    "botocore",
    "qsimcirq",
    "requests",
    "sklearn",
    "scipy",
    "mlflow",
    "numba",
    "sympy",
    "matplotlib",
    "pandas",
    "joblib",
    "rich",
    "tensorflow",
    "tensorflow_quantum",
)
LONGEST = 300


def room(module: str) -> str:
    """`parts.encoder` of `qmlops.parts.encoder.angle`, `core` of `qmlops.core.event`."""
    names = module.split(".")[1:]
    return ".".join(names[: 2 if names[:1] == ["parts"] and len(names) > 1 else 1])


def imports(path: Path, at_top: bool = False) -> Iterator[tuple[int, str]]:
    """Line and full module name of each import; `at_top` leaves out functions and TYPE_CHECKING blocks."""
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} line {node.lineno}: relative imports hide their floor"
            yield node.lineno, node.module or ""
            if node.module in ("qmlops", "qmlops.parts"):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        lazy = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or (
            isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        )
        if not (at_top and lazy):
            waiting += ast.iter_child_nodes(node)


def test_every_room_has_a_floor() -> None:
    rooms = {room("qmlops." + name.removesuffix(".py").replace("/", ".")).split(".")[0] for name in FILES}
    assert len(FILES) > 80
    assert rooms - {"__init__", "__main__"} <= set(FLOOR)


@pytest.mark.parametrize("name", FILES)
def test_imports_point_strictly_down(name: str) -> None:
    here = "qmlops." + name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    upward = [
        f"{name} line {line} imports {module}"
        for line, module in imports(FILES[name])
        if module.startswith("qmlops.")
        and room(here) not in ("__init__", "__main__")
        and room(module) not in (room(here), "parts", "__init__")
        and (room(here), module.removeprefix("qmlops.")) not in SIDEWAYS
        and FLOOR[room(module).split(".")[0]] >= FLOOR[room(here).split(".")[0]]
    ]
    assert not upward


def test_each_exception_is_still_needed() -> None:
    used = {
        (room("qmlops." + name.removesuffix(".py").replace("/", ".")), module.removeprefix("qmlops."))
        for name, path in FILES.items()
        for _, module in imports(path)
        if module.startswith("qmlops.")
    }
    assert used >= SIDEWAYS


@pytest.mark.parametrize("name", FILES)
def test_heavy_packages_stay_at_home_and_are_imported_late(name: str) -> None:
    strays = [
        f"{name} line {line} imports {module}"
        for line, module in imports(FILES[name])
        if (homes := HOMES.get(module.split(".")[0])) and not name.startswith(homes)
    ]
    early = [
        f"{name} line {line} imports {module} at its top"
        for line, module in imports(FILES[name], at_top=True)
        if module.split(".")[0] in HEAVY and not (name.startswith("simulate/") and module.startswith("numba"))
    ]
    assert not strays + early


@pytest.mark.parametrize("name", ["core/sight.py", "core/event.py", "core/tail.py", "execute/ledger.py"])
def test_the_readers_of_events_and_of_the_journal_need_only_the_standard_library(name: str) -> None:
    found = {module for _, module in imports(FILES[name])} - {"qmlops.core.sight", "qmlops.core.event"}
    assert found and {module.split(".")[0] for module in found} <= set(sys.stdlib_module_names)


def test_importing_the_engine_and_the_parts_loads_nothing_heavy() -> None:
    groups = sorted({name.split("/")[1] for name in FILES if name.startswith("parts/") and name.count("/") > 1})
    wanted = ["qmlops.simulate", "qmlops.train.task", *(f"qmlops.parts.{group}" for group in groups)]
    code = "; ".join([f"import sys, {', '.join(wanted)}", "print(*sys.modules)"])
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert len(groups) >= 11
    assert not set(loaded) & {*HEAVY, "hydra", "omegaconf"}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_one_idea(name: str) -> None:
    assert len(FILES[name].read_text(encoding="utf-8").splitlines()) <= LONGEST
