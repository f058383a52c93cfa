"""Folders of YAML and the names in them, found without Hydra: completion asks at every key press."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from qmlops.config.plugin import extensions


def shipped() -> Path:
    """The folder of the YAML that comes with qmlops, in a wheel or beside the package."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "conf"
    return inside if inside.is_dir() else package.parent / "conf"


def own() -> Path | None:
    """The user's `conf` in the current folder, where it is another one than the shipped."""
    folder = Path.cwd() / "conf"
    return folder if folder.is_dir() and folder.resolve() != shipped() else None


def folders() -> list[Path]:
    """All folders in which a name is looked for, the first that has it wins: own, shipped, plugins'."""
    found = [folder for folder in (own(), shipped()) if folder is not None]
    for entry in extensions("qmlops.conf"):
        package, *inner = entry.value.split(".")
        spec = find_spec(package)
        for root in (spec.submodule_search_locations or ()) if spec is not None else ():
            found.append(Path(root, *inner))
    return [folder for folder in found if folder.is_dir()]


def names(group: str) -> list[str]:
    """The names of a group's YAML files in all folders, sorted."""
    return sorted({path.stem for folder in folders() for path in (folder / group).glob("*.yaml")})


def groups() -> list[str]:
    """The names of folders that hold YAML directly, sorted; `experiment` is one of them."""
    return sorted({path.parent.name for folder in folders() for path in folder.glob("*/*.yaml")})


def words() -> list[str]:
    """The keys at the top of the first config.yaml, in its order, without `defaults` and `hydra`."""
    for folder in folders():
        path = folder / "config.yaml"
        if path.is_file():
            found = re.findall(r"^(\w+):", path.read_text(encoding="utf-8"), re.MULTILINE)
            return [word for word in found if word not in ("defaults", "hydra")]
    return []
