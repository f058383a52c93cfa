"""Packages that a part imports late and that may be missing here, and what installs them."""

from __future__ import annotations

from importlib.util import find_spec

from qmlops.errors import Mistake


def lacking(part: object) -> tuple[str, ...]:
    """Of the modules that a part, or its class, names in `requires`, those that cannot be imported here."""
    return tuple(module for module in getattr(part, "requires", ()) if not _importable(module))


def remedy(part: object) -> str:
    """The command that installs what a part lacks: the extra of qmlops that it names in `extra`, or the modules."""
    extra = getattr(part, "extra", None)
    return f"pip install {' '.join(lacking(part))}" if extra is None else f"pip install 'qmlops[{extra}]'"


def uninstalled(part: object, path: str) -> list[Mistake]:
    """One mistake at `path` where a part lacks packages, with the command that installs them."""
    absent = lacking(part)
    if not absent:
        return []
    names, verb = " and ".join(absent), "are" if len(absent) > 1 else "is"
    return [Mistake(path, f"{names} {verb} not installed.", remedy(part))]


def _importable(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False
