"""Compiled kernels on disk: made once, told of, sound whatever happens to the files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qmlops.errors import BackendError
from qmlops.simulate import compiled, store
from qmlops.simulate.compiled import ARGUMENTS, kernels
from qmlops.simulate.lanes import LaneEngine
from qmlops.simulate.notice import on_compiling
from tests.simulate.programs import points_of, ring


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Kernels are kept here, nothing is linked, and to compile is to take what this machine has made already."""
    kernels("float32")
    codes = {entry: store.kept(store.name_of(entry, "float32")) for entry in ARGUMENTS}
    monkeypatch.setattr(store, "folders", lambda: [tmp_path / "a file" / "below", tmp_path / "new" / "kernels"])
    (tmp_path / "a file").touch()
    monkeypatch.setattr(compiled, "_make", lambda entries, scalar: [codes[entry] for entry in entries])
    monkeypatch.setattr(compiled, "_linked", {})
    return tmp_path / "new" / "kernels"


def told_when_asked() -> int:
    """How often a person is told while the kernels are asked for and used."""
    compiled._linked.clear()
    told: list[str] = []
    program = ring(4)
    with on_compiling(lambda: told.append("compiling")):
        values = LaneEngine(program).values(points_of(program, 3))
    assert abs(values).max() <= 1 + 1e-6
    return len(told)


def test_it_is_told_when_and_only_when_something_is_compiled(folder: Path) -> None:
    assert told_when_asked() == 1
    assert told_when_asked() == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(store.name_of(e, "float32") for e in ARGUMENTS)


@pytest.mark.parametrize("entry", ARGUMENTS)
@pytest.mark.parametrize("left", [0, 1, 32, 33, 5000, -1])
def test_a_torn_file_is_made_again(entry: str, left: int, folder: Path) -> None:
    told_when_asked()
    path = folder / store.name_of(entry, "float32")
    whole = path.read_bytes()
    path.write_bytes(whole[:left])
    assert told_when_asked() == 1
    assert path.read_bytes() == whole
    assert told_when_asked() == 0


def test_a_changed_byte_is_noticed(folder: Path) -> None:
    told_when_asked()
    path = folder / store.name_of("forward", "float32")
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    assert store.kept(path.name) is None


def test_where_nothing_can_be_written_it_is_compiled_each_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "folders", lambda: [folder.parent.parent / "a file" / "below"])
    assert [told_when_asked(), told_when_asked()] == [1, 1]


def test_another_source_processor_or_compiler_is_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import llvmlite

    def name() -> str:
        store._origin.cache_clear()
        return store.name_of("forward", "float32")

    names = [name()]
    with monkeypatch.context() as changed:
        changed.setattr("llvmlite.binding.get_host_cpu_name", lambda: "another")
        names.append(name())
    with monkeypatch.context() as changed:
        changed.setattr(llvmlite, "__version__", "0")
        names.append(name())
    with monkeypatch.context() as changed:
        original = Path.read_bytes
        changed.setattr(Path, "read_bytes", lambda path: original(path) + (b"#" if path.name == "turn.py" else b""))
        names.append(name())
    assert len(set(names)) == 4
    assert name() == names[0]


def test_the_files_that_kernels_are_made_from_are_those_that_name_them(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import sys, qmlops.simulate.kernel.entry;"
        "print(*(module.__file__ for name, module in sys.modules.items() if 'qmlops' in name))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    read: set[str] = set()
    original = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: (read.add(str(path)), original(path))[1])
    store._origin.cache_clear()
    store.name_of("forward", "float32")
    made_from = {path for path in loaded if Path(path).name in ("part.py", "stage.py", "tape.py") or "/kernel/" in path}
    assert len(made_from) >= 12
    assert made_from <= read


def test_a_compiler_that_fails_is_an_error_that_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    script = folder.parent.parent / "python"
    script.write_text("#!/bin/sh\necho out of memory >&2\nexit 9\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    with pytest.raises(BackendError, match=r"code 9\.\nout of memory\n"):
        compiled._make(["forward"], "float32")


def test_a_process_that_finds_its_kernels_imports_no_compiler() -> None:
    kernels("float32")
    code = (
        "import sys; from tests.simulate.programs import *; from qmlops.simulate import prepare; p = ring(3);"
        "v, back = prepare(p).vjp(points_of(p, 2)); back(v); print('numba' in sys.modules, 'llvmlite' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[2]
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root).stdout
    assert told.split() == ["False", "True"]


def test_threads_without_a_share_of_a_state_add_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from qmlops.simulate import walk
    from qmlops.simulate.pool import aligned
    from qmlops.simulate.regime import Regime

    def poisoned(shape: tuple[int, ...], dtype: type) -> np.ndarray:
        memory = aligned(shape, dtype)
        memory[:] = np.nan
        return memory

    monkeypatch.setattr(walk, "aligned", poisoned)
    program = ring(7)
    points = points_of(program, 1)
    gradients = []
    for threads in (2, 9):
        regime = Regime(amplitudes=True, staged=True, threads=threads)
        monkeypatch.setattr("qmlops.simulate.lanes.choose", lambda *_, regime=regime: regime)
        values, pullback = LaneEngine(program, "double").vjp(points)
        gradients.append(pullback(np.ones_like(values)))
    np.testing.assert_array_equal(*gradients)


def test_points_and_cotangents_that_cannot_be_written_give_the_same() -> None:
    program = ring(3)
    points, cotangent = points_of(program, 5), np.ones((5, 3))
    (values, pullback) = LaneEngine(program).vjp(points)
    expected = pullback(cotangent)
    points.setflags(write=False)
    cotangent.setflags(write=False)
    (again, pullback) = LaneEngine(program).vjp(points)
    np.testing.assert_array_equal(again, values)
    np.testing.assert_array_equal(pullback(cotangent), expected)
