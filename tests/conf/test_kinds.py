"""A kind is a file, a line in its group's table, and a YAML; one that lacks any of the three is found."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import yaml

from qmlops.config.kind import GROUPS, load, table
from qmlops.config.place import shipped

PARTS = Path(str(find_spec("qmlops.parts").submodule_search_locations[0]))  # type: ignore[union-attr, index]
KINDS = [(group, kind) for group in GROUPS for kind in table(group)]
HELPERS = {
    "backend": {"answer", "catalogue", "tfq_program", "trajectory"},
    "circuit": {"block", "gate", "pauli_rotation", "wiring"},
    "data": {"prepare"},
    "optimizer": {"transcript"},
    "tracker": {"sink"},
}
"""Files and folders of a group that hold no kind; what lies in one folder with a kind need not be named."""


def gaps(group: str, kinds: dict[str, str], conf: Path, parts: Path) -> list[str]:
    """What is missing of file, line and YAML in one group."""
    written = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in conf.glob("*.yaml")}
    named = {str(content.get("kind")) for content in written.values()}
    homes = {target.partition(":")[0].removeprefix(f"qmlops.parts.{group}.") for target in kinds.values()}
    paths = [path.relative_to(parts).with_suffix("") for path in parts.rglob("*.py")]
    files = {".".join(path.parts).removesuffix("__init__").rstrip(".") for path in paths} - {""}
    found = [f"{group}: no YAML in conf/{group} has kind: {kind}" for kind in kinds if kind not in named]
    found += [f"{group}: kind {kind!r} of a YAML is not in the table" for kind in sorted(named - set(kinds))]
    found += [f"{group}: the table names {home}.py, which is not there" for home in sorted(homes - files)]
    lived_in = homes | {home.rpartition(".")[0] for home in homes}
    known = (lived_in | HELPERS.get(group, set())) - {""}
    orphans = {file for file in files - known if file.rpartition(".")[0] not in known}
    found += [f"{group}: no line of the table points to {file}.py" for file in sorted(orphans)]
    return found


def test_every_group_has_kinds() -> None:
    assert len(KINDS) >= 35
    assert {group for group, _ in KINDS} == set(GROUPS)


@pytest.mark.parametrize("group", GROUPS)
def test_file_line_and_yaml_go_together(group: str) -> None:
    own = {kind: target for kind, target in table(group).items() if target.startswith("qmlops.")}
    assert gaps(group, own, shipped() / group, PARTS / group) == []


@pytest.mark.parametrize("missing", ["file", "line", "yaml"])
def test_a_new_encoder_that_lacks_one_of_the_three_is_noticed(missing: str, tmp_path: Path) -> None:
    shutil.copytree(shipped() / "encoder", tmp_path / "conf")
    shutil.copytree(PARTS / "encoder", tmp_path / "parts")
    kinds = dict(table("encoder"))
    if missing != "file":
        (tmp_path / "parts" / "fourier.py").write_text("class Fourier: ...\n")
    if missing != "line":
        kinds["fourier"] = "qmlops.parts.encoder.fourier:Fourier"
    if missing != "yaml":
        (tmp_path / "conf" / "fourier.yaml").write_text("kind: fourier\n")
    found = gaps("encoder", kinds, tmp_path / "conf", tmp_path / "parts")
    assert found and all("fourier" in line for line in found)
    assert len(found) == {"file": 1, "line": 2, "yaml": 1}[missing]


@pytest.mark.parametrize(("group", "kind"), KINDS)
def test_a_kind_is_a_frozen_dataclass_with_documented_fields(group: str, kind: str) -> None:
    cls: Any = load(group, kind)
    assert is_dataclass(cls) and cls.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert cls.__doc__ and not cls.__doc__.startswith(f"{cls.__name__}("), "a docstring of its own"
    for owner, item in documented(cls):
        assert item.metadata.get("doc"), f"{owner.__name__}.{item.name} says nothing about itself"


@pytest.mark.parametrize(("group", "kind"), KINDS)
def test_a_kind_does_all_that_its_protocol_asks(group: str, kind: str) -> None:
    protocols = {
        "data": ("batch", "load"),
        "encoder": ("wires", "inputs", "encode", "operations"),
        "circuit": ("build",),
        "readout": ("wires", "observables", "edges"),
        "objective": ("mistakes",),
        "gradient": ("rule",),
        "optimizer": ("init", "ask", "tell"),
        "backend": ("target", "lower", "validate", "estimate", "open"),
        "router": ("objection", "order", "reason", "allow"),
        "noise": ("apply", "flips", "silent"),
        "metric": ("due",),
        "tracker": ("follow", "sync"),
    }
    cls = load(group, kind)
    names = {*dir(cls), *(item.name for item in fields(cls))}
    asked = ("name", "of") if (group, kind) == ("noise", "device") else protocols[group]
    assert set(asked) <= names


def documented(cls: Any) -> Iterator[tuple[Any, Any]]:
    """Each field with the class that declares it, those of nested parts in place of the part's own."""
    hints = get_type_hints(cls)
    for item in fields(cls):
        if is_dataclass(hints[item.name]):
            yield from documented(hints[item.name])
        else:
            yield cls, item
